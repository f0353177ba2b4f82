"""Foreign facts: taken over once, answered once, whatever is repeated, contested or killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.review.app import Review
from services.review.domain.names import rating_of, rectification_of
from shared.commands.adoption import FactContradicted
from shared.contracts.documents import write
from shared.contracts.rectification.facts import RectificationClosed, RectificationOpened
from shared.contracts.registry import Owner
from shared.contracts.review.words import ReviewPhase
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import EventStore
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import SystemClock, VirtualClock
from shared.runtime.ids import SeededIds, SystemIds
from shared.runtime.lifecycle import KILLED
from shared.web.auth import Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import LocalIssuer
from tests.support.eventually import eventually
from tests.support.foreign_facts import foreign
from tests.support.open_service import NINE, open_service
from tests.support.ports import free_port

RATING = foreign("review.rating.posted", recordedtime="2024-09-18T08:51:00+08:00")
REVIEW, CASE = RATING["subject"], RATING["partitionkey"]
RECT = rectification_of(REVIEW)
ORDER = f"rectification-{RECT}"
GROUP_JOIN_SECONDS_MAX = 60.0


def told(document: dict[str, Any]) -> Record:
    return Record(Owner.INTAKE.topic, CASE.encode(), write(document))


def review_over(store: EventStore, folder: Path) -> Review:
    LocalIssuer.open(folder, SystemClock(), SystemIds())
    clock = VirtualClock(NINE)
    return Review(
        store=store,
        gate=Gate.of(AuthSettings(jwks=str(folder / "jwks.json")), clock),
        clock=clock,
        ids=SystemIds(),
        source="urn:casetrack:610102:review",
        district="610102",
    )


@asynccontextmanager
async def postgres_store(dsn: str) -> AsyncIterator[PostgresEventStore]:
    async with await open_pool(dsn, Owner.REVIEW.value) as pool:
        yield PostgresEventStore(pool)


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[EventStore]:
    if request.param == "memory":
        yield MemoryEventStore()
        return
    dsn: Callable[[str], str] = request.getfixturevalue("role_dsn")
    async with postgres_store(dsn("casetrack_review")) as kept:
        yield kept


@pytest.fixture
def review(store: EventStore, tmp_path: Path) -> Review:
    return review_over(store, tmp_path)


async def test_a_foreign_bad_rating_is_kept_as_it_was_said_and_opens_a_rectification(
    review: Review,
) -> None:
    await review.ratings.handle(told(RATING))
    (rating,) = (await review.store.load(f"review-{REVIEW}")).events
    (order,) = (await review.store.load(ORDER)).events

    assert (rating.source, rating.id) == (RATING["source"], RATING["id"])
    assert (order.partitionkey, order.causationid) == (CASE, RATING["id"])
    assert order.time.isoformat() == "2024-09-18T08:51:00+08:00"


async def test_telling_it_again_changes_nothing(review: Review) -> None:
    for _ in range(3):
        await review.ratings.handle(told(RATING))

    assert (await review.store.load(f"review-{REVIEW}")).version == 1
    assert (await review.store.load(ORDER)).version == 1


async def test_a_kill_between_adoption_and_reaction_loses_no_rectification(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("shared.commands.adoption.crash", killed)
        with pytest.raises(KeyboardInterrupt):
            await review.ratings.handle(told(RATING))
    assert (await review.store.load(ORDER)).version == 0

    await review.ratings.handle(told(RATING))

    assert (await review.store.load(f"review-{REVIEW}")).version == 1
    assert (await review.store.load(ORDER)).version == 1


async def test_two_consumers_at_once_open_one_rectification(review: Review) -> None:
    async with asyncio.TaskGroup() as consumers:
        for _ in range(4):
            consumers.create_task(review.ratings.handle(told(RATING)))

    assert (await review.store.load(ORDER)).version == 1


GOOD = {**RATING, "data": {**RATING["data"], "level": "SATISFIED"}}
LATER = foreign("review.rating.supplemented", recordedtime="2024-09-19T10:00:00+08:00")
ADDED = {**LATER, "data": {**LATER["data"], "prior_review_id": REVIEW, "level": "DISSATISFIED"}}


@pytest.mark.parametrize("order", [[GOOD, ADDED], [ADDED, GOOD]], ids=["in order", "out of order"])
async def test_a_foreign_rating_that_turns_bad_opens_one_rectification_in_any_order(
    review: Review, order: list[dict[str, Any]]
) -> None:
    for document in [*order, *order]:
        await review.ratings.handle(told(document))
    (event,) = (await review.store.load(ORDER)).events

    assert isinstance(event.data, RectificationOpened)
    assert (event.data.review_id, event.data.level) == (ADDED["subject"], "DISSATISFIED")
    assert (event.partitionkey, event.causationid) == (CASE, ADDED["id"])
    assert event.time.isoformat() == ADDED["recordedtime"]


def decided(review_id: str, *, upheld: bool) -> dict[str, Any]:
    """Return what another system decided on an appeal against a rating."""
    told_on = "2024-09-20T10:00:00+08:00"
    attributes = {"id": f"decided-{review_id}", "recordedtime": told_on, "subject": review_id}
    fact = foreign("review.appeal.decided", **attributes)
    return {**fact, "data": {**fact["data"], "review_id": review_id, "upheld": upheld}}


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the decision first"])
@pytest.mark.parametrize("upheld", [True, False], ids=["upheld", "rejected"])
async def test_an_order_ends_when_an_appeal_strikes_out_its_rating(
    review: Review,
    order: int,
    upheld: bool,  # noqa: FBT001 - a table of cases
) -> None:
    facts = [RATING, decided(REVIEW, upheld=upheld)][::order]
    for fact in [*facts, *facts]:
        await review.ratings.handle(told(fact))
    opened, *ended = (await review.store.load(ORDER)).events

    assert isinstance(opened.data, RectificationOpened)
    assert [event.data for event in ended] == [
        RectificationClosed(rect_id=RECT, on_time=True, reopened_times=0, struck_out=True)
    ][:upheld]
    assert {event.time.isoformat() for event in ended} <= {"2024-09-20T10:00:00+08:00"}
    assert {event.partitionkey for event in ended} <= {CASE}


async def test_an_order_that_a_supplement_asked_for_ends_with_the_appeal_against_that(
    review: Review,
) -> None:
    bad = {**LATER, "data": {**LATER["data"], "level": "DISSATISFIED"}}
    facts = [GOOD, bad, decided(REVIEW, upheld=True), decided("PJ-unknown", upheld=True)]
    for fact in facts:
        await review.ratings.handle(told(fact))
    before = (await review.store.load(ORDER)).version
    await review.ratings.handle(told(decided(bad["subject"], upheld=True)))

    assert (before, (await review.store.load(ORDER)).version) == (1, 2)


@pytest.mark.parametrize("first", [RATING, GOOD], ids=["bad", "good"])
async def test_a_rating_and_its_bad_supplement_at_once_open_one_rectification(
    review: Review, first: dict[str, Any]
) -> None:
    async with asyncio.TaskGroup() as consumers:
        for document in (first, ADDED, ADDED, first):
            consumers.create_task(review.ratings.handle(told(document)))

    assert (await review.store.load(ORDER)).version == 1


async def test_a_supplement_that_only_adds_words_opens_nothing(review: Review) -> None:
    for document in (ADDED | {"data": {**ADDED["data"], "level": "SATISFIED"}}, GOOD):
        await review.ratings.handle(told(document))

    assert (await review.store.load(ORDER)).version == 0


async def test_what_a_stranger_said_of_the_order_before_it_came_does_not_hide_it(
    review: Review,
) -> None:
    early = foreign("rectification.contact.made")
    early["data"] = {**early["data"], "rect_id": RECT}
    early |= {"id": "early", "subject": RECT, "partitionkey": RECT}

    await review.ratings.handle(told(early))
    await review.ratings.handle(told(RATING))
    contact, order = (await review.store.load(ORDER)).events

    assert (contact.partitionkey, order.partitionkey) == (RECT, CASE)


async def test_another_content_under_the_same_id_is_refused(review: Review) -> None:
    await review.ratings.handle(told(RATING))
    other = {**RATING, "data": {**RATING["data"], "level": "SATISFIED"}}

    with pytest.raises(FactContradicted) as contradiction:
        await review.ratings.handle(told(other))

    assert (contradiction.value.field, contradiction.value.detail) == ("data.level", "data.level")


@pytest.mark.parametrize("change", [{"level": "SATISFIED"}, {"channel": "SYSTEM_DEFAULT"}])
async def test_praise_and_the_systems_own_default_open_nothing(
    review: Review, change: dict[str, str]
) -> None:
    await review.ratings.handle(told({**RATING, "data": {**RATING["data"], **change}}))

    assert (await review.store.load(f"review-{REVIEW}")).version == 1
    assert (await review.store.load(ORDER)).version == 0


async def test_what_was_rated_elsewhere_is_not_rated_at_our_counter(tmp_path: Path) -> None:
    body = {
        **{name: RATING["data"][name] for name in ("case_no", "phase", "scope", "rated_org")},
        "channel": "HALL_TABLET",
        "level": "SATISFIED",
        "real_name": False,
    }
    async with open_service(Review, tmp_path, "review") as desk:
        await desk.service.ratings.handle(told(RATING))
        await desk.service.ratings.handle(told({**RATING, "id": "second"}))

        refused = await desk.command(Role.REVIEW_DESK, "/v1/ratings", body)
        other = await desk.command(Role.REVIEW_DESK, "/v1/ratings", {**body, "phase": "ACCEPTANCE"})

    assert (refused.status_code, refused.json()["code"]) == (409, "already_rated")
    assert other.json()["subject"] == rating_of(CASE, ReviewPhase.ACCEPTANCE)


async def test_the_rectification_is_published_and_the_foreign_rating_is_not(
    tmp_path: Path,
) -> None:
    store = MemoryEventStore()
    await review_over(store, tmp_path).ratings.handle(told(RATING))

    (outgoing,) = await store.pending(100)

    assert outgoing.stream == ORDER


class ServiceProcess:
    """`python -m services.<name>` on real servers."""

    def __init__(self, name: str, dsn: str, kafka: str, folder: Path) -> None:
        self._module = f"services.{name}"
        prefix = name.upper()
        LocalIssuer.open(folder, SystemClock(), SeededIds(1))
        self._environment = {
            **os.environ,
            f"{prefix}_POSTGRES_DSN": dsn,
            f"{prefix}_KAFKA": kafka,
            f"{prefix}_PORT": str(free_port()),
            "AUTH_JWKS": str(folder / "jwks.json"),
        }

    @asynccontextmanager
    async def running(self, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", self._module),
            env={**self._environment, **environment},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def test_killed_behind_the_adoption_the_process_goes_on_where_it_was(
    role_dsn: Callable[[str], str], bureau_topics: str, tmp_path: Path
) -> None:
    dsn = role_dsn("casetrack_review")
    process = ServiceProcess("review", dsn, bureau_topics, tmp_path)
    async with KafkaProducer(bureau_topics, client_id="test") as intake:
        await intake.send([told(RATING)])

    async with process.running(CASETRACK_CRASH="adoption.recorded") as doomed:
        status = await asyncio.wait_for(doomed.wait(), GROUP_JOIN_SECONDS_MAX)
    async with postgres_store(dsn) as store:
        assert (status, (await store.load(ORDER)).version) == (KILLED, 0)

        async def ordered() -> int:
            return (await store.load(ORDER)).version

        async with process.running() as second:
            await eventually(ordered, within=GROUP_JOIN_SECONDS_MAX)
            second.terminate()
            graceful = await asyncio.wait_for(second.wait(), GROUP_JOIN_SECONDS_MAX)

        assert graceful == 0
        assert (await store.load(f"review-{REVIEW}")).version == 1
        assert (await store.load(ORDER)).version == 1


async def test_the_assist_process_takes_over_a_strangers_task(
    role_dsn: Callable[[str], str], bureau_topics: str, tmp_path: Path
) -> None:
    dsn = role_dsn("casetrack_assist")
    request = foreign("assist.request.submitted")
    process = ServiceProcess("assist", dsn, bureau_topics, tmp_path)
    async with KafkaProducer(bureau_topics, client_id="test") as intake:
        await intake.send([told(request), told(RATING), told(request)])

    async with (
        process.running(),
        await open_pool(dsn, Owner.ASSIST.value) as pool,
    ):
        store = PostgresEventStore(pool)

        async def taken_over() -> int:
            return (await store.load(f"assist-{request['subject']}")).version

        version = await eventually(taken_over, within=GROUP_JOIN_SECONDS_MAX)

    assert version == 1
