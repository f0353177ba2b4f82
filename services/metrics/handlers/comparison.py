"""One subject, reckoned again from its recorded facts and laid beside what the projection says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.metrics.adapters.columns import GROUNDS, clock_row, key_of, text_of
from services.metrics.adapters.recorded import Row, SubjectRows
from services.metrics.domain.clocks.alert import (
    Alert,
    next_at,
    reconcile,
    withdraw,
)
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.figures.contributions import NOTHING, Contributions
from services.metrics.domain.fold import fold_all, known_entries
from services.metrics.domain.picture import Picture, contributors_of, picture_of
from services.metrics.handlers.difference import Difference, What, unequal
from services.metrics.handlers.reading import identity_of
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner, decode
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import Rules

CLOCK_COLUMNS = (
    "clock",
    "started_on",
    "due",
    "near_at",
    "due_at",
    "limit_total",
    "unit",
    "paused",
    "provisional",
    "ended",
)
"""As `clock_row` has them between the key and the deadline."""

CONTRIBUTOR_COLUMNS = (
    "number",
    "organisation",
    "section",
    "service_window",
    "item",
    "channel",
    "site",
)
"""How much is added, and the dimensions in their order."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What follows from the facts of one subject, and where the projection says otherwise."""

    differences: Sequence[Difference]
    contributions: Contributions
    under_way: int
    due_clocks: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one subject that count, and how they lie in the timeline."""

    bodies: Sequence[bytes]
    under_way: int
    differences: Sequence[Difference]


def reckon(rows: SubjectRows, rules: Rules, now: datetime) -> Reckoning:
    """Return what the facts of a subject come to by *now*, and what is stored otherwise."""
    facts = _facts(rows)
    entries = known_entries(facts.bodies)
    dossier = fold_all(rows.dossier, entries) if entries else None
    picture = picture_of(dossier, None, rules) if dossier else None
    clocks = {clock.key: clock for clock in (picture.clocks if picture else ())}
    stored = {key_of(row): row for row in rows.clocks}
    alerts = _alerts_by_clock(rows.alerts)
    found = [
        *facts.differences,
        *_state(rows, dossier, rules.judging),
        *_clocks(rows.dossier, clocks, stored),
        *_deadlines(clocks, stored, alerts, now),
        *_alerts(rows),
        *_contributors(rows, picture),
    ]
    return Reckoning(
        found,
        picture.contributions if picture else NOTHING,
        facts.under_way,
        sum(row["is_due"] for row in rows.clocks),
    )


def _facts(rows: SubjectRows) -> Facts:
    """Compare as sets: a fact may be published twice and counts once."""
    recorded = {identity_of(row["source"], row["id"]): row for row in rows.facts}
    folded = {row["identity"]: row for row in rows.timeline}
    found: list[Difference] = []
    under_way = 0
    for identity, row in recorded.items():
        place = {"source": row["source"], "id": row["id"]}
        if identity in folded:
            body = folded[identity]["body"]
            if body != row["body"]:
                stored, told = {"body": body}, {"body": row["body"]}
                found.append(
                    Difference(rows.dossier, What.FACT_CHANGED, place | stored, place | told)
                )
        elif row["settled"]:
            found.append(Difference(rows.dossier, What.FACT_MISSING, None, place))
        else:
            under_way += 1
    for identity, row in folded.items():
        if identity not in recorded:
            found.append(Difference(rows.dossier, What.FACT_FOREIGN, {"body": row["body"]}, None))
    bodies = [row["body"].encode() for identity, row in recorded.items() if identity in folded]
    return Facts(bodies, under_way, found)


def _state(rows: SubjectRows, dossier: Dossier | None, edition: int) -> Iterator[Difference]:
    recomputed = {"edition": edition, **_state_columns(dossier)} if dossier else {}
    stored = {}
    for row in rows.states:
        stored = {
            "phase": row["phase"],
            "source": row["source"],
            "fold_version": row["fold_version"],
            "edition": row["edition"],
            **_fields(row["state"]),
        }
    if pair := unequal(stored, recomputed):
        yield Difference(rows.dossier, What.STATE, *pair)


def _state_columns(dossier: Dossier) -> dict[str, Any]:
    return {
        "phase": dossier.case.phase.value,
        "source": dossier.source,
        "fold_version": FOLD_VERSION,
        **_fields(text_of(dossier)),
    }


def _fields(state: str) -> dict[str, Any]:
    """Return a stored dossier field by field, so that a difference can be named."""
    values = msgspec.json.decode(state)
    return {
        f"state.{name}": value
        for name, value in zip(("fold", *Dossier.__struct_fields__), values, strict=False)
    }


def _clocks(
    dossier: str, clocks: Mapping[ClockKey, Clock], stored: Mapping[ClockKey, Row]
) -> Iterator[Difference]:
    standing = {key: row for key, row in stored.items() if not row["gone"]}
    for key in sorted({*clocks, *standing}):
        ours = clocks.get(key)
        recomputed = dict(zip(CLOCK_COLUMNS, clock_row(ours)[4:-1], strict=True)) if ours else {}
        theirs = {name: standing[key][name] for name in CLOCK_COLUMNS} if key in standing else {}
        if pair := unequal(theirs, recomputed):
            place = _place(key)
            yield Difference(dossier, What.CLOCK, place | pair[0], place | pair[1])


def _place(key: ClockKey) -> dict[str, Any]:
    """Return how a difference names a clock of its dossier."""
    return {"sla": key.sla, "subject": key.subject, "episode": key.episode}


def _deadlines(
    clocks: Mapping[ClockKey, Clock],
    stored: Mapping[ClockKey, Row],
    alerts: Mapping[ClockKey, list[Alert]],
    now: datetime,
) -> Iterator[Difference]:
    """
    Yield what the ticker should have said, and deadlines that are armed wrongly.

    A clock that is due just now is the ticker's: by the next look it will have spoken.
    """
    for key, row in stored.items():
        if row["is_due"]:
            continue
        clock, said, place = clocks.get(key), alerts.get(key, []), _place(key)
        unsaid = withdraw(said, now) if clock is None else reconcile(clock, said, now)
        for ruling in unsaid:
            told = {"type": ruling.fact.TYPE, "at": ruling.at, "id": ruling.event_id}
            yield Difference(key.dossier, What.ALERT_DUE, None, place | told)
        armed = {"next_at": row["next_at"], "alerted": row["alerted"]}
        coming = None if clock is None else next_at(clock, said, now)
        due = {"next_at": coming, "alerted": bool(said)}
        if armed != due:
            yield Difference(key.dossier, What.DEADLINE, place | armed, place | due)


def _contributors(rows: SubjectRows, picture: Picture | None) -> Iterator[Difference]:
    """Compare the numbers behind which the subject stands by name."""
    stored = {
        (row["part"], row["day"]): {name: row[name] for name in CONTRIBUTOR_COLUMNS}
        for row in rows.contributors
    }
    recomputed = {
        (one.part, one.day): dict(
            zip(CONTRIBUTOR_COLUMNS, (one.number, *one.dimensions), strict=True)
        )
        for one in (contributors_of(picture) if picture else ())
    }
    for part, day in sorted({*stored, *recomputed}):
        found = unequal(stored.get((part, day), {}), recomputed.get((part, day), {}))
        if found:
            place = {"part": part, "day": day}
            yield Difference(rows.dossier, What.CONTRIBUTOR, place | found[0], place | found[1])


def _alerts_by_clock(rows: Iterable[Row]) -> Mapping[ClockKey, list[Alert]]:
    alerts: dict[ClockKey, list[Alert]] = {}
    for row in rows:
        alert = Alert(
            row["alert_id"],
            AlertLevel(row["level"]),
            row["raised_at"],
            AlertState(row["state"]),
            GROUNDS.decode(row["grounds"]),
        )
        alerts.setdefault(key_of(row), []).append(alert)
    return alerts


def _alerts(rows: SubjectRows) -> Iterator[Difference]:
    """Compare alert rows with what supervision's own facts say of them."""
    recomputed = _alerts_from_facts(rows.facts)
    stored = {row["alert_id"]: row for row in rows.alerts}
    for alert_id in sorted({*recomputed, *stored}):
        ours = recomputed.get(alert_id, {})
        theirs: dict[str, Any] = {}
        if alert_id in stored:
            row = stored[alert_id]
            theirs = {name: _plain(name, row[name]) for name in ours or ("state",)}
        if pair := unequal(theirs, ours):
            place = {"alert_id": alert_id}
            yield Difference(rows.dossier, What.ALERT, place | pair[0], place | pair[1])


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - a column's value
    return GROUNDS.decode(value) if name == "grounds" else value


def _alerts_from_facts(facts: Iterable[Row]) -> Mapping[str, dict[str, Any]]:
    said = [row for row in facts if row["owner"] == Owner.SUPERVISION.value]
    alerts: dict[str, dict[str, Any]] = {}
    for row in sorted(said, key=lambda row: (row["stream"], row["version"])):
        event = decode(row["body"].encode())
        match event.data:
            case AlertRaised() as fact:
                alerts[fact.alert_id] = _raised(event, fact)
            case AlertAcknowledged(alert_id=alert_id):
                _turn(alerts, alert_id, state=AlertState.ACKNOWLEDGED.value)
            case AlertEscalated(alert_id=alert_id):
                _turn(alerts, alert_id, state=AlertState.ESCALATED.value)
            case AlertResolved(alert_id=alert_id, note=note):
                _turn(alerts, alert_id, state=AlertState.RESOLVED.value, reason=note or "")
            case AlertRevoked(alert_id=alert_id, reason=reason):
                _turn(alerts, alert_id, state=AlertState.REVOKED.value, reason=reason)
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
        "reason": "",
        "raised_at": event.time,
        "recorded_at": recorded_at,
        "lateness_ms": round((recorded_at - event.time).total_seconds() * 1000),
        "due": fact.due,
        "grounds": Grounds(
            tuple(fact.causes or ()), fact.policy_version or "", fact.calendar_version or ""
        ),
    }


def _turn(alerts: dict[str, dict[str, Any]], alert_id: str, **changes: str) -> None:
    if alert_id in alerts:
        alerts[alert_id] |= changes
