"""What tells of every organisation is the bureau's own people's, all else is narrowed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from msgspec import json

from services.metrics.api.roles import seen_by
from services.metrics.handlers import narrowing
from services.metrics.handlers.narrowing import glances_of
from services.metrics.handlers.today import Today
from shared.policy.organisations import organisations
from shared.policy.rules import Editions
from shared.runtime.ids import SeededIds
from shared.web.auth import Principal, Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.memory_api import reader_over
from tests.support.metrics_store import RULES, Store, by_terminal, opened, received
from tests.support.organisations import BUREAU, INVENTED, MARKET, STREET
from tests.support.six_cases import OF, SEEN

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMER = next(code for code, one in organisations().by_code.items() if one.merged_into == BUREAU)
ANSWERS = {
    BUREAU: None,
    FORMER: None,
    STREET: "organisation_is_another",
    INVENTED: "own_organisation_unknown",
}
"""How those are answered who ask for what is everybody's."""
NARROWED = (
    *("/v1/cases", "/v1/kpis", "/v1/plan", "/v1/elapsed", "/v1/due", "/v1/alerts", "/v1/orders"),
    *("/v1/stream", "/v1/mine", "/v1/organisations"),
)
OPEN_TO_ALL = {"/v1/session"}
OF_NO_ORGANISATION = {"/v1/mine/events"}
"""A system tells for whomever it is registered, and hears of what it told."""
ENDLESS = {"/v1/stream"}
READING_ROLES = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS, Role.LAW_DESK)


@dataclass
class Readers:
    """The API in memory, and tokens for it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    operations: list[tuple[str, str]]
    store: Store

    async def get(self, address: str, org: str) -> httpx2.Response:
        token = self.issuer.issue(Bearer(Role.SUPERVISOR, org))
        return await self.client.get(address, headers={"authorization": f"Bearer {token}"})

    async def ask(self, method: str, address: str, role: Role, org: str) -> tuple[int, str | None]:
        token = self.issuer.issue(Bearer(role, org))
        headers = {"authorization": f"Bearer {token}"}
        answer = await self.client.request(
            method, address.replace("{", "").replace("}", ""), headers=headers
        )
        code = answer.json().get("code") if answer.status_code >= 400 else None
        return answer.status_code, code


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def readers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Readers]:
    folder: Path = tmp_path_factory.mktemp("keys")
    async with opened("memory", str) as store:
        issuer = LocalIssuer.open(folder, store.clock, SeededIds(1))
        web = reader_over(store, folder).web
        told = [
            (method.upper(), address)
            for address, item in web.openapi()["paths"].items()
            for method in item
            if address.startswith("/v1/") and address not in OPEN_TO_ALL
        ]
        transport = httpx2.ASGITransport(web, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            yield Readers(client, issuer, told, store)


def is_narrowed(address: str, org: str) -> bool:
    """Say whether people of *org* are let in, and told of the own."""
    return address in OF_NO_ORGANISATION or (org == STREET and address.startswith(NARROWED))


@pytest.mark.parametrize("role", Role)
async def test_a_route_tells_of_everybody_only_at_the_bureau(readers: Readers, role: Role) -> None:
    assert len(readers.operations) > 10
    for method, address in readers.operations:
        if address in ENDLESS and role in READING_ROLES:
            continue
        at_home = await readers.ask(method, address, role, BUREAU)
        for org, code in ANSWERS.items():
            status, told = await readers.ask(method, address, role, org)

            place = f"{method} {address} as {role} of {org}: {status} {told}"
            if at_home == (403, "not_permitted"):
                assert (status, told) == (403, "not_permitted"), place
            elif code is None or is_narrowed(address, org):
                assert status != 403, place
            else:
                assert (status, told) == (403, code), place


async def test_nobody_of_an_unknown_organisation_watches_the_live_picture(
    readers: Readers,
) -> None:
    code = ANSWERS[INVENTED]
    assert await readers.ask("GET", "/v1/stream", Role.SUPERVISOR, INVENTED) == (403, code)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(readers: Readers) -> Readers:
    facts = (received(case_no, org_code=code) for case_no, code in OF.items())
    await readers.store.fold(*(by_terminal(fact) for fact in facts))
    assert await readers.store.tick() >= len(OF)
    return readers


async def read(readers: Readers, address: str, org: str) -> Any:  # noqa: ANN401 - any JSON
    answer = await readers.get(address, org)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("org", SEEN)
async def test_lists_have_the_own_subjects_and_those_below(told: Readers, org: str) -> None:
    cases = await read(told, "/v1/cases", org)
    due = await read(told, "/v1/cases?due=2024-10-15", org)
    cards = await read(told, "/v1/alerts", org)
    one_card = await read(told, "/v1/alerts?limit=1", org)

    assert {line["case_no"] for line in cases["items"]} == SEEN[org]
    assert {line["case_no"] for line in due["items"]} <= SEEN[org]
    assert {line["case_no"] for line in cards["items"]} == SEEN[org]
    assert len(one_card["items"]) == 1


async def test_a_page_of_cards_is_full_however_many_of_others_lie_between(
    told: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "LOOKED_AT", 1)
    whole = (await read(told, "/v1/alerts", BUREAU))["items"]
    own = [line for line in whole if line["case_no"] in SEEN[MARKET]]
    seen: list[Any] = []
    address = "/v1/alerts?limit=1"
    while address:
        page = await read(told, address, MARKET)
        seen += page["items"]
        cursor = page["next_cursor"]
        address = f"/v1/alerts?limit=1&cursor={cursor}" if cursor else ""

    assert seen == own


@pytest.mark.parametrize("org", SEEN)
async def test_one_subject_of_others_is_like_one_that_there_is_not(told: Readers, org: str) -> None:
    cards = {
        line["case_no"]: line["alert_id"]
        for line in (await read(told, "/v1/alerts", BUREAU))["items"]
    }
    for case_no in OF:
        here = 200 if case_no in SEEN[org] else 404
        for address in (
            f"/v1/cases/{case_no}",
            f"/v1/cases/{case_no}/timeline",
            f"/v1/cases/{case_no}/clocks",
        ):
            answer = await told.get(address, org)
            assert answer.status_code == here, address
        card = await told.get(f"/v1/alerts/{cards[case_no]}", org)
        assert card.status_code == here
        if here == 404:
            missing = (await told.get("/v1/cases/XC20991231000000", org)).json()
            hidden = (await told.get(f"/v1/cases/{case_no}", org)).json()
            assert {**hidden, "trace_id": ""} == {**missing, "trace_id": ""}


async def test_nobody_says_that_a_card_of_others_was_seen(told: Readers) -> None:
    cards = (await read(told, "/v1/alerts", MARKET))["items"]
    path = f"/v1/alerts/{cards[0]['alert_id']}/acknowledge"

    foreign = await told.ask("POST", path, Role.SUPERVISOR, STREET)
    own = await told.ask("POST", path, Role.SUPERVISOR, MARKET)

    assert foreign == (404, "alert_unknown")
    assert own == (200, None)


@pytest.mark.parametrize("org", SEEN)
async def test_figures_count_the_own_subjects_and_those_below(told: Readers, org: str) -> None:
    span = "from=2024-09-01&to=2024-10-15"
    course = await read(told, f"/v1/kpis/L03.received?{span}", org)
    behind = await read(told, f"/v1/kpis/L03.received/cases?{span}", org)
    listed = await read(told, f"/v1/kpis?{span}", org)
    foreign = next(
        code
        for code in (STREET, MARKET)
        if code not in {OF[one] for one in SEEN[org]} or org == BUREAU
    )
    asked = await read(told, f"/v1/kpis/L03.received?{span}&organisation={foreign}", org)

    whole = {line["kpi_id"]: line["value"] for line in listed["items"]}
    assert {line["case_no"] for line in behind["items"]} == SEEN[org]
    assert course["value"] == whole["L03.received"] == len(SEEN[org])
    assert sum(day["value"] for day in course["series"]) == len(SEEN[org])
    assert {one["key"] for one in course["by"]["organisation"]} == {OF[one] for one in SEEN[org]}
    assert asked["value"] in ((None, 0) if org != BUREAU else (1,))


@pytest.mark.parametrize("org", SEEN)
async def test_how_the_sources_stand_is_told_to_who_sees_everything(
    told: Readers, org: str
) -> None:
    """A publisher tells of all organisations alike: nobody's own part says whether it is alive."""
    course = await read(told, "/v1/kpis/K01.7", org)
    listed = await read(told, "/v1/kpis", org)
    (line,) = [one for one in listed["items"] if one["kpi_id"] == "K01.7"]

    assert bool(course["sources"]) is (org == BUREAU)
    assert (course["value"] is None) is (org != BUREAU)
    assert line["value"] == course["value"]
    if org != BUREAU:
        assert await narrowing.narrowed(told.store.readings, [org]).last_words() == {}


@pytest.mark.parametrize("org", SEEN)
async def test_the_live_picture_shows_the_own_day_and_nobody_elses(told: Readers, org: str) -> None:
    seen = await seen_by(Principal("local-supervisor", frozenset({Role.SUPERVISOR}), org, ""))
    store = told.store
    glances = glances_of(store.glances, store.readings, seen)
    _, picture = await Today(glances, Editions(RULES), store.clock, demo=False).load()
    shown = json.encode(picture).decode()

    assert {card.case_no for card in picture.red} == SEEN[org]
    assert picture.now["open"] == picture.now["red"] == len(SEEN[org])
    assert {fact.case_no for fact in picture.latest} == SEEN[org]
    assert {case_no for case_no in OF if case_no in shown} == SEEN[org]
