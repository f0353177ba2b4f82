"""What an audit may rely on, asked of the store in memory and the one in PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

import pytest

from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.entry import Entry, identity_of
from services.metrics.domain.last_words import last_words_in
from services.metrics.domain.picture import Differences
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.difference import Report
from services.metrics.handlers.verify import Verifying
from services.metrics.ports.audit import ClockKept, SubjectKept
from services.metrics.ports.projection import Changes
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner, encode
from shared.kafka.port import Partition
from shared.policy.rules import shipped
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, TOPIC, Store, by_terminal, received
from tests.support.rule_changes import notice_of

OTHER = received("XC20240902000018")
T = TypeVar("T")


async def drawn(rows: AsyncIterator[T]) -> list[T]:
    return [row async for row in rows]


async def recorded(store: Store, events: Sequence[Event]) -> None:
    """Put *events* on record, and fold them."""
    await store.intake.record(events)
    await store.fold(*events)


async def verified(store: Store, *, settled: bool = True) -> Report:
    async with store.records() as records:
        mark = await records.mark() if settled else None
        verifying = Verifying(records, store.clock, our_fingerprint())
        return await verifying.handle(mark, lambda _count, _reached: None)


def found(report: Report) -> list[tuple[str, str]]:
    return sorted((one.what.value, one.subject) for one in report.differences)


async def kept(store: Store) -> list[SubjectKept]:
    async with store.records() as records, records.snapshot() as snapshot:
        return await drawn(snapshot.subjects(await records.mark()))


async def test_what_was_folded_follows_from_what_is_on_record(store: Store) -> None:
    await recorded(store, [*FACTS, OTHER])
    report = await verified(store)

    assert found(report) == []
    streams = {fact.stream for fact in (*FACTS, OTHER)}
    assert (report.subjects, report.events) == (2, len(FACTS) + 1)
    assert report.streams == len(streams)
    assert report.due_clocks > 0, "nobody has judged yet"


async def test_subjects_come_in_order_with_all_that_is_kept_of_them(store: Store) -> None:
    await recorded(store, [OTHER, *FACTS])
    first, second = await kept(store)

    assert [first.dossier, second.dossier] == [way.CASE, OTHER.partitionkey]
    assert {(fact.stream, fact.body) for fact in first.facts} == {
        (fact.stream, encode(fact)) for fact in FACTS
    }
    assert {(fact.owner, fact.settled) for fact in first.facts} == {(Owner.INTAKE, True)}
    assert {(one.identity, one.body) for one in first.timeline} == {
        (identity_of(fact.source, fact.id), encode(fact)) for fact in FACTS
    }
    assert first.state is not None
    assert (first.state.edition, first.state.fields["state.key"]) == (0, way.CASE)
    assert {one.key.sla for one in first.clocks} >= {"SLA-39"}
    assert [one.part for one in second.contributors if one.part == "L01/open"] == ["L01/open"]
    assert {one.number for one in second.contributors} == {1}


async def test_a_clock_is_kept_as_it_is_shown_and_armed(store: Store) -> None:
    await recorded(store, FACTS[:2])
    before = clocks(await kept(store))
    await store.tick()
    after = clocks(await kept(store))

    assert {one.shown for one in before} == {one.shown for one in after}
    assert [one.alerted for one in before] == [False] * len(before)
    assert any(one.alerted for one in after)
    assert {one.is_due for one in after} == {False}


def clocks(subjects: Sequence[SubjectKept]) -> Sequence[ClockKept]:
    return [one for subject in subjects for one in subject.clocks]


async def test_a_fact_is_under_way_until_it_had_its_time(store: Store) -> None:
    await recorded(store, FACTS)
    await store.intake.record([OTHER])
    at_once, settled = await verified(store, settled=False), await verified(store)

    assert (found(at_once), at_once.under_way) == ([], 1)
    assert found(settled) == [("timeline.missing", OTHER.partitionkey)]


async def test_what_follows_from_nothing_on_record_is_named(store: Store) -> None:
    await recorded(store, FACTS)
    await store.fold(OTHER)
    wrong = Differences({("L03/closed", way.MONDAY.date()): 3})
    async with store.projection.batch(store.stretch(0), 1, complete_to=None, recent=()) as batch:
        await batch.write(Changes(0, figures=wrong))
    report = found(await verified(store))

    assert ("timeline.foreign", OTHER.partitionkey) in report
    assert ("state", OTHER.partitionkey) in report
    assert ("kpi", "L03/closed/2024-09-02") in report


async def test_last_words_are_those_of_the_facts_that_are_folded(store: Store) -> None:
    await recorded(store, [by_terminal(OTHER)])
    await store.intake.record([by_terminal(received("XC20240902000019"), store.clock.now())])
    at_once = await verified(store, settled=False)
    never = last_words_in([Entry.of(by_terminal(OTHER, store.clock.now()))])
    async with store.projection.batch(store.stretch(0), 1, complete_to=None, recent=()) as batch:
        await batch.write(Changes(0, last_words=never))
    report = await verified(store, settled=False)

    assert found(at_once) == []
    assert found(report) == [("source", "hall-terminal")]


async def test_every_row_of_a_chain_is_linked_to_the_one_before(store: Store) -> None:
    await recorded(store, [*FACTS, OTHER])
    async with store.records() as records, records.snapshot() as snapshot:
        rows = await drawn(snapshot.chains(Owner.INTAKE))
        others = await drawn(snapshot.chains(Owner.REVIEW))
    walk = ChainWalk()

    assert [one for row in rows for one in walk.step(row)] == []
    assert [row.stream for row in rows] == sorted(fact.stream for fact in (*FACTS, OTHER))
    assert {row.version for row in rows if row.stream == OTHER.stream} == {1}
    assert others == []


async def test_a_snapshot_holds_still(store: Store) -> None:
    await recorded(store, FACTS[:2])
    async with store.records() as records, records.snapshot() as snapshot:
        before = await snapshot.count()
        await recorded(store, [OTHER])
        subjects = await drawn(snapshot.subjects(None))
        figures = await drawn(snapshot.figures())

    assert (before, len(subjects)) == (2, 1)
    assert {one.value for one in figures if one.part == "L01/open"} == {1}
    assert len(await kept(store)) == 2


async def test_whoever_is_behind_is_counted(store: Store) -> None:
    await recorded(store, FACTS[:2])
    async with store.records() as records:
        mark = await records.mark()
        await store.intake.record([OTHER])
        unsent = await records.unsent(mark)
        more = await records.unsent(await records.mark())
        offsets = await records.offsets()
        outdated = await records.outdated()
        await store.publish(notice_of(1, 2027, off=["2027-01-04"], on=[]))
        behind = await records.outdated()
        due = await records.due(store.clock.now()), await records.due(way.MONDAY)

    assert (unsent, more) == ({Owner.INTAKE: 2}, {Owner.INTAKE: 3})
    assert offsets == {Partition(TOPIC, 0): 2}
    assert (outdated, behind) == (0, 1)
    assert (due[0] > 0, due[1]) == (True, 0)


@pytest.mark.parametrize("published", [False, True])
async def test_the_rules_are_those_of_the_newest_edition(store: Store, *, published: bool) -> None:
    if published:
        await store.publish(notice_of(1, 2027, off=["2027-01-04"], on=[]))
    async with store.records() as records, records.snapshot() as snapshot:
        rules = await snapshot.rules()

    assert rules.edition == int(published)
    assert (rules == shipped()) is not published


async def test_what_has_made_the_projection_is_told_once_something_is_folded(
    store: Store,
) -> None:
    async with store.records() as records:
        before = await records.made_by()
        await recorded(store, FACTS[:1])

        assert (before, await records.made_by()) == (None, our_fingerprint())
