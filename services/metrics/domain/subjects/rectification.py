"""The rectification: how a bad rating is answered (差评整改)."""

from datetime import date, datetime
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Extension
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.rectification import facts
from shared.contracts.rectification.course import REACHED, RECTIFICATION
from shared.policy.calendar import business_date

ROUNDS_MAX = 16
"""So many rounds are kept apart; in the last of them all the others are one."""


class Round(Struct, frozen=True, array_like=True, gc=False):
    """One attempt to put it right, from the order or a reopening: each has its own limit."""

    finding: str = ""
    """Simple or complex: which of two limits holds (SLA-20, SLA-21)."""
    extension_days: int = 0
    """Days that the head added to the limit (SLA-21)."""
    rectified_on: date | None = None
    """When the cause was removed (K12.1)."""


class Rectification(Subject, frozen=True, array_like=True, gc=False, tag="rectification"):
    """One order to put right what a rating complained of."""

    COURSE: ClassVar[Course] = RECTIFICATION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.RectificationClosed})

    review_id: str = ""
    """The rating that it answers: an appeal against that one may strike it out (K12.1)."""
    level: str = ""
    real_name: bool = False
    """Whoever gave a name is called back (K12.2)."""
    cause: str = ""
    """What it was about, as first said or as found out (K22.5)."""
    org_code: str = ""
    org_name: str = ""
    """Which organisation has to answer: its figures and cards stand beside it."""
    rounds: tuple[Round, ...] = (Round(),)
    extensions: tuple[Extension, ...] = ()
    """When the head added days, and how many (SLA-21)."""
    attempts: int = 0
    """How often the reviewer was called (SLA-19)."""
    contacted_at: datetime | None = None
    """When the reviewer was reached."""
    reopened_times: int = 0
    followed_up_on: date | None = None
    """When the reviewer was last asked whether it helped (K12.2, SLA-22)."""
    answer: str = ""
    """How satisfied the reviewer is with what was done, where one was reached (V-10)."""
    on_time: bool | None = None
    """Whether every round kept to its limit, as review said when it closed the order (K12.1)."""

    @property
    def round(self) -> Round:
        """The last round."""
        return self.rounds[-1]

    def tried(self, **changes: object) -> dict[str, Any]:
        """Return what changes with the last round."""
        return {"rounds": (*self.rounds[:-1], replace(self.round, **changes))}


def _ordered(order: Rectification, _: Entry, fact: facts.RectificationOpened) -> Noted:
    if order.review_id:
        return {}, False
    return {
        "review_id": fact.review_id,
        "level": fact.level.value,
        "real_name": fact.real_name,
        "cause": fact.cause.value,
        "org_code": fact.responsible_org.org_code,
        "org_name": fact.responsible_org.org_name,
    }, True


def _called(order: Rectification, entry: Entry, fact: facts.ContactMade) -> Noted:
    called: dict[str, Any] = {"attempts": order.attempts + 1}
    if order.contacted_at is None and REACHED.holds(fact):
        called["contacted_at"] = entry.time
    return called, True


def _found(order: Rectification, _: Entry, fact: facts.FindingRecorded) -> Noted:
    return {"cause": fact.cause.value, **order.tried(finding=fact.finding.value)}, True


def _extended(order: Rectification, entry: Entry, fact: facts.DeadlineExtended) -> Noted:
    extension = Extension(business_date(entry.time), fact.days, entry.id)
    extensions = (*order.extensions[: ROUNDS_MAX - 1], extension)
    tried = order.tried(extension_days=order.round.extension_days + fact.days)
    return {**tried, "extensions": extensions}, True


def _rectified(order: Rectification, entry: Entry, _: facts.MeasureCompleted) -> Noted:
    return order.tried(rectified_on=business_date(entry.time)), True


def _followed_up(_: Rectification, entry: Entry, fact: facts.RectificationFollowedUp) -> Noted:
    asked: dict[str, Any] = {"followed_up_on": business_date(entry.time)}
    return {**asked, "answer": fact.result} if fact.reached else asked, True


def _reopened(order: Rectification, _: Entry, __: facts.RectificationReopened) -> Noted:
    rounds = (*order.rounds[: ROUNDS_MAX - 1], Round())
    return {"rounds": rounds, "reopened_times": order.reopened_times + 1}, True


def _closed(_: Rectification, __: Entry, fact: facts.RectificationClosed) -> Noted:
    return {"on_time": fact.on_time}, True


Rectification.NOTING = {
    facts.RectificationOpened: _ordered,
    facts.ContactMade: _called,
    facts.FindingRecorded: _found,
    facts.DeadlineExtended: _extended,
    facts.MeasureCompleted: _rectified,
    facts.RectificationFollowedUp: _followed_up,
    facts.RectificationReopened: _reopened,
    facts.RectificationClosed: _closed,
}
