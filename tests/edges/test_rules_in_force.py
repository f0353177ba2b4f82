"""An edition that supervision publishes is in force in every service, without a restart."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared.commands.adoption import FactContradicted
from shared.commands.rules_in_force import LOOK_SECONDS, RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner, encode
from shared.contracts.rules.facts import STREAM, PublisherRegistered
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.port import Record
from shared.policy.rules import RuleChange, shipped
from shared.runtime.clock import VirtualClock
from tests.support.eventually import eventually
from tests.support.facts import SUPERVISION, activity
from tests.support.foreign_facts import numbered
from tests.support.intake_service import NOON, hall_in_memory
from tests.support.moody_store import MoodyStore
from tests.support.rule_changes import notice_of

NOTICE = notice_of(1, 2027, off=["2027-01-01"], on=[])
CORRECTED = notice_of(2, 2027, off=["2027-01-01", "2027-01-04"], on=[])
ENTRY = PublisherRegistered(
    edition=1,
    publisher_id="water-company",
    name="自来水公司",
    sources=("urn:xincheng:water-company:",),
    types=("casetrack.intake.*",),
)


def edition(change: RuleChange) -> Event:
    return Event.of(
        change,
        id=f"rules-{change.edition}",
        source=SUPERVISION,
        time=datetime(2026, 11, 10, tzinfo=UTC),
        sequence=str(change.edition),
    )


def published(change: RuleChange) -> Record:
    event = edition(change)
    return Record(Owner.SUPERVISION.topic, event.partitionkey.encode(), encode(event))


async def test_nothing_is_in_force_but_what_is_shipped_until_an_edition_comes() -> None:
    rules = RulesInForce(MemoryEventStore())

    assert await rules.look() == shipped()


async def test_an_edition_is_in_force_once_it_is_adopted_and_is_not_published_again() -> None:
    store = MemoryEventStore()
    rules = RulesInForce(store)

    for change in (NOTICE, CORRECTED, CORRECTED):
        await rules.adopt(encode(edition(change)))

    assert rules.newest.edition == 2
    assert not rules.newest.calendar.is_workday(date(2027, 1, 4))
    assert rules.editions.at(1).calendar.is_workday(date(2027, 1, 4))
    assert (await store.load(STREAM)).version == 2
    assert await store.pending(10) == []


async def test_what_else_supervision_says_changes_no_rules() -> None:
    store = MemoryEventStore()
    rules = RulesInForce(store)

    await rules.adopt(encode(activity(1)))
    await rules.adopt(b"")

    assert rules.newest == shipped()
    assert await store.pending(10) == []


async def test_another_edition_under_a_known_id_is_refused() -> None:
    rules = RulesInForce(MemoryEventStore())
    await rules.adopt(encode(edition(NOTICE)))

    with pytest.raises(FactContradicted):
        await rules.adopt(encode(edition(notice_of(1, 2027, off=[], on=[]))))


async def test_another_process_over_the_same_store_follows_within_a_second() -> None:
    store, clock, stopping = MoodyStore(), VirtualClock(NOON), asyncio.Event()
    rules = RulesInForce(store)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(rules.follow(clock, stopping))
        await store.append(STREAM, [edition(NOTICE)], expected_version=0)
        store.away = 1

        def in_force() -> bool:
            clock.advance(timedelta(seconds=LOOK_SECONDS))
            return rules.newest.edition == 1

        await eventually(in_force)
        stopping.set()
        clock.advance(timedelta(seconds=LOOK_SECONDS))


async def test_a_publisher_may_speak_as_soon_as_it_is_registered(tmp_path: Path) -> None:
    fact = numbered(1, source="urn:xincheng:water-company:1")
    async with hall_in_memory(tmp_path) as hall:
        before = await hall.publish(fact, publisher="water-company")
        await hall.service.inbox.handle(published(ENTRY))
        after = await hall.publish(fact, publisher="water-company")

    assert (before.status_code, before.json()["code"]) == (403, "publisher_unknown")
    assert after.status_code == 202
