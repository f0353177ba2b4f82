"""Whose sessions are over before their time: each service takes them, so each has to know."""

from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.contracts.types import ActorId, Identifier, Ordinal

SESSIONS = "sessions"
"""Subject and partition key of both, so that every reader hears them in their order."""


class AccessFact(Fact):
    """A fact of how long somebody is let in."""

    STREAM: ClassVar[str] = "bureau"

    @property
    def subject(self) -> str:
        return SESSIONS


class SessionEnded(AccessFact):
    """A browser's session was left (退出登录)."""

    TYPE: ClassVar[str] = "casetrack.access.session.ended.v1"
    ABOUT: ClassVar[str] = "session"

    session: Identifier
    """As its token names it; nobody can make a token of it."""


class AccountSignedOut(AccessFact):
    """All sessions of an account were ended at once (账号全部退出)."""

    TYPE: ClassVar[str] = "casetrack.access.account.signedout.v1"
    ABOUT: ClassVar[str] = "account"

    account: ActorId
    times: Ordinal
    """How often that had happened to it by then; a session knows how often before it began."""
