"""The local issuer: tokens and sign-in tickets for trials, demonstrations and tests."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2s
from pathlib import Path
from typing import Any

import jwt

from shared.policy.organisations import bureau
from shared.runtime.clock import Clock
from shared.runtime.ids import Ids
from shared.web.auth import (
    ACCESS,
    ACCESS_TYPE,
    LOCAL_ISSUER,
    LOCAL_TRIAL_SECONDS_MAX,
    PEOPLE_SECONDS_MAX,
    PUBLISHER_ACCOUNT,
    SESSION,
    SESSION_TYPE,
    SIGN_IN,
    SIGN_IN_TYPE,
    Role,
    Session,
)
from shared.web.keys import SigningKey

TICKET = timedelta(minutes=10)
DAY_OF_WORK = timedelta(hours=8)
MACHINE = timedelta(days=1)
"""How long a publisher's trial token lives: nobody is there to renew it."""
TYPES = {ACCESS: ACCESS_TYPE, SIGN_IN: SIGN_IN_TYPE, SESSION: SESSION_TYPE}
DEFAULT_PUBLISHER = "trial"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token is for."""

    role: Role
    org: str = field(default_factory=bureau)
    name: str = ""

    @property
    def subject(self) -> str:
        """
        A name for logs and audits: an account, never what a person is called.

        One person has one, in whichever role; who gives no name is whoever has the role.
        """
        if self.role is Role.PUBLISHER:
            return f"{PUBLISHER_ACCOUNT}{self.name or DEFAULT_PUBLISHER}"
        if self.name:
            return f"local-{blake2s(self.name.encode(), digest_size=6).hexdigest()}"
        return f"local-{self.role.value.lower().replace('_', '-')}"

    @property
    def label(self) -> str:
        return self.name or (DEFAULT_PUBLISHER if self.role is Role.PUBLISHER else "")


def usual_lifetime(role: Role) -> timedelta:
    """Return how long a token of *role* lives where nobody asks for more."""
    return MACHINE if role is Role.PUBLISHER else timedelta(seconds=PEOPLE_SECONDS_MAX)


class LocalIssuer:
    """
    Signs tokens with the key in one folder, and publishes its public half there.

    For one machine. A bureau sets an OIDC issuer, and this one is not started.
    """

    def __init__(self, key: SigningKey, clock: Clock, ids: Ids) -> None:
        self._key = key
        self._clock = clock
        self._ids = ids

    @classmethod
    def open(cls, folder: Path, clock: Clock, ids: Ids) -> "LocalIssuer":
        """Return the issuer of *folder*; the first call makes the key and `jwks.json`."""
        key = SigningKey.load(folder / "issuer.pem")
        published = folder / "jwks.json"
        jwks = json.dumps({"keys": [key.public_jwk]}, indent=2) + "\n"
        if not published.exists() or published.read_text(encoding="utf-8") != jwks:
            draft = published.with_suffix(f".{ids.new()}")
            draft.write_text(jwks, encoding="utf-8")
            draft.replace(published)
        return cls(key, clock, ids)

    def issue(self, bearer: Bearer, lifetime: timedelta | None = None) -> str:
        """Return an access token for *bearer*."""
        return self._signed(bearer, ACCESS, lifetime or usual_lifetime(bearer.role))

    def ticket(self, bearer: Bearer) -> str:
        """Return what a sign-in link carries: good once, for ten minutes, for nothing else."""
        return self._signed(bearer, SIGN_IN, TICKET)

    def visit(self) -> str:
        """Return a name for one sign-in, which nobody else can give."""
        return self._ids.new()

    def begun(self, epoch: int = 0) -> Session:
        """Return a session that begins now."""
        return Session(self._ids.new(), int(self._clock.now().timestamp()), epoch)

    def session(
        self, bearer: Bearer, session: Session | None = None, idle: timedelta = DAY_OF_WORK
    ) -> str:
        """
        Return the token of a browser's session, kept in a cookie that no script can read.

        It lives as long as nobody need do anything, and no longer than the session may.
        """
        session = session or self.begun()
        return self._signed(
            bearer,
            SESSION,
            min(idle, self.left(session)),
            jti=session.name,
            auth_time=session.began,
            epoch=session.epoch,
        )

    def left(self, session: Session) -> timedelta:
        """Return how long *session* may still last, whatever anybody does."""
        return DAY_OF_WORK - timedelta(seconds=int(self._clock.now().timestamp()) - session.began)

    def _signed(self, bearer: Bearer, audience: str, lifetime: timedelta, **more: str | int) -> str:
        if not timedelta(0) < lifetime <= timedelta(seconds=LOCAL_TRIAL_SECONDS_MAX):
            raise ValueError("a trial token lives between a second and thirty days")
        now = int(self._clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": LOCAL_ISSUER,
            "aud": audience,
            "sub": bearer.subject,
            "roles": [bearer.role.value],
            "org": bearer.org,
            "name": bearer.label,
            "iat": now,
            "nbf": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": self._ids.new(),
            **more,
        }
        headers = {"kid": self._key.kid, "typ": TYPES[audience]}
        return jwt.encode(claims, self._key.private, algorithm="EdDSA", headers=headers)
