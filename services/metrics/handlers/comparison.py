"""One subject, reckoned again from its recorded facts and laid beside what the projection says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from services.metrics.domain.clocks.alert import (
    Alert,
    AlertRecord,
    by_name,
    next_at,
    reconcile,
    said_of,
    turn_of,
    withdraw,
)
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import identity_of
from services.metrics.domain.figures.contributions import NOTHING, Contributions, Contributor
from services.metrics.domain.fold import fold_all, known_entries
from services.metrics.domain.last_words import LastWords, last_words_in
from services.metrics.domain.picture import Picture, contributors_of, picture_of
from services.metrics.handlers.difference import Difference, What, unequal
from services.metrics.ports.audit import (
    ClockKept,
    ClockShown,
    ContributorKept,
    OrderKept,
    RecordedFact,
    StateKept,
    SubjectKept,
)
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner, decode
from shared.contracts.supervision.course import AlertState, OrderState
from shared.contracts.supervision.facts import (
    AlertFact,
    AlertRaised,
    OrderAnswered,
    OrderIssued,
)
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What follows from the facts of one subject, and where the projection says otherwise."""

    differences: Sequence[Difference]
    contributions: Contributions
    last_words: LastWords
    under_way: int
    due_clocks: int


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The facts of one subject that count, and how they lie in the timeline."""

    bodies: Sequence[bytes]
    under_way: int
    differences: Sequence[Difference]


def reckon(kept: SubjectKept, rules: Rules, now: datetime) -> Reckoning:
    """Return what the facts of a subject come to by *now*, and what is stored otherwise."""
    facts = _facts(kept)
    entries = known_entries(facts.bodies)
    dossier = fold_all(kept.dossier, entries) if entries else None
    picture = picture_of(dossier, None, rules) if dossier else None
    clocks = {clock.key: clock for clock in (picture.clocks if picture else ())}
    stored = {one.key: one for one in kept.clocks}
    found = [
        *facts.differences,
        *_state(kept, dossier, rules.judging),
        *_clocks(kept.dossier, picture.unsettled if picture else (), stored),
        *_deadlines(clocks, stored, _alerts_by_clock(kept.alerts), now),
        *_alerts(kept),
        *_contributors(kept, picture),
        *_orders(kept),
    ]
    return Reckoning(
        found,
        picture.contributions if picture else NOTHING,
        last_words_in(entries),
        facts.under_way,
        sum(one.is_due for one in kept.clocks),
    )


def _facts(kept: SubjectKept) -> SubjectFacts:
    """Compare as sets: a fact may be published twice and counts once."""
    recorded = {identity_of(one.source, one.id): one for one in kept.facts}
    folded = {one.identity: one.body for one in kept.timeline}
    found: list[Difference] = []
    under_way = 0
    for identity, fact in recorded.items():
        place = {"source": fact.source, "id": fact.id}
        if identity in folded:
            if folded[identity] != fact.body:
                pair = (place | _told(body) for body in (folded[identity], fact.body))
                found.append(Difference(kept.dossier, What.FACT_CHANGED, *pair))
        elif fact.settled:
            found.append(Difference(kept.dossier, What.FACT_MISSING, None, place))
        else:
            under_way += 1
    found += (
        Difference(kept.dossier, What.FACT_FOREIGN, _told(body), None)
        for identity, body in folded.items()
        if identity not in recorded
    )
    bodies = [fact.body for identity, fact in recorded.items() if identity in folded]
    return SubjectFacts(bodies, under_way, found)


def _told(body: bytes) -> dict[str, Any]:
    return {"body": body.decode()}


def _state(kept: SubjectKept, dossier: Dossier | None, edition: int) -> Iterator[Difference]:
    recomputed = StateKept.of(dossier, edition) if dossier else None
    if pair := unequal(_columns(kept.state), _columns(recomputed)):
        yield Difference(kept.dossier, What.STATE, *pair)


def _columns(state: StateKept | None) -> dict[str, Any]:
    if state is None:
        return {}
    columns = state._asdict()
    return {**columns, **columns.pop("fields")}


def _clocks(
    dossier: str, clocks: Iterable[Clock], stored: Mapping[ClockKey, ClockKept]
) -> Iterator[Difference]:
    standing = {key: one.shown._asdict() for key, one in stored.items() if not one.gone}
    shown = {clock.key: ClockShown.of(clock)._asdict() for clock in clocks}
    for key in sorted({*shown, *standing}):
        if pair := unequal(standing.get(key, {}), shown.get(key, {})):
            place = _place(key)
            yield Difference(dossier, What.CLOCK, place | pair[0], place | pair[1])


def _place(key: ClockKey) -> dict[str, Any]:
    """Return how a difference names a clock of its dossier."""
    return {"sla": key.sla, "subject": key.subject, "episode": key.episode}


def _deadlines(
    clocks: Mapping[ClockKey, Clock],
    stored: Mapping[ClockKey, ClockKept],
    alerts: Mapping[ClockKey, list[Alert]],
    now: datetime,
) -> Iterator[Difference]:
    """
    Yield what the ticker should have said, and deadlines that are armed wrongly.

    A clock that is due just now is the ticker's: by the next look it will have spoken.
    """
    cards = by_name(alerts)
    for key, kept in stored.items():
        if kept.is_due:
            continue
        clock, place, own = clocks.get(key), _place(key), alerts.get(key, [])
        said = own if clock is None else said_of(clock, alerts, cards)
        unsaid = withdraw(said, now) if clock is None else reconcile(clock, said, now)
        for ruling in unsaid:
            told = {"type": ruling.fact.TYPE, "at": ruling.at, "id": ruling.event_id}
            yield Difference(key.dossier, What.ALERT_DUE, None, place | told)
        armed = {"next_at": kept.next_at, "alerted": kept.alerted}
        coming = None if clock is None else next_at(clock, said, now)
        due = {"next_at": coming, "alerted": bool(own)}
        if armed != due:
            yield Difference(key.dossier, What.DEADLINE, place | armed, place | due)


def _contributors(kept: SubjectKept, picture: Picture | None) -> Iterator[Difference]:
    """Compare the numbers behind which the subject stands by name."""
    stored = {(one.part, one.day): _number(one) for one in kept.contributors}
    recomputed = {
        (one.part, one.day): _number(one) for one in (contributors_of(picture) if picture else ())
    }
    for part, day in sorted({*stored, *recomputed}):
        found = unequal(stored.get((part, day), {}), recomputed.get((part, day), {}))
        if found:
            place = {"part": part, "day": day}
            yield Difference(kept.dossier, What.CONTRIBUTOR, place | found[0], place | found[1])


def _orders(kept: SubjectKept) -> Iterator[Difference]:
    """Compare orders with what supervision's own facts say of them."""
    recomputed = {one.order_id: one._asdict() for one in _orders_from_facts(kept.facts)}
    stored = {one.order_id: one._asdict() for one in kept.orders}
    for order_id in sorted({*recomputed, *stored}):
        if pair := unequal(stored.get(order_id, {}), recomputed.get(order_id, {})):
            place = {"order_id": order_id}
            yield Difference(kept.dossier, What.ORDER, place | pair[0], place | pair[1])


def _orders_from_facts(facts: Iterable[RecordedFact]) -> Iterable[OrderKept]:
    orders: dict[str, OrderKept] = {}
    for event in _said_by_supervision(facts):
        match event.data:
            case OrderIssued() as fact:
                orders[fact.order_id] = OrderKept(
                    order_id=fact.order_id,
                    alert_id=fact.alert_id,
                    case_no=fact.case_no,
                    organisation=fact.to_org.org_code,
                    org_name=fact.to_org.org_name,
                    state=OrderState.ISSUED.value,
                    content=fact.content,
                    issued_at=event.time,
                    issued_by=event.actorid or "",
                    reply=None,
                    answered_at=None,
                    answered_by=None,
                )
            case OrderAnswered() as fact if fact.order_id in orders:
                orders[fact.order_id] = orders[fact.order_id]._replace(
                    state=OrderState.ANSWERED.value,
                    reply=fact.reply,
                    answered_at=event.time,
                    answered_by=event.actorid,
                )
            case _:
                continue
    return orders.values()


def _said_by_supervision(facts: Iterable[RecordedFact]) -> Iterator[Event]:
    """Yield supervision's own facts, each stream in its order."""
    said = (one for one in facts if one.owner is Owner.SUPERVISION)
    for one in sorted(said, key=attrgetter("stream", "version")):
        yield decode(one.body)


def _number(one: ContributorKept | Contributor) -> dict[str, Any]:
    return {"number": one.number, **(one.dimensions._asdict() if one.dimensions else {})}


def _alerts_by_clock(records: Iterable[AlertRecord]) -> Mapping[ClockKey, list[Alert]]:
    alerts: dict[ClockKey, list[Alert]] = {}
    for one in records:
        alerts.setdefault(one.key, []).append(one.alert)
    return alerts


def _alerts(kept: SubjectKept) -> Iterator[Difference]:
    """Compare alerts with what supervision's own facts say of them."""
    recomputed = _alerts_from_facts(kept.facts)
    stored = {one.alert_id: _said(one) for one in kept.alerts}
    for alert_id in sorted({*recomputed, *stored}):
        ours = recomputed.get(alert_id, {})
        theirs = {
            name: value
            for name, value in stored.get(alert_id, {}).items()
            if name in (ours or ("state",))
        }
        if pair := unequal(theirs, ours):
            place = {"alert_id": alert_id}
            yield Difference(kept.dossier, What.ALERT, place | pair[0], place | pair[1])


def _said(alert: AlertRecord) -> dict[str, Any]:
    return {
        "sla": alert.key.sla,
        "subject": alert.key.subject,
        "episode": alert.key.episode,
        "level": alert.level.value,
        "severity": alert.severity,
        "state": alert.state.value,
        "reason": alert.reason,
        "raised_at": alert.raised_at,
        "recorded_at": alert.recorded_at,
        "lateness_ms": alert.lateness_ms,
        "due": alert.due,
        "grounds": alert.grounds,
        "escalated": alert.escalated,
        "by_hand": alert.by_hand,
    }


def _alerts_from_facts(facts: Iterable[RecordedFact]) -> Mapping[str, dict[str, Any]]:
    alerts: dict[str, dict[str, Any]] = {}
    for event in _said_by_supervision(facts):
        match event.data:
            case AlertRaised() as fact:
                alerts[fact.alert_id] = _raised(event, fact)
            case AlertFact() as fact if fact.alert_id in alerts:
                _turn(alerts[fact.alert_id], fact)
            case _:
                continue
    return alerts


def _raised(event: Event, fact: AlertRaised) -> dict[str, Any]:
    recorded_at = event.recordedtime or event.time
    return {
        "sla": fact.sla_id,
        "subject": fact.concerns,
        "episode": fact.episode or 0,
        "level": fact.level.value,
        "severity": fact.severity,
        "state": AlertState.RAISED.value,
        "reason": fact.reason or "",
        "raised_at": event.time,
        "recorded_at": recorded_at,
        "lateness_ms": round((recorded_at - event.time).total_seconds() * 1000),
        "due": fact.due,
        "grounds": Grounds(
            tuple(fact.causes or ()), fact.policy_version or "", fact.calendar_version or ""
        ),
        "escalated": 0,
        "by_hand": False,
    }


def _turn(alert: dict[str, Any], fact: AlertFact) -> None:
    turn = turn_of(fact, AlertState(alert["state"]), alert["escalated"])
    if turn is not None:
        told = {name: value for name, value in turn._asdict().items() if value is not None}
        alert |= told | {"state": turn.state.value}
