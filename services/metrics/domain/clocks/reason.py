"""Why a card was withdrawn or is over: a code with its values, and the words for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import SECOND
from services.metrics.domain.wording import LANGUAGES, say
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date


@dataclass(frozen=True, slots=True)
class Reason:
    """A code that is stable, with what fills the blanks of its words."""

    code: str
    values: Mapping[str, object]
    event_id: str = ""
    """The fact that is the reason, where one fact is."""

    def text(self, language: str = LANGUAGES[0]) -> str:
        return say(language, self.code, **self.values)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a card was made of when it was raised."""

    causes: tuple[str, ...] = ()
    policy_version: str = ""
    calendar_version: str = ""


def why_revoked(clock: Clock, level: AlertLevel, raised_at: datetime, grounds: Grounds) -> Reason:
    """
    Return what became known since a card was raised at *raised_at*, that speaks against it.

    What its *grounds* already name cannot be the reason. Where several facts
    came late, the one that ends the matter first is named.
    """
    # What was done on the last day speaks against the card that comes with the end of it.
    last = business_date(raised_at - SECOND if level is clock.sla.late else raised_at)
    facts = (reason for reason in _facts(clock, last) if reason.event_id not in grounds.causes)
    return next(facts, None) or _amended(clock, grounds)


def _facts(clock: Clock, last: date) -> Iterator[Reason]:
    """Yield what by *last* had ended or lengthened the clock, then what let it run again."""
    ending = clock.ending
    if ending is not None and ending.ended_on <= last:
        yield Reason("revoked.ended_in_time", {"on": ending.ended_on}, ending.ended_by)
    for limit in clock.limits[1:]:
        if limit.since <= last:
            yield Reason("revoked.extended", {"on": limit.since}, limit.event_id)
    for hold in reversed(clock.holds):
        if hold.opened_on <= last:
            values = {"on": hold.opened_on, "hold": clock.why(hold), "hold_id": hold.hold_id}
            yield Reason("revoked.hold_opened", values, hold.opened_by)
    for hold in reversed(clock.holds):
        if hold.closed_on is not None:
            values = {"on": hold.closed_on, "hold_id": hold.hold_id}
            yield Reason("revoked.hold_closed", values, hold.closed_by or "")


def _amended(clock: Clock, grounds: Grounds) -> Reason:
    if grounds.calendar_version not in ("", clock.calendar.version):
        return Reason("revoked.calendar_published", {"version": clock.calendar.version})
    if grounds.policy_version not in ("", clock.policy.version):
        return Reason("revoked.policy_changed", {"version": clock.policy.version})
    if grounds.causes and grounds.causes[0] != clock.started_by:
        values = {"on": clock.started_on, "limit": clock.limit, "unit": clock.unit}
        return Reason("revoked.start_amended", values, clock.started_by)
    return Reason("revoked.corrected", {})
