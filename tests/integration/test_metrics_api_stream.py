"""Whoever watches today hears of every change once, and goes on where the line broke."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import asyncpg
import pytest

from services.metrics.handlers.live import TIME_KEYS
from services.metrics.views.today import Snapshot
from shared import contracts
from shared.contracts.registry import FACTS
from shared.policy.organisations import organisations
from tests.support import way_of_a_case as way
from tests.support.eventually import eventually
from tests.support.metrics_store import received
from tests.support.organisations import MARKET, STREET
from tests.support.read_api import ReadApi, RoleDsn, read_api

MORNING = datetime.fromisoformat("2024-09-02T10:42:07+08:00")
RECEIVED = way.event(way.RECEIVED.data, 0, identity="received", window="W12")
ACCEPTED = way.event(way.ACCEPTED.data, 0.5, identity="accepted")
EXAMPLES = Path(contracts.__file__).parent / "examples"
FIVE_FACTS = (
    ("casetrack.intake.application.received.v1", "received_today"),
    ("casetrack.committee.referral.made.v1", "referrals_today"),
    ("casetrack.inspection.visit.concluded.v1", "inspections_today"),
    ("casetrack.review.rating.posted.v1", "ratings_today"),
    ("casetrack.rectification.case.closed.v1", "rectifications_closed_today"),
)
TODAY = {"casetrack.intake.application.received.v1": {"received_date": date(2024, 9, 2)}}
KEYS = set(Snapshot.__struct_fields__)
TIME = set(TIME_KEYS)


@pytest.fixture
async def api(role_dsn: RoleDsn, tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as opened:
        yield opened


async def test_a_quiet_morning_is_a_whole_picture_of_nothing(api: ReadApi) -> None:
    async with api.listening() as line:
        heard = await line.next()

    assert heard.event == "snapshot"
    assert set(heard.document) == KEYS
    assert set(heard.document["now"].values()) == {0}
    assert {tile["name"] for tile in heard.document["tiles"]} < heard.document["now"].keys()
    assert {tile["level"] for tile in heard.document["tiles"]} == {None}
    assert heard.document["principal"] == {
        "name": "王督察",
        "role": "SUPERVISOR",
        "org_name": None,
    }
    assert heard.document["complete_to"] is None
    assert heard.document["arrivals"] == {"hours": [0] * 24, "comparison": [0] * 24}


async def test_a_fact_changes_what_it_touches_and_nothing_else(api: ReadApi) -> None:
    async with api.listening() as line:
        await line.next()
        await api.fold(RECEIVED)
        heard = await line.until("now")

    assert heard.event == "delta"
    assert set(heard.document) == TIME | {"now", "arrivals", "latest"}
    assert heard.document["now"]["received_today"] == 1
    assert heard.document["now"]["open"] == 1
    assert heard.document["arrivals"]["hours"][10] == 1
    assert heard.document["latest"][0]["item_name"] == "食品经营许可"


async def test_every_tile_leads_to_the_cases_that_it_counts(api: ReadApi) -> None:
    await api.fold(RECEIVED, ACCEPTED)
    async with api.listening() as line:
        document = (await line.until("now")).document
    behind = {tile["name"]: await api.read(tile["cases"]) for tile in document["tiles"]}

    counted = {name: len(page["items"]) for name, page in behind.items()}
    assert counted == {name: document["now"][name] for name in counted}
    assert {name for name, count in counted.items() if count} == {
        "open",
        "received_today",
        "accepted_today",
    }


@pytest.mark.parametrize(("kind", "tile"), FIVE_FACTS)
async def test_each_of_the_five_facts_moves_its_tile(api: ReadApi, kind: str, tile: str) -> None:
    example = json.loads((EXAMPLES / f"{kind}.json").read_text())
    fact = FACTS[kind].model_validate(example["data"])
    async with api.listening() as line:
        await line.next()
        await api.fold(way.event(fact.model_copy(update=TODAY.get(kind, {})), 0.2))
        heard = await line.until("now")

    assert heard.document["now"][tile] == 1
    assert heard.document["latest"][0]["type"] == kind


async def test_a_case_near_its_limit_stands_among_those_that_can_be_saved(api: ReadApi) -> None:
    await api.fold(RECEIVED, ACCEPTED)
    api.clock.move_to(datetime.fromisoformat("2024-09-12T09:00:00+08:00"))

    async with api.listening() as line:
        heard = await line.next()

    near = heard.document["late_next"][0]
    assert (near["case_no"], near["clock"], near["due"]) == (way.CASE, "COMMITTED", "2024-09-14")
    assert (near["level"], near["consumed"], near["limit"]) == ("YELLOW", 8, 10)


async def test_who_comes_back_and_has_missed_nothing_hears_only_the_time(api: ReadApi) -> None:
    await api.fold(RECEIVED)
    async with api.listening() as line:
        known = (await line.next()).event_id
    async with api.listening(known) as line:
        heard = await line.next()

    assert heard.event == "delta"
    assert set(heard.document) == TIME


async def test_who_comes_back_hears_what_was_missed_and_no_more(api: ReadApi) -> None:
    await api.fold(RECEIVED)
    async with api.listening() as line:
        known = (await line.next()).event_id
        await api.fold(ACCEPTED)
        await line.until("now")
    async with api.listening(known) as line:
        heard = await line.next()

    assert heard.event == "delta"
    assert heard.document["now"]["accepted_today"] == 1
    assert "principal" not in heard.document


@pytest.mark.parametrize("known", ["0-abc", "17", "nonsense"])
async def test_who_was_away_too_long_begins_anew(api: ReadApi, known: str) -> None:
    await api.fold(RECEIVED)
    async with api.listening(known) as line:
        first, second = await line.next(), await line.next()

    assert (first.event, second.event) == ("reset", "snapshot")


async def test_everybody_is_told_before_the_service_goes(api: ReadApi) -> None:
    async with api.listening() as line:
        await line.next()
        api.stopping.set()

        assert (await line.next()).event == "bye"


async def test_who_leaves_is_forgotten(api: ReadApi) -> None:
    async with api.listening() as line:
        await line.next()

    await eventually(lambda: not api.reader.boards.of(None).is_watched)


async def test_the_notification_line_is_found_again(api: ReadApi, pool: asyncpg.Pool) -> None:
    async with api.listening() as line:
        await line.next()
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
        await api.fold(RECEIVED)

        assert (await line.until("now")).document["now"]["received_today"] == 1


async def test_others_watch_their_own_day_and_hear_nothing_of_anybody_elses(api: ReadApi) -> None:
    await api.fold(RECEIVED)
    async with api.listening(org=STREET) as street, api.listening(org=MARKET) as market:
        first, _ = await street.next(), await market.next()
        await api.fold(received("XC-market", org_code=MARKET))
        of_market = await market.until_quiet()
        await api.fold(received("XC-street", org_code=STREET))
        # Read piece by piece, so the first that is told of a change need not be all of it.
        of_street = await street.until_quiet()
    async with api.listening(first.event_id, org=STREET) as back:
        again = [await back.next(), await back.next()]
    async with api.listening(of_street.event_id, org=STREET) as back:
        nothing = await back.next()

    assert first.document["principal"]["org_name"] == organisations().by_code[STREET].org_name
    # One case, so the first change that is told is of the own one.
    assert of_street.document["now"]["received_today"] == 1
    assert of_market.document["now"]["received_today"] == 1
    assert {fact["case_no"] for fact in of_street.document["latest"]} == {"XC-street"}
    assert {fact["case_no"] for fact in of_market.document["latest"]} == {"XC-market"}
    assert [one.event for one in again] == ["reset", "snapshot"]
    assert "XC-market" not in str(again[1].document)
    assert set(nothing.document) <= TIME
    assert not {first.event_id[0], of_street.event_id[0]} - {"0"}
