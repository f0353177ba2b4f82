"""What an edition of the rules brought about: a card that the one before did not call for."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.clocks.reason import Reason
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.picture import clocks_of
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import Rules


class RuleTurn(NamedTuple):
    """An edition that changed what runs are judged by, beside the one whose place it took."""

    published_at: datetime
    before: Rules
    after: Rules


def why_raised(
    key: ClockKey,
    level: AlertLevel,
    raised_at: datetime,
    dossier: Dossier,
    turns: Iterable[RuleTurn],
) -> Reason | None:
    """
    Return the edition that made a card out of an instant that was over when it was published.

    None where the passing of time did, or a fact. *turns* are the newest first.
    """
    for turn in turns:
        if turn.published_at < raised_at:
            return None
        before, after = (_clock(key, dossier, rules) for rules in (turn.before, turn.after))
        if after is not None and not _calls_for(before, level, raised_at):
            return _reason("raised", after, turn)
    return None


def why_gone(key: ClockKey, dossier: Dossier, turns: Iterable[RuleTurn]) -> Reason | None:
    """Return the edition by which the limit never began; None where the facts say so."""
    for turn in turns:
        before = _clock(key, dossier, turn.before)
        if before is not None:
            return _reason("revoked", before, turn)
    return None


def _clock(key: ClockKey, dossier: Dossier, rules: Rules) -> Clock | None:
    return next((clock for clock in clocks_of(dossier, rules) if clock.key == key), None)


def _calls_for(clock: Clock | None, level: AlertLevel, raised_at: datetime) -> bool:
    wanted = () if clock is None else expected(clock)
    return any((one.level, one.raised_at) == (level, raised_at) for one in wanted)


def _reason(verb: str, clock: Clock, turn: RuleTurn) -> Reason:
    calendar = turn.after.calendar
    if turn.before.calendar != calendar:
        return Reason(f"{verb}.calendar_published", {"version": calendar.version})
    policy = turn.after.policy_on(clock.started_on)
    return Reason(f"{verb}.policy_changed", {"version": policy.version})
