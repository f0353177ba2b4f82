"""The law desk publishes a notice: everything goes by it within seconds, nothing is restarted."""

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.documents import parse
from shared.contracts.registry import encode
from shared.policy.calendar import ZONE, DayKind, official_calendar
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.bureau_cards import Switched, cards_of
from tests.support.eventually import eventually
from tests.support.standing_bureau import EVENT, StandingBureau
from tests.support.terminal import Terminal

SECONDS = 60.0
FIRST_UNSETTLED = max(official_calendar().official_years) + 1
CALENDAR = official_calendar()
LONG_LIMIT, SHORT_LIMIT = 20, 5
pytestmark = pytest.mark.timeout(400)


def acceptance(case_no: str, day: date, days: int) -> dict[str, Any]:
    """Return an acceptance as another system tells it just now."""
    case = way.ACCEPTED.data.case.model_copy(update={"case_no": case_no})
    changes = {"case": case, "effective_date": day, "committed_limit": days}
    fact = way.ACCEPTED.data.model_copy(update=changes)
    event = way.event(fact, 0, identity=f"{case_no}-accepted", key=case_no)
    now = SystemClock().now().astimezone(ZONE).isoformat()
    return {**parse(encode(event)), "source": "urn:example:school", "time": now}


def notice(year: int, off: dict[date, str]) -> dict[str, Any]:
    """Return the notice for *year* as it is known, or like that of the last known, with *off*."""
    like = min(year, FIRST_UNSETTLED - 1)
    days = {}
    for number in range(366):
        day = date(like, 1, 1) + timedelta(number)
        what = CALENDAR.kind(day)
        if day.year == like and what.kind in (DayKind.DAY_OFF, DayKind.MAKE_UP):
            days[day.replace(year=year)] = (what.name, what.kind is DayKind.DAY_OFF)
    days |= {day: (name, True) for day, name in off.items()}
    named = [
        {"name": name, "date": str(day), "isOffDay": is_off}
        for day, (name, is_off) in sorted(days.items())
        if is_off or day.weekday() > 4
    ]
    return {"year": year, "papers": ["urn:example:notice"], "days": named}


async def asked(bureau: StandingBureau, path: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {bureau.token(Role.SUPERVISOR)}"}
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.get(f"{bureau.addresses['metrics']}{path}", headers=headers)
    told: dict[str, Any] = answer.json()
    return told


async def clocks(bureau: StandingBureau, case_no: str) -> list[dict[str, Any]]:
    return list((await asked(bureau, f"/v1/cases/{case_no}/clocks")).get("items", []))


async def cards(bureau: StandingBureau, case_no: str, state: str) -> list[dict[str, Any]]:
    found = await asked(bureau, f"/v1/alerts?case_no={case_no}&state={state}")
    return list(found["items"])


async def casetrack(bureau: StandingBureau, *words: str) -> dict[str, Any]:
    home, port = bureau.settings.places.home, str(bureau.settings.port)
    told = await Terminal(home, {"CASETRACK_PORT": port}).casetrack(*words, "--json")
    document: dict[str, Any] = told.document
    return document


async def running(bureau: StandingBureau) -> dict[str, int]:
    services = (await casetrack(bureau, "status"))["services"]
    return {name: service["pid"] for name, service in services.items()}


async def test_a_notice_makes_definite_what_was_provisional(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    case_no, file = "XCRULES0001", tmp_path / "notice.json"
    file.write_text(json.dumps(notice(FIRST_UNSETTLED, {})), "utf-8")
    day = date(FIRST_UNSETTLED - 1, 12, 10)
    assert await bureau.publish(acceptance(case_no, day, LONG_LIMIT)) == 202
    await eventually(lambda: clocks(bureau, case_no), within=SECONDS)
    await bureau.at_rest()
    before, processes = await clocks(bureau, case_no), await running(bureau)

    foreseen = await casetrack(bureau, "calendar", "preview", str(file))
    done = await casetrack(bureau, "calendar", "publish", str(file))
    after = await clocks(bureau, case_no)
    again = await casetrack(bureau, "calendar", "publish", str(file))

    assert [clock["provisional"] for clock in before] == [True, True]
    assert [clock["provisional"] for clock in after] == [False, False]
    assert before[0]["due"] < after[0]["due"]
    assert done == {**foreseen, "preview": False, "folded": True}
    assert (done["runs_settled"] >= 2, again["new"]) == (True, False)
    assert await running(bureau) == processes
    assert (await casetrack(bureau, "verify"))["differences"] == []


async def test_a_registered_publisher_gets_a_token_and_is_let_in(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    entry = {
        "publisher_id": "water-company",
        "name": "自来水公司",
        "sources": ["urn:xincheng:water-company:"],
        "types": ["casetrack.intake.*"],
    }
    file = tmp_path / "entry.json"
    file.write_text(json.dumps(entry), "utf-8")
    foreseen = await casetrack(bureau, "publishers", "preview", str(file))
    added = await casetrack(bureau, "publishers", "add", str(file))
    issued = await casetrack(bureau, "token", "--role", "publisher", "--name", "water-company")
    told = acceptance("XCRULES0003", date(2024, 9, 2), SHORT_LIMIT)
    headers = {
        "Authorization": f"Bearer {issued['token']}",
        "Content-Type": "application/cloudevents+json",
    }

    async def let_in() -> bool:
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            address = f"{bureau.addresses['intake']}/v1/events"
            fact = json.dumps({**told, "source": "urn:xincheng:water-company:1"})
            answer = await client.post(address, content=fact, headers=headers)
        return answer.status_code in (200, 202)

    await eventually(let_in, within=SECONDS)
    listed = (await casetrack(bureau, "publishers", "list"))["publishers"]

    assert added == {**foreseen, "preview": False, "folded": True}
    assert (added["new"], added["runs_moved"]) == (True, 0)
    assert "water-company" in {one["publisher_id"] for one in listed}


async def test_a_stolen_key_is_replaced_and_opens_nothing_any_more(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    publisher, processes = "gas-company", await running(bureau)
    stolen, fresh = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    told = acceptance("XCRULES0004", date(2024, 9, 2), SHORT_LIMIT)

    async def register(key: Ed25519PrivateKey) -> None:
        file = tmp_path / "entry.json"
        entry = {
            "publisher_id": publisher,
            "name": "燃气公司",
            "sources": ["urn:xincheng:gas-company:"],
            "types": ["casetrack.intake.*"],
            "key": jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True),
        }
        file.write_text(json.dumps(entry), "utf-8")
        assert (await casetrack(bureau, "publishers", "add", str(file)))["new"]

    async def tells(key: Ed25519PrivateKey) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {signed(key)}", "Content-Type": EVENT}
        fact = json.dumps({**told, "source": "urn:xincheng:gas-company:1"})
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            address = f"{bureau.addresses['intake']}/v1/events"
            return await client.post(address, content=fact, headers=headers)

    def signed(key: Ed25519PrivateKey) -> str:
        now = int(time.time())  # noqa: TID251 - as the publisher's own machine
        claims = {
            "iss": f"urn:casetrack:publisher:{publisher}",
            "sub": f"publisher-{publisher}",
            "aud": "casetrack",
            "iat": now,
            "exp": now + 300,
        }
        headers = {"kid": publisher, "typ": "at+jwt"}
        return jwt.encode(claims, key, algorithm="EdDSA", headers=headers)

    async def lets_in(key: Ed25519PrivateKey) -> bool:
        return (await tells(key)).status_code in (200, 202)

    async def reads(key: Ed25519PrivateKey) -> int:
        headers = {"Authorization": f"Bearer {signed(key)}"}
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            address = f"{bureau.addresses['metrics']}/v1/mine/events"
            return (await client.get(address, headers=headers)).status_code

    await register(stolen)
    await eventually(lambda: lets_in(stolen), within=SECONDS)
    assert await reads(stolen) == 200
    await register(fresh)
    await eventually(lambda: lets_in(fresh), within=SECONDS)
    refused = await tells(stolen)

    assert (refused.status_code, refused.json()["code"]) == (401, "publisher_key_refused")
    assert (await reads(fresh), await reads(stolen)) == (200, 401)
    assert await running(bureau) == processes


async def test_a_corrected_notice_withdraws_the_cards_that_it_proves_wrong(
    bureau: StandingBureau, tmp_path: Path, today: date
) -> None:
    case_no, file = "XCRULES0002", tmp_path / "notice.json"
    began = today - timedelta(days=14)
    off = [began + timedelta(n) for n in range(1, 14)]
    holidays = {day: "临时放假" for day in off if CALENDAR.is_workday(day) and day.weekday() < 5}
    # In January, too: a notice may name days of the December before.
    file.write_text(json.dumps(notice(today.year, holidays)), "utf-8")
    assert await bureau.publish(acceptance(case_no, began, SHORT_LIMIT)) == 202
    await eventually(lambda: cards(bureau, case_no, "RAISED"), within=SECONDS)
    await bureau.at_rest()

    # Of the whole bureau, as the preview's: other journeys have cases of those days, too.
    before = await cards_of(bureau)
    foreseen = await casetrack(bureau, "calendar", "preview", str(file))
    await casetrack(bureau, "calendar", "publish", str(file))

    async def as_foreseen() -> bool:
        return Switched(foreseen, before, await cards_of(bureau)).is_as_foreseen

    await eventually(as_foreseen, within=SECONDS)
    revoked = await cards(bureau, case_no, "REVOKED")

    assert revoked
    assert all("日历" in card["reason"] for card in revoked)
    assert (await casetrack(bureau, "verify"))["differences"] == []
