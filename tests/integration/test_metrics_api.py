"""Readers find cases, figures and cards over HTTP, with the reasons, and nobody else does."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from services.metrics.handlers.today import Today
from shared.contracts.documents import write
from shared.contracts.envelope import ATTRIBUTES, Event
from shared.contracts.registry import encode
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.web.auth import Role
from shared.web.issuer import Bearer
from tests.support import way_of_a_case as way
from tests.support.eventually import eventually
from tests.support.facts import activity
from tests.support.metrics_store import by_terminal
from tests.support.metrics_store import received as received_by
from tests.support.organisations import INVENTED, MARKET, STREET
from tests.support.read_api import ReadApi, keyed, read_api
from tests.support.unbounded_facts import unbounded
from tests.support.year.compare import checker

MORNING = datetime.fromisoformat("2024-09-03T10:42:07+08:00")
LATE = datetime.fromisoformat("2024-09-29T09:00:00+08:00")
CASE = way.CASE
ID_NUMBER = "610102199003070018"
BEGUN = [
    way.event(one.data, hours, identity=one.id, window=one.windowid)
    for one, hours in ((way.RECEIVED, 0), (way.ACCEPTED, 1))
]
READ = (
    *("/v1/cases", "/v1/cases/X", "/v1/cases/X/timeline", "/v1/cases/X/clocks"),
    *("/v1/kpis", "/v1/kpis/L01", "/v1/kpis/L01/cases", "/v1/alerts", "/v1/alerts/X"),
    *("/v1/freshness", "/v1/stream"),
)
STRANGERS = (Role.LAW_DESK, Role.PUBLISHER)


@pytest.fixture
async def api(role_dsn: Callable[[str], str], tmp_path: Path) -> AsyncIterator[ReadApi]:
    async with read_api(role_dsn, tmp_path, MORNING) as opened:
        yield opened


async def raise_cards(api: ReadApi) -> None:
    """Let the case lie until both of its limits are broken or near."""
    await api.fold(*BEGUN)
    api.clock.move_to(LATE)
    assert await api.tick() == 2


async def test_an_empty_projection_has_empty_lists(api: ReadApi) -> None:
    for path in ("/v1/cases", "/v1/alerts", "/v1/kpis/L01/cases"):
        assert (await api.read(path)) == {"items": [], "next_cursor": None}
    assert {one["value"] for one in (await api.read("/v1/kpis"))["items"]} == {0, None}
    assert (await api.read("/v1/freshness"))["complete_to"] is None


async def test_a_fact_that_the_relay_has_not_sent_is_seen_as_lag(
    api: ReadApi, role_dsn: Callable[[str], str]
) -> None:
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        await PostgresEventStore(pool).append("case-1", [activity(1)], expected_version=0)

    async def late() -> bool:
        return bool((await api.read("/v1/freshness"))["lag_seconds"] > 0)

    await eventually(late)
    told = await api.read("/v1/freshness")
    assert [one["owner"] for one in told["outboxes"] if one["lag_seconds"]] == ["intake"]
    assert [one["lag_seconds"] for one in told["outboxes"]].count(0) == 3


async def test_whoever_has_no_reading_role_is_turned_away(api: ReadApi) -> None:
    nobody = [await api.client.get(path) for path in READ]
    others = [await api.get(path, role) for path in READ for role in STRANGERS]

    assert {answer.status_code for answer in nobody} == {401}
    assert {answer.status_code for answer in others} == {403}


async def test_a_case_is_found_with_state_and_due_dates(api: ReadApi) -> None:
    await api.fold(*BEGUN)

    case = await api.read(f"/v1/cases/{CASE}")

    assert (case["phase"], case["item_name"], case["window"]) == ("ACCEPTED", "食品经营许可", "W12")
    assert case["due"] == {
        "INTAKE": "2024-09-09",
        "COMMITTED": "2024-09-14",
        "STATUTORY": "2024-09-30",
    }


async def test_what_was_let_in_before_days_were_bounded_is_shown(api: ReadApi) -> None:
    facts = list(unbounded())
    await api.fold(*facts)
    api.clock.move_to(LATE)
    assert await api.tick() > 0

    for number in {event.partitionkey for event in facts}:
        for path in ("", "/timeline", "/clocks"):
            await api.read(f"/v1/cases/{number}{path}")
    cards = (await api.read("/v1/alerts"))["items"]
    reader = api.reader
    _, picture = await Today(reader.glances, reader.rules.editions, api.clock, demo=False).load()

    assert {card["raised_at"][:4] for card in cards} == {"2024"}
    assert len(picture.red) == len([card for card in cards if card["level"] == "RED"])
    assert all(fact.time.tzinfo for fact in picture.latest)
    assert [item["case_no"] for item in (await api.read("/v1/kpis/L08/cases"))["items"]]


@pytest.mark.parametrize("number", ["新审〔2026〕1/2 号", "a/clocks/b", "100%25", "?#&", "a\nb"])
async def test_a_case_is_found_whatever_stands_in_its_number(api: ReadApi, number: str) -> None:
    await api.fold(received(number))
    address = f"/v1/cases/{quote(number, safe='')}"

    assert (await api.read(f"{address}/timeline"))["items"][0]["partitionkey"] == number
    assert [one["subject"] for one in (await api.read(f"{address}/clocks"))["items"]] == [number]
    assert (await api.read(address))["case_no"] == number


async def test_cases_page_by_cursor_and_by_what_they_are(api: ReadApi) -> None:
    numbers = [f"XC{n:04}" for n in range(7)]
    await api.fold(*(received(number) for number in numbers))

    first = await api.get("/v1/cases?limit=3")
    second = await api.read(f"/v1/cases?limit=3&cursor={first.json()['next_cursor']}")
    third = await api.read(f"/v1/cases?limit=3&cursor={second['next_cursor']}")

    told = [*keyed(first.json(), "case_no"), *keyed(second, "case_no"), *keyed(third, "case_no")]
    assert told == sorted(numbers, reverse=True)
    assert first.headers["link"].endswith('rel="next"')
    assert third["next_cursor"] is None
    assert len((await api.read("/v1/cases?phase=SUBMITTED&item=116101020001"))["items"]) == 7
    assert (await api.read("/v1/cases?phase=CLOSED"))["items"] == []
    assert (await api.read("/v1/cases?level=RED"))["items"] == []


async def test_cases_are_found_by_the_day_on_which_they_are_due(api: ReadApi) -> None:
    await api.fold(*BEGUN)

    assert keyed(await api.read("/v1/cases?due=2024-09-14"), "case_no") == [CASE]
    assert keyed(await api.read("/v1/cases?due=2024-09-30&phase=ACCEPTED"), "case_no") == [CASE]
    assert (await api.read("/v1/cases?due=2024-09-14&phase=CLOSED"))["items"] == []
    assert (await api.read("/v1/cases?due=2024-09-13"))["items"] == []


async def test_cases_are_found_by_whose_they_are_and_by_the_beginning_of_their_number(
    api: ReadApi,
) -> None:
    numbers = {"XC1": STREET, "XC2": MARKET, "XD1": STREET, "XD2": INVENTED}
    await api.fold(*(received_by(no, "2024-09-02", code) for no, code in numbers.items()))
    due = (await api.read("/v1/cases/XC1"))["deadline"]["due"]

    async def found(query: str) -> list[str]:
        return list(keyed(await api.read(f"/v1/cases?{query}"), "case_no"))

    assert await found(f"organisation={STREET}") == ["XD1", "XC1"]
    assert await found(f"organisation={STREET}&due={due}") == ["XD1", "XC1"]
    assert await found(f"organisation={STREET}&begins=XD") == ["XD1"]
    assert await found(f"organisation={INVENTED}") == ["XD2"]
    assert await found(f"organisation={STREET},{MARKET}") == []
    assert await found("organisation=*") == []
    assert await found("begins=XC") == ["XC2", "XC1"]
    told = (await api.read("/v1/organisations"))["items"]
    assert [(one["code"], one["open"]) for one in told] == [
        (STREET, 2),
        *sorted([(MARKET, 1), (INVENTED, 1)]),
    ]


def received(number: str) -> Event:
    case = {**way.REF, "case_no": number}
    fact = way.RECEIVED.data.model_copy(update={"case": type(way.RECEIVED.data.case)(**case)})
    return way.event(fact, 0, identity=f"{number}-received", key=number)


async def test_a_timeline_is_in_the_order_of_business_time_and_marks_contradictions(
    api: ReadApi,
) -> None:
    twice = way.event(way.ACCEPTED.data, 2, identity="again")
    await api.fold(twice, *reversed(BEGUN))

    facts = (await api.read(f"/v1/cases/{CASE}/timeline"))["items"]

    assert [fact["id"] for fact in facts] == [BEGUN[0].id, BEGUN[1].id, "again"]
    assert [bool(fact["anomaly"]) for fact in facts] == [False, False, True]


async def test_a_timeline_tells_what_we_know_and_nothing_that_was_once_kept_beside_it(
    api: ReadApi,
) -> None:
    kept = {**json.loads(encode(BEGUN[0])), "idcard": ID_NUMBER}
    kept["data"] = {**kept["data"], "case": {**kept["data"]["case"], "id_card": ID_NUMBER}}
    newer = {**kept, "id": "newer", "type": "casetrack.intake.application.seen.v9"}
    await api.fold_bodies(*((CASE, write(body)) for body in (kept, newer)))

    answer = await api.get(f"/v1/cases/{CASE}/timeline")
    facts = answer.json()["items"]

    assert {fact["id"] for fact in facts} == {BEGUN[0].id, "newer"}
    assert ID_NUMBER not in answer.text
    assert [set(fact) - ATTRIBUTES for fact in facts] == [{"data", "anomaly"}, {"anomaly"}]


async def test_a_deadline_comes_with_its_days_and_the_card_that_lies_on_it(api: ReadApi) -> None:
    await raise_cards(api)

    clocks = (await api.read(f"/v1/cases/{CASE}/clocks"))["items"]

    assert [(clock["clock"], clock["due"], clock["level"]) for clock in clocks] == [
        ("COMMITTED", "2024-09-14", "RED"),
        ("STATUTORY", "2024-09-30", "YELLOW"),
        ("INTAKE", "2024-09-09", None),
    ]
    assert clocks[0]["days"][0]["kind"] == "start"
    assert [one for told in clocks for one in checker().differences(told)] == []


async def test_a_figure_has_value_course_and_the_cases_behind_it(api: ReadApi) -> None:
    await api.fold(*BEGUN)

    figure = await api.read("/v1/kpis/L03.accepted?from=2024-09-01&to=2024-09-30")
    behind = await api.read("/v1/kpis/L03.accepted/cases?from=2024-09-01&to=2024-09-30")
    elsewhere = await api.read("/v1/kpis/L03.accepted/cases?from=2024-10-01&to=2024-10-30")

    assert figure["value"] == 1
    assert [(day["day"], day["value"]) for day in figure["series"]] == [("2024-09-02", 1)]
    assert figure["by"]["window"][0]["key"] == "W12"
    assert keyed(behind, "case_no") == [CASE]
    assert behind["items"][0]["adds"] == {"accepted": 1}
    assert elsewhere["items"] == []
    assert keyed(await api.read("/v1/kpis/L01/cases"), "case_no") == [CASE]


async def test_sources_are_told_one_by_one_and_the_worst_of_them_is_the_figure(
    api: ReadApi,
) -> None:
    await api.fold(by_terminal(BEGUN[0], MORNING - timedelta(minutes=61)))

    alive, lag = [await api.read(f"/v1/kpis/{name}") for name in ("K01.7", "L07")]
    listed = {one["kpi_id"]: one for one in (await api.read("/v1/kpis"))["items"]}
    sources = {one["publisher"]: one for one in alive["sources"]}
    terminal, platform = sources["hall-terminal"], sources["qinwuyuan"]

    assert "importer" not in sources
    assert (terminal["value"], terminal["level"]) == (61, "YELLOW")
    assert (alive["value"], alive["level"]) == (61, "YELLOW")
    assert (listed["K01.7"]["value"], listed["L07"]["value"]) == (61, None)
    assert (terminal["heard_at"], platform["heard_at"]) == ("2024-09-03T09:41:07+08:00", None)
    assert (platform["value"], platform["level"]) == (None, None)
    assert (lag["sources"][0]["value"], lag["sources"][0]["denominator"]) == (1421, 1)
    assert (lag["value"], lag["level"]) == (None, None), "of one fact nobody is judged"


@pytest.mark.parametrize("asked", ["K01.7?to=2024-09-02", "K01.7?window=W12", "L01"])
async def test_how_sources_stand_is_told_of_this_moment_and_of_the_whole(
    api: ReadApi, asked: str
) -> None:
    await api.fold(by_terminal(BEGUN[0], MORNING))

    assert (await api.read(f"/v1/kpis/{asked}"))["sources"] == []


async def test_a_rate_of_nothing_is_nothing(api: ReadApi) -> None:
    rate = await api.read("/v1/kpis/K23.2")

    assert (rate["value"], rate["denominator"], rate["sample_ok"]) == (None, 0, False)


async def test_a_card_explains_itself_and_is_acknowledged_once(api: ReadApi) -> None:
    await raise_cards(api)
    red = (await api.read("/v1/alerts?level=RED"))["items"][0]
    path = f"/v1/alerts/{red['alert_id']}"

    said = await api.client.post(f"{path}/acknowledge", headers=api.token(), json={"note": "已阅"})
    again = await api.client.post(f"{path}/acknowledge", headers=api.token(Role.DIRECTOR))
    explained = await api.read(path)

    assert (said.status_code, said.json()) == (again.status_code, again.json())
    assert explained["state"] == "ACKNOWLEDGED"
    assert explained["due"] == "2024-09-14"
    assert "逾期" in explained["sentence"]["zh-CN"]
    assert explained["as_raised"]["causes"] == explained["causes"]
    assert [day["kind"] for day in explained["days"]].count("after_due") > 1
    assert checker().differences(explained) == []


async def test_an_auditor_reads_a_card_and_cannot_acknowledge_it(api: ReadApi) -> None:
    await raise_cards(api)
    red = (await api.read("/v1/alerts?level=RED"))["items"][0]

    refused = await api.client.post(
        f"/v1/alerts/{red['alert_id']}/acknowledge", headers=api.token(Role.AUDITOR)
    )

    assert refused.status_code == 403
    assert (await api.read(f"/v1/alerts/{red['alert_id']}"))["state"] == "RAISED"


async def test_a_card_that_is_over_is_not_acknowledged(api: ReadApi) -> None:
    await raise_cards(api)
    decided = way.event(way.DECIDED.data, 190, identity="decided")
    await api.fold(decided)
    await api.tick()
    gone = (await api.read("/v1/alerts?state=REVOKED&state=RESOLVED"))["items"]

    refused = await api.client.post(
        f"/v1/alerts/{gone[0]['alert_id']}/acknowledge", headers=api.token()
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "alert_not_standing"
    standing = (await api.read("/v1/alerts"))["items"]
    assert {"SLA-04", "SLA-05"}.isdisjoint(one["sla_id"] for one in standing)
    revoked = await api.read(f"/v1/alerts/{gone[0]['alert_id']}")
    assert revoked["reason"]


UNANSWERABLE = {
    "/v1/cases/XC0": (404, "case_unknown"),
    "/v1/cases/XC0/timeline": (404, "case_unknown"),
    "/v1/kpis/K99": (404, "kpi_unknown"),
    "/v1/alerts/none": (404, "alert_unknown"),
    "/v1/cases?cursor=eyJ9": (422, "cursor_invalid"),
    "/v1/alerts?cursor=WyJhIiwiYiJd": (422, "cursor_invalid"),
    "/v1/cases?phase=LOST": (422, "invalid_request"),
    "/v1/cases?item=%00": (422, "invalid_request"),
    "/v1/cases?cursor=WyJcdWQ4MDAiXQ": (422, "cursor_invalid"),
    "/v1/alerts?cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiYSJd": (422, "cursor_invalid"),
    "/v1/cases?cursor=": (422, "cursor_invalid"),
    "/v1/cases?due=0001-01-01": (422, "invalid_request"),
    "/v1/cases?due=9999-12-31": (422, "invalid_request"),
    "/v1/cases?due=0": (422, "invalid_request"),
    "/v1/cases?due=2024-09-14T00:00:00": (422, "invalid_request"),
    "/v1/cases?limit=201": (422, "invalid_request"),
    "/v1/kpis?since=2020-01-01&until=2020-01-02": (422, "parameter_unknown"),
    "/v1/freshness?since=2020-01-01": (422, "parameter_unknown"),
    "/v1/cases?due=2024-09-14&due=2024-09-15": (422, "parameter_repeated"),
    "/v1/kpis/L03?from=2024-09-02&to=2024-09-01": (422, "days_invalid"),
    "/v1/kpis?from=2023-01-01": (422, "days_invalid"),
    "/v1/kpis?from=2098-01-01": (422, "days_invalid"),
    "/v1/kpis?to=1990-01-01&from=0001-01-01": (422, "invalid_request"),
    "/v1/kpis/L01/cases?from=2024-09-02&to=2024-09-01": (422, "days_invalid"),
}


async def test_what_is_not_there_is_said_in_the_reader_s_language(api: ReadApi) -> None:
    chinese = [await api.get(path) for path in UNANSWERABLE]
    english = [await api.get(path, language="en") for path in UNANSWERABLE]

    said = [(answer.status_code, answer.json()["code"]) for answer in chinese]
    assert said == list(UNANSWERABLE.values())
    assert all(answer.json()["detail"].isascii() for answer in english)
    assert not any(answer.json()["detail"].isascii() for answer in chinese)


async def test_a_sign_in_link_opens_one_session(api: ReadApi) -> None:
    link = f"/sign-in?ticket={api.issuer.ticket(Bearer(Role.SUPERVISOR, name='王督察'))}"

    entered = await api.client.get(link)
    reading = await api.client.get("/v1/cases")
    other = await api.client.get(link, headers={"accept": "text/html"})
    left = await api.client.delete("/v1/session", headers={"origin": str(api.client.base_url)})
    after = await api.client.get("/v1/cases")

    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert reading.status_code == 200
    assert other.status_code == 401
    assert "登录链接已失效" in other.text
    assert left.status_code == 204
    assert after.status_code == 401
