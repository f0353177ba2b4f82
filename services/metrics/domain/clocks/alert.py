"""What is to be said about alerts: what the facts call for, less what was said already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple, Self
from uuid import NAMESPACE_URL, uuid5

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import Expected, expected, first_at, lapses_at
from services.metrics.domain.clocks.reason import Grounds, Reason, why_revoked
from services.metrics.domain.clocks.run import ClockKey
from shared.contracts.supervision.course import ALERT, UNANSWERED, AlertState
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertFact,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.types import ITEMS_MAX
from shared.policy.calendar import ZONE
from shared.policy.limits import Unit

ALERTS = uuid5(NAMESPACE_URL, "urn:casetrack:alert")

THE_RULES = "supervision"
"""Who signs for what follows from the rules alone."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What was said about one clock at one level, as it is stored."""

    alert_id: str
    level: AlertLevel
    raised_at: datetime
    state: AlertState
    grounds: Grounds = field(default_factory=Grounds)
    escalated: int = 0
    """How many levels it has climbed."""
    by_hand: bool = False
    """Whether people have withdrawn it: then the same claim is not made again."""

    @property
    def place(self) -> tuple[AlertLevel, datetime]:
        """What it claims: two alerts of one place are episodes of the same claim."""
        return self.level, self.raised_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """An alert as it was said of a clock, and how it stands."""

    alert_id: str
    key: ClockKey
    clock: str
    level: AlertLevel
    severity: int
    raised_at: datetime
    recorded_at: datetime
    lateness_ms: int
    due: date
    """As it was when the alert was raised."""
    grounds: Grounds
    state: AlertState = AlertState.RAISED
    reason: str = ""
    """Why it came late, where the rules brought it about; then why it is over."""
    escalated: int = 0
    by_hand: bool = False

    @property
    def dossier(self) -> str:
        return self.key.dossier

    @property
    def sla(self) -> str:
        return self.key.sla

    @property
    def alert(self) -> Alert:
        """What was said."""
        return Alert(
            self.alert_id,
            self.level,
            self.raised_at,
            self.state,
            self.grounds,
            self.escalated,
            self.by_hand,
        )


class CardTurn(NamedTuple):
    """How a card stands after a fact; *reason* is None where that says nothing of why."""

    state: AlertState
    escalated: int
    by_hand: bool
    reason: str | None


def turn_of(fact: AlertFact, state: AlertState, escalated: int) -> CardTurn | None:
    """Return how *fact* turns a card that stands so, by its course; None where it does not."""
    target = ALERT.target(state, fact) or ALERT.onward(state, fact)
    if target is None:
        return None
    match fact:
        case AlertEscalated():
            level = max(escalated + 1, fact.to_level or 0)
            return CardTurn(AlertState(target), level, by_hand=False, reason=None)
        case AlertResolved():
            return CardTurn(AlertState(target), escalated, by_hand=False, reason=fact.note or None)
        case AlertRevoked():
            by_hand = fact.approved_by != THE_RULES
            return CardTurn(AlertState(target), escalated, by_hand, fact.reason)
        case _:
            return CardTurn(AlertState(target), escalated, by_hand=False, reason=None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """
    A fact that is to be recorded, with its identity, business time and reason.

    The identity follows from what is said, so that a ruling that is recorded
    twice is a duplicate.
    """

    event_id: str
    at: datetime
    fact: AlertRaised | AlertEscalated | AlertResolved | AlertRevoked
    reason: Reason | None = None

    def because(self, reason: Reason | None) -> Self:
        """Return the ruling for *reason*, where there is one."""
        if reason is None:
            return self
        fact = self.fact.model_copy(update={"reason": reason.text()})
        return replace(self, fact=fact, reason=reason)


def alert_id(clock: Clock, level: AlertLevel, raised_at: datetime, episode: int) -> str:
    """
    Return the name of an alert, the same for everybody who comes to raise it.

    *episode* counts how often the same claim was made, not how often the limit began.
    """
    instant = raised_at.astimezone(ZONE).isoformat()
    run = clock.run
    whose = run.subject if run.subject == run.dossier else f"{run.dossier}/{run.subject}"
    again = f"/{run.episode}" if run.episode else ""
    return str(uuid5(ALERTS, f"{clock.sla.id}/{whose}{again}/{level}/{instant}/{episode}"))


def reconcile(clock: Clock, said: Iterable[Alert], now: datetime) -> list[Ruling]:
    """
    Return what is to be said by *now*, given all that was *said* of this clock.

    An alert is raised at its due instant, whenever somebody got to it. One that
    the facts no longer call for is revoked, once; if they call for it again, that
    is a new episode under a new name. What people have withdrawn is not claimed
    again; another instant is another claim. A card that nobody acknowledges in time
    goes up a level. Recorded and asked again, this is empty.
    """
    known = tuple(said)
    if clock.sla.escalates:
        return _climbed(clock, known, now)
    wanted = _wanted(clock, known)
    standing = {}
    rulings = []
    for alert in known:
        if alert.state is AlertState.REVOKED:
            continue
        if reason := _against(clock, alert, wanted.get(alert.place), now):
            rulings.append(_revoked(alert, reason, now))
        else:
            standing[alert.place] = alert
    for place, one in wanted.items():
        if one.raised_at <= now:
            episode = sum(alert.place == place for alert in known)
            rulings += _said(clock, one, standing.get(place), episode, now)
    return rulings


def withdraw(said: Iterable[Alert], now: datetime) -> list[Ruling]:
    """Return what is to be said where the limit never began, by what is known now."""
    reason = Reason("revoked.never_began", {})
    return [_revoked(one, reason, now) for one in said if one.state is not AlertState.REVOKED]


def next_at(clock: Clock, said: Iterable[Alert], now: datetime) -> datetime | None:
    """
    Return when *reconcile* has something to say next, None where never.

    The instant lies in the past where it already has: that is by how much the
    saying is late.
    """
    known = tuple(said)
    if clock.sla.escalates:
        lapse = lapses_at(clock)
        waits = lapse is not None and (lapse > now or bool(_climbed(clock, known, now)))
        return lapse if waits else None
    if not known:
        return first_at(clock)
    pending = [min(ruling.at, now) for ruling in reconcile(clock, known, now)]
    coming = [
        instant
        for one in _wanted(clock, known).values()
        for instant in (one.raised_at, one.over_at)
        if instant is not None and instant > now
    ]
    return min([*pending, *coming], default=None)


SaidOfClocks = Mapping[ClockKey, Sequence[Alert]]
"""What was said of each clock."""


def by_name(said: SaidOfClocks) -> Mapping[str, Alert]:
    """Return every alert that was *said*, by its id."""
    return {alert.alert_id: alert for some in said.values() for alert in some}


def said_of(clock: Clock, said: SaidOfClocks, cards: Mapping[str, Alert]) -> Sequence[Alert]:
    """Return what was *said* of *clock*; of one that waits for an acknowledgement, the card."""
    if not clock.sla.escalates:
        return said.get(clock.key, ())
    return [cards[clock.subject]] if clock.subject in cards else ()


def _climbed(clock: Clock, said: tuple[Alert, ...], now: datetime) -> list[Ruling]:
    """Return that the card goes up, if nobody has acknowledged it by *now* as *clock* asks."""
    lapse, level = lapses_at(clock), clock.run.climbed + 1
    if lapse is None or lapse > now or level > clock.policy.bureau.top_level:
        return []
    return [
        Ruling(
            f"{alert.alert_id}:escalated:{level}",
            lapse,
            AlertEscalated(alert_id=alert.alert_id, by=THE_RULES, to_level=level),
        )
        for alert in said
        if alert.state in UNANSWERED and alert.escalated < level
    ]


def _wanted(clock: Clock, said: tuple[Alert, ...]) -> dict[tuple[AlertLevel, datetime], Expected]:
    """Return by its place what *clock* calls for and people have not withdrawn."""
    denied = {alert.place for alert in said if alert.by_hand}
    called_for = {(one.level, one.raised_at): one for one in expected(clock)}
    return {place: one for place, one in called_for.items() if place not in denied}


def _against(clock: Clock, alert: Alert, wanted: Expected | None, now: datetime) -> Reason | None:
    """Return why *alert* cannot stand, None where it can."""
    if wanted is None:
        return why_revoked(clock, alert.level, alert.raised_at, alert.grounds)
    if alert.state is AlertState.RESOLVED and not _over(wanted, now):
        return Reason("revoked.reopened", {})
    return None


def _over(wanted: Expected, now: datetime) -> bool:
    return wanted.over_at is not None and wanted.over_at <= now


def _said(
    clock: Clock, wanted: Expected, alert: Alert | None, episode: int, now: datetime
) -> Iterator[Ruling]:
    if alert is None:
        name = alert_id(clock, wanted.level, wanted.raised_at, episode)
        yield Ruling(f"{name}:raised", wanted.raised_at, _raised(clock, wanted, name))
    else:
        name = alert.alert_id
    stands_open = alert is None or alert.state.stands
    if (
        stands_open
        and wanted.over is not None
        and wanted.over_at is not None
        and _over(wanted, now)
    ):
        reason = Reason(f"over.{wanted.over}", {}, wanted.over_by)
        fact = AlertResolved(alert_id=name, by=THE_RULES, note=reason.text())
        yield Ruling(f"{name}:resolved", wanted.over_at, fact, reason)


def _raised(clock: Clock, wanted: Expected, name: str) -> AlertRaised:
    sla = clock.sla
    return AlertRaised(
        alert_id=name,
        level=wanted.level,
        severity=sla.severity,
        basis=sla.basis,
        rule_id=sla.id,
        sla_id=sla.id,
        concerns=clock.subject,
        episode=clock.run.episode or None,
        due=wanted.due,
        # At its due instant what is late is in its first day of being so,
        # whenever it is raised.
        overdue_days=int(wanted.raised_at == clock.due_at and clock.run.unit is not Unit.AO),
        responsible_org=clock.org,
        recipients=sla.recipients[wanted.level],
        policy_version=clock.policy.version,
        calendar_version=clock.calendar.version,
        causes=clock.causes[:ITEMS_MAX],
    )


def _revoked(alert: Alert, reason: Reason, now: datetime) -> Ruling:
    fact = AlertRevoked(alert_id=alert.alert_id, reason=reason.text(), approved_by=THE_RULES)
    return Ruling(f"{alert.alert_id}:revoked", now, fact, reason)
