"""What must hold when all is quiet: every promise checked, against the model and against itself."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from services.metrics.domain.entry import Entry, entry_of, identity_of
from services.metrics.domain.figures.figure import named
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import contributors_of, picture_of
from shared.contracts.registry import INBOX, Owner
from shared.contracts.supervision.course import AlertState
from shared.kafka.dead_letters import read_dead_letter
from shared.kafka.memory import MemoryBus
from shared.kafka.topics import DEAD_LETTER_TOPICS, dead_letter_topic
from tests.support.simulation.hall import SOURCE
from tests.support.simulation.life import Violation
from tests.support.simulation.model import Case, Silence, cases_of, silence_after
from tests.support.simulation.people import Journal
from tests.support.simulation.store import SimulatedStore
from tests.support.simulation.story import INTRUDER, STRANGER
from tests.support.simulation.tables import SimulatedTables
from tests.support.simulation.workers import RULES

STRANGERS = (STRANGER, INTRUDER)
Stores = Mapping[Owner, SimulatedStore]


def audit(
    stores: Stores, bus: MemoryBus, tables: SimulatedTables, journal: Journal, now: datetime
) -> Counter[str]:
    """
    Compare what everybody was told with what is stored, sent, folded and said.

    Returns how often time itself has ended a silence, by how it ended.

    Raises:
        Violation: names the promise, and what was found in place of what was promised.
    """
    facts = [body for owner in (Owner.INTAKE, Owner.SUPERVISION) for body in stores[owner].bodies]
    _as_told(stores[Owner.INTAKE].bodies, journal)
    for owner, store in stores.items():
        _sent(owner, store, bus)
    _dead_letters(bus, journal)
    _folded(facts, tables)
    _counted(stores[Owner.INTAKE].bodies, tables, now)
    _said(stores[Owner.SUPERVISION].bodies, tables)
    return Counter(_silences(stores[Owner.INTAKE].bodies, now))


def same(promise: str, found: object, promised: object) -> None:
    if found == promised:
        return
    if isinstance(found, set) and isinstance(promised, set):
        raise Violation(promise, "too many", found - promised, "missing", promised - found)
    raise Violation(promise, "found", found, "promised", promised)


def _as_told(bodies: Iterable[bytes], journal: Journal) -> None:
    documents = [json.loads(body) for body in bodies]
    ours = sorted(one["id"] for one in documents if one["source"] == SOURCE and "actorid" in one)
    strangers = sorted(one["id"] for one in documents if one["source"] in STRANGERS)
    same("every answered command is on record, nothing else is", ours, sorted({*journal.ours}))
    same("every stranger's fact is on record once", strangers, sorted(journal.strangers))


def _silences(bodies: Iterable[bytes], now: datetime) -> Iterator[str]:
    """Yield the endings that time alone has brought to cases of ours."""
    histories: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in map(json.loads, bodies):
        if one["source"] == INTRUDER:
            continue
        histories[one["partitionkey"]].append(one)
    for history in histories.values():
        ours = history[0]["source"] == SOURCE
        by_time = [one for one in history if one["source"] == SOURCE and "actorid" not in one]
        same("time ends no silence of strangers", [] if ours else by_time, [])
        if ours:
            _ended(history, now)
        yield from (one["type"] for one in by_time)


def _ended(history: Iterable[dict[str, Any]], now: datetime) -> None:
    """See that each silence is ended once by time, unless somebody has broken it."""
    running: Silence | None = None
    for one in history:
        kind = ".".join(one["type"].split(".")[1:-1])
        if "actorid" not in one:
            ending = Silence(kind, _instant(one["time"]))
            same("time ends a silence that runs, at its instant", ending, running)
            if ending.at > _instant(one["recordedtime"]):
                raise Violation("no silence ends before its instant", one)
        running = silence_after(running, kind, one["data"])
    if running is not None and running.at <= now:
        raise Violation("every silence ends", running)


def _sent(owner: Owner, store: SimulatedStore, bus: MemoryBus) -> None:
    sent = bus.records(owner.topic)
    same("what is stored is sent", {r.value for r in sent}, set(store.bodies))
    versions: dict[bytes, int] = {}
    for record in sent:
        stream, version = record.header("stream") or b"", int(record.header("version") or 0)
        last = versions.get(stream, 0)
        if version > last + 1:
            raise Violation("a stream is sent in its order", stream, version, "after", last)
        versions[stream] = max(last, version)


def _dead_letters(bus: MemoryBus, journal: Journal) -> None:
    inbox = dead_letter_topic(INBOX)
    buried = {read_dead_letter(letter).record.value for letter in bus.records(inbox)}
    same("only what is unreadable is a dead letter", buried, journal.poisons)
    others = [topic for topic in DEAD_LETTER_TOPICS if topic != inbox and bus.records(topic)]
    same("nothing of ours is a dead letter", others, [])


def _folded(bodies: Iterable[bytes], tables: SimulatedTables) -> None:
    entries: dict[str, list[Entry]] = {}
    known = {}
    for body in bodies:
        entry = entry_of(body)
        entries.setdefault(entry.partitionkey, []).append(entry)
        known[entry.partitionkey, identity_of(entry.source, entry.id)] = body
    same("every fact is in its timeline", tables.timeline, known)
    pictures = {
        key: picture_of(fold_all(key, facts), None, RULES) for key, facts in entries.items()
    }
    states = {key: one.dossier for key, one in pictures.items()}
    same("every state is the fold of its facts", tables.dossiers, states)
    figures: Counter[tuple[Any, ...]] = Counter()
    for picture in pictures.values():
        figures.update(dict(picture.contributions))
    found = {place: value for place, value in tables.figures.items() if value}
    same("every figure is the sum of its cases", found, {p: v for p, v in figures.items() if v})
    named_by = {row.place: row for one in pictures.values() for row in contributors_of(one)}
    same("who stands behind a figure is kept by name", tables.contributors, named_by)
    clocks = {clock.key: clock for one in pictures.values() for clock in one.unsettled}
    kept = {key: one.clock for key, one in tables.clocks.items() if not one.gone}
    same("every clock is as its case", kept, clocks)


def _counted(bodies: Iterable[bytes], tables: SimulatedTables, now: datetime) -> None:
    cases = cases_of(bodies)
    wanted = Counter(line for case in cases.values() for line in case.figures())
    found: Counter[Any] = Counter()
    for (part, day), value in tables.figures.items():
        if named(part) in PROMISED:
            found[named(part), day] += value
    same("the model counts alike", +found, wanted)
    oddities = sum(n for (part, _), n in tables.figures.items() if part == "L08/anomalies")
    same("the model finds as many oddities", oddities, sum(c.oddities for c in cases.values()))
    _alarmed(cases, tables, now)


PROMISED = (
    "L03/received",
    "L03/accepted",
    "L03/decided",
    "L03/closed",
    "L01/open",
    "K23.2/on_time",
    "K23.2/late",
    "K23.2/late_by_law",
)


UNANSWERED = {AlertState.ESCALATED: AlertState.RAISED}


def _alarmed(cases: Mapping[str, Case], tables: SimulatedTables, now: datetime) -> None:
    wanted = sorted((key, *one) for key, case in cases.items() for one in case.standing(now))
    found = sorted(
        # Whether it has gone up depends on when it was told, of which the model knows nothing.
        (one.dossier, one.clock, one.level, one.raised_at, UNANSWERED.get(one.state, one.state))
        for one in tables.alerts.values()
        if one.state is not AlertState.REVOKED
    )
    same("the model raises the same alerts, each once", found, wanted)


def _said(bodies: Iterable[bytes], tables: SimulatedTables) -> None:
    documents = [json.loads(body) for body in bodies]
    said = Counter(
        (one["subject"], one["type"].split(".")[-2], one["data"].get("to_level"))
        for one in documents
    )
    same("nothing is said of an alert twice", [fact for fact in said.items() if fact[1] > 1], [])
    states = {name: "RAISED" for name, what, _ in said if what == "raised"}
    for state in ("ESCALATED", "RESOLVED", "REVOKED"):
        states.update({name: state for name, what, _ in said if what == state.lower()})
    same(
        "alerts are what was said", {name: one.state for name, one in tables.alerts.items()}, states
    )
    cards = Counter(
        "REVOKED" if named(part) == "K12.4/REVOKED" else part.split(":")[-1]
        for (part, _), number in tables.figures.items()
        for _ in range(number)
        if part.startswith("K12.4/")
    )
    same("cards are what was said", cards, Counter(states.values()))
    late = [one for one in documents if _instant(one["time"]) > _instant(one["recordedtime"])]
    same("no alert before its instant", late, [])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
