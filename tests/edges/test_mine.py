"""What is one's own: lists to work from for whoever works, and what became of what was told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.metrics.api.roles import HEARERS, WORKERS, hears
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import StepStarted
from shared.contracts.supervision.facts import FactRejected
from shared.policy.rules import shipped
from shared.runtime.ids import SeededIds
from shared.web.auth import Principal, Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support import way_of_a_case as way
from tests.support.examples import like_the_example
from tests.support.facts import SOURCE, SUPERVISION
from tests.support.memory_api import reader_over
from tests.support.metrics_store import Store, opened, received
from tests.support.organisations import BUREAU, COMMUNITY, FOOD, MARKET, STREET

CLERK, HANDLER = Role.WINDOW_CLERK, Role.HANDLER
ZHANG = Bearer(CLERK, STREET, "张三")
OF = {"XC1": STREET, "XC2": COMMUNITY, "XC3": MARKET, "XC4": FOOD, "XC5": BUREAU, "XC6": STREET}
HALL, WATER = "hall-terminal", "water-company"


@dataclass
class Office:
    """The API, and people of several organisations who ask it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    store: Store

    async def ask(self, address: str, bearer: Bearer, language: str = "en") -> httpx2.Response:
        token = self.issuer.issue(bearer)
        headers = {"authorization": f"Bearer {token}", "accept-language": language}
        return await self.client.get(address, headers=headers)

    async def read(self, address: str, bearer: Bearer, language: str = "en") -> list[Any]:
        answer = await self.ask(address, bearer, language)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    async def read_by_one(self, address: str, bearer: Bearer) -> list[Any]:
        """Return what is on all pages of one line each."""
        items, cursor = list[Any](), ""
        for _ in range(50):
            answer = await self.ask(f"{address}?limit=1{cursor}", bearer)
            items += answer.json()["items"]
            if (following := answer.json()["next_cursor"]) is None:
                return items
            cursor = f"&cursor={following}"
        raise AssertionError("the pages have no end")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with opened("memory") as store:
        issuer = LocalIssuer.open(tmp_path, store.clock, SeededIds(1))
        transport = httpx2.ASGITransport(reader_over(store, tmp_path).web)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            receipts = [
                received(case_no, f"2024-09-{day:02}", code).model_copy(update={"source": SOURCE})
                for day, (case_no, code) in enumerate(OF.items(), 2)
            ]
            await store.fold(*receipts)
            yield Office(client, issuer, store)


def about(case_no: str, fact: Fact, hours: float, **said: object) -> Event:
    """Return a fact of the way of a case, told of another one."""
    ref = getattr(fact, "case", None)
    if ref is not None:
        fact = fact.model_copy(update={"case": ref.model_copy(update={"case_no": case_no})})
    event = way.event(fact, hours, identity=f"{case_no}-{hours}", key=case_no)
    return event.model_copy(update=said)


def accepted(case_no: str, hours: float = 1, **said: object) -> Event:
    return about(case_no, way.ACCEPTED.data, hours, **said)


def step(case_no: str, hours: float, assignee: str = "st-0107", **said: object) -> Event:
    fact = like_the_example(StepStarted, case_no=case_no, assignee=assignee)
    return about(case_no, fact, hours, **said)


async def test_a_clerk_finds_what_waits_at_the_window_the_most_urgent_first(office: Office) -> None:
    tasks = await office.read("/v1/mine/tasks", ZHANG)

    assert [one["case_no"] for one in tasks] == ["XC1", "XC2", "XC6"]
    assert {(one["sla_id"], one["subject"], one["state"]) for one in tasks} == {
        ("SLA-01", "case", "SUBMITTED")
    }
    assert [one["due"] for one in tasks] == sorted(one["due"] for one in tasks)
    assert {one["level"] for one in tasks} == {"RED"}
    assert tasks[0]["limit_name"] == {"zh-CN": "接收材料审核", "en": "intake decision"}
    assert await office.read_by_one("/v1/mine/tasks", ZHANG) == tasks


async def test_what_is_accepted_waits_for_handlers_and_no_more_at_the_window(
    office: Office,
) -> None:
    await office.store.fold(accepted("XC1"))

    at_the_window = await office.read("/v1/mine/tasks", ZHANG)
    handled = await office.read("/v1/mine/tasks", Bearer(HANDLER, STREET))

    assert [one["case_no"] for one in at_the_window] == ["XC2", "XC6"]
    assert {(one["case_no"], one["clock"]) for one in handled} == {
        ("XC1", "COMMITTED"),
        ("XC1", "STATUTORY"),
    }


@pytest.mark.parametrize("org", [BUREAU, STREET, COMMUNITY, MARKET])
@pytest.mark.parametrize("role", [CLERK, HANDLER])
async def test_lists_to_work_from_have_the_own_matters_and_nobody_elses(
    office: Office, role: Role, org: str
) -> None:
    below = {
        BUREAU: set(OF),
        STREET: {"XC1", "XC2", "XC6"},
        COMMUNITY: {"XC2"},
        MARKET: {"XC3", "XC4"},
    }
    own = {BUREAU: {"XC5"}, STREET: {"XC1", "XC6"}} | {
        code: below[code] for code in (COMMUNITY, MARKET)
    }
    seen = (below if role is CLERK else own)[org]
    bearer = Bearer(role, org)

    assert {one["case_no"] for one in await office.read("/v1/mine/cases", bearer)} == seen
    assert {one["case_no"] for one in await office.read("/v1/cases", bearer)} == seen
    assert {one["case_no"] for one in await office.read("/v1/mine/tasks", bearer)} <= seen
    for case_no in OF:
        answer = await office.ask(f"/v1/cases/{case_no}", bearer)
        assert answer.status_code == (200 if case_no in seen else 404)


async def test_one_finds_again_what_one_has_done_something_about(office: Office) -> None:
    me = ZHANG.subject
    await office.store.fold(
        accepted("XC1", actorid=me),
        accepted("XC6", actorid="somebody"),
        # Another system's person may be called alike.
        accepted("XC2", actorid=me, publisher=HALL, source="urn:xincheng:hall-terminal:t7"),
        step("XC6", 2, me),
        step("XC6", 3, "somebody"),
    )

    cases = await office.read("/v1/mine/cases", ZHANG)
    acted = await office.read("/v1/mine/cases?personal=true", ZHANG)

    assert [one["case_no"] for one in cases] == ["XC6", "XC2", "XC1"]
    assert [(one["case_no"], one["acted"], one["acted_at"]) for one in acted] == [
        ("XC6", "casetrack.handling.step.started.v1", "2024-09-02T12:00:00+08:00"),
        ("XC1", "casetrack.intake.application.accepted.v1", "2024-09-02T11:00:00+08:00"),
    ]
    assert [one["acted_at"] for one in cases if one["case_no"] == "XC2"] == [None]
    assert await office.read_by_one("/v1/mine/cases", ZHANG) == cases


async def test_cases_are_listed_while_something_is_left_to_do_or_by_phase(office: Office) -> None:
    await office.store.fold(accepted("XC1"))

    accepted_ones = await office.read("/v1/mine/cases?phase=ACCEPTED", ZHANG)
    closed = await office.read("/v1/mine/cases?phase=CLOSED", ZHANG)

    assert ([one["case_no"] for one in accepted_ones], closed) == (["XC1"], [])


@pytest.mark.parametrize("role", [*WORKERS, Role.DIRECTOR, Role.SUPERVISOR])
async def test_whoever_works_reads_the_own_and_watches_nothing(office: Office, role: Role) -> None:
    addresses = ("/v1/mine/tasks", "/v1/mine/cases", "/v1/cases", "/v1/kpis", "/v1/alerts")
    for address in addresses:
        assert (await office.ask(address, Bearer(role, STREET))).status_code == 200
    if role in WORKERS:
        for address in ("/v1/stream", "/v1/freshness", "/v1/rules", "/v1/mine/events"):
            assert (await office.ask(address, Bearer(role, STREET))).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role not in HEARERS])
async def test_nobody_else_has_a_list_to_work_from(office: Office, role: Role) -> None:
    for address in ("/v1/mine/tasks", "/v1/mine/cases"):
        assert (await office.ask(address, Bearer(role))).status_code == 403


def told_by(publisher: str, event: Event, **said: object) -> Event:
    source = f"urn:xincheng:{publisher}:t7"
    learned = event.time + timedelta(minutes=5)
    return event.model_copy(
        update={"publisher": publisher, "source": source, "recordedtime": learned, **said}
    )


def terminal(publisher: str) -> Bearer:
    return Bearer(Role.PUBLISHER, name=publisher)


async def test_a_publisher_hears_what_became_of_each_fact_that_it_told(office: Office) -> None:
    own = told_by(HALL, received("XC70", org_code=STREET))
    too_soon = told_by(HALL, step("XC70", 3))
    await office.store.fold(own, too_soon)
    await office.store.fold(
        told_by(WATER, accepted("XC70", 5)),
        told_by(HALL, accepted("XC1", 6)),
        told_by(HALL, accepted("XC70", 7)),
    )
    await office.store.fold(
        Event.of(
            FactRejected(fact_id=f"XC70-{7}", fact_source=own.source, reason="wrong", by="x"),
            id="rejection",
            source=SUPERVISION,
            time=own.time + timedelta(days=1),
            partitionkey="XC70",
        )
    )

    sent = await office.read("/v1/mine/events", terminal(HALL))
    of_water = await office.read("/v1/mine/events", terminal(WATER))
    of_nobody = await office.read("/v1/mine/events", terminal("somebody"))
    of_one = await office.read("/v1/mine/events?case_no=XC1", terminal(HALL))
    of_none = await office.read("/v1/mine/events?case_no=XC2", terminal(HALL))

    assert [(one["id"], one["outcome"]) for one in sent] == [
        ("XC70-0", "COUNTED"),
        (too_soon.id, "CONTRADICTS"),
        ("XC70-7", "REJECTED"),
        ("XC1-6", "DOUBTED"),
    ]
    assert [one.get("doubt") for one in sent] == [None, None, "REJECTED", "FOREIGN"]
    assert [(one["id"], one["outcome"]) for one in of_water] == [("XC70-5", "DOUBTED")]
    assert of_nobody == of_none == []
    assert of_one == sent[3:]


@pytest.mark.parametrize(("language", "said"), [("en", "not its own"), ("zh-CN", "不归其所有")])
async def test_a_publisher_is_told_why_in_its_language(
    office: Office, language: str, said: str
) -> None:
    await office.store.fold(told_by(HALL, accepted("XC1", 6)))

    (sent,) = await office.read("/v1/mine/events", terminal(HALL), language)

    assert said in sent["anomaly"]


async def test_of_many_doubts_each_is_told(office: Office) -> None:
    await office.store.fold(*(told_by(HALL, accepted("XC1", 6 + n / 8)) for n in range(20)))

    sent = await office.read("/v1/mine/events", terminal(HALL))

    assert len(sent) == 20
    assert {one["outcome"] for one in sent} == {"DOUBTED"}


def test_whomever_a_row_of_the_policy_names_somebody_has_it_on_a_list() -> None:
    def heard_by(who: str) -> set[Role]:
        callers = {role: Principal("x", frozenset({role}), BUREAU, "") for role in HEARERS}
        return {role for role, caller in callers.items() if hears(caller, who)}

    limits = [limit for _, policy in shipped().policies for limit in policy.limits]
    named = {who for limit in limits for level in limit.recipients.values() for who in level}

    assert {who for who in named if not heard_by(who)} == {"APPLICANT"}
    assert heard_by("SECRETARIAT") == {Role.SECRETARIAT}
    assert heard_by("WHOEVER_THE_NEXT_POLICY_NAMES") == {Role.DIRECTOR}


async def test_what_was_told_is_listed_case_by_case(office: Office) -> None:
    await office.store.fold(*(told_by(HALL, received(f"XC8{n}")) for n in range(3)))

    whole = await office.read("/v1/mine/events", terminal(HALL))

    assert [one["partitionkey"] for one in whole] == ["XC82", "XC81", "XC80"]
    assert await office.read_by_one("/v1/mine/events", terminal(HALL)) == whole
