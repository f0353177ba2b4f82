"""Intake's commands over HTTP: the way of a case, and what is refused with which code."""

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from shared.contracts.documents import write
from shared.eventstore.port import ConcurrencyConflict, StoreUnavailable
from shared.policy.calendar import business_date
from shared.web.auth import Role
from tests.support.foreign_facts import foreign
from tests.support.intake_service import Hall

BUREAU = {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"}
PAPER = {"doc_type": "NOTICE", "doc_no": "2024-1"}
APPLICATION: dict[str, Any] = {
    "item_code": "000117051000",
    "item_version": 4,
    "item_name": "食品经营许可",
    "case_type": "COMMITTED",
    "party": {"party_token": "party-1", "party_type": "ENTERPRISE"},
    "channel": "WINDOW",
    "terminal": "WINDOW",
    "agent_present": False,
    "handling_org": BUREAU,
}
ACCEPTANCE: dict[str, Any] = {
    "mode": "NORMAL",
    "accept_doc": PAPER,
    "statutory_limit": 20,
    "statutory_unit": "WD",
    "committed_limit": 10,
    "committed_unit": "WD",
    "grade": "L2",
}
STEP = {"step": "HANDLE", "org": BUREAU, "assignee": "st-0041"}
DECISION = {"decision": "APPROVED", "document": PAPER, "remedies_told": True}
CLOSING = {"result_type": "CERTIFICATE_ISSUED", "onsite_visits": 1}


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def received(hall: Hall) -> str:
    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["subject"])


async def test_a_number_with_a_slash_names_its_case_in_an_address(hall: Hall) -> None:
    body = {**APPLICATION, "case_no": "新审〔2026〕1/2 号"}
    await hall.command(Role.WINDOW_CLERK, "/v1/cases", body)
    address = f"/v1/cases/{quote(body['case_no'], safe='')}"
    answer = await hall.command(Role.WINDOW_CLERK, f"{address}/acceptance", ACCEPTANCE)

    assert (answer.status_code, answer.json()["subject"]) == (201, body["case_no"])


async def test_a_case_goes_from_receipt_to_closing(hall: Hall) -> None:
    no = await received(hall)
    way = [
        (Role.WINDOW_CLERK, "acceptance", ACCEPTANCE),
        (Role.HANDLER, "steps", STEP),
        (Role.APPROVER, "decision", DECISION),
        (Role.HANDLER, "closing", CLOSING),
    ]

    for version, (role, path, body) in enumerate(way, start=2):
        answer = await hall.command(role, f"/v1/cases/{no}/{path}", body)

        assert answer.status_code == 201, answer.text
        assert answer.json()["version"] == version
        assert answer.json()["stream"] == f"case-{no}"

    history = await hall.store.load(f"case-{no}")
    assert [event.type.split(".")[-2] for event in history.events] == [
        "received",
        "accepted",
        "started",
        "made",
        "closed",
    ]


PROMISE: dict[str, Any] = {
    "commit_id": "CN20240902000004",
    "mode": "TOLERANCE",
    "technique": "MATERIAL_LATER",
    "materials": ["健康证明"],
    "promise_date": "2024-09-09",
    "credit_checked": True,
    "document": PAPER,
}


async def tolerated(hall: Hall) -> str:
    """Return the number of a case that waits for a promised material and nothing else."""
    no = await received(hall)
    way = [
        (Role.WINDOW_CLERK, "promises", PROMISE),
        (Role.WINDOW_CLERK, "acceptance", {**ACCEPTANCE, "mode": "TOLERANCE"}),
        (Role.HANDLER, "steps", STEP),
    ]
    for role, path, body in way:
        answer = await hall.command(role, f"/v1/cases/{no}/{path}", body)
        assert answer.status_code == 201, answer.text
    return no


async def test_a_promise_belongs_to_the_history_of_its_case(hall: Hall) -> None:
    no = await tolerated(hall)
    _, signed, *_ = (await hall.store.load(f"case-{no}")).events

    assert signed.type == "casetrack.commitment.promise.signed.v1"
    assert (signed.subject, signed.partitionkey) == (PROMISE["commit_id"], no)


async def test_a_promise_that_cannot_be_is_refused_in_the_readers_language(hall: Hall) -> None:
    no = await received(hall)
    body = {**PROMISE, "promise_date": "2024-09-01"}
    answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/promises", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "promise_date_passed")
    assert answer.json()["detail"] == "承诺日期不得早于今日（2024-09-02）。"


async def test_what_another_system_says_of_a_promise_reaches_the_case(hall: Hall) -> None:
    no = await tolerated(hall)
    supplied = foreign("commitment.supplement.received", partitionkey=no)
    decide = partial(hall.command, Role.APPROVER, f"/v1/cases/{no}/decision", DECISION)

    early = await decide()
    told = await hall.publish(write(supplied))

    assert (early.status_code, early.json()["code"]) == (409, "material_missing")
    assert (told.status_code, told.json()["stream"]) == (202, f"case-{no}")
    assert (await decide()).status_code == 201


async def test_a_new_case_gets_a_number_that_names_its_day(hall: Hall) -> None:
    no = await received(hall)

    assert no.startswith("XC20240902")
    assert len(no) == 16


async def test_a_fact_says_when_where_and_by_whom(hall: Hall) -> None:
    headers = {
        **hall.token(Role.WINDOW_CLERK),
        "idempotency-key": "key-window",
        "casetrack-window": "W12",
        "casetrack-site": "HALL-1",
    }
    answer = await hall.client.post("/v1/cases", json=APPLICATION, headers=headers)
    (event,) = (await hall.store.load(answer.json()["stream"])).events

    assert (event.windowid, event.siteid, event.districtcode) == ("W12", "HALL-1", "610102")
    assert (event.actorid, event.actorrole) == ("local-window-clerk", "WINDOW_CLERK")
    assert event.source == "urn:casetrack:610102:intake"
    assert event.time.isoformat() == "2024-09-02T12:00:00+08:00"
    assert event.partitionkey == answer.json()["subject"]


async def test_a_repeated_command_is_answered_alike_and_adds_nothing(hall: Hall) -> None:
    first = await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION, "the-same-key")
    again = await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION, "the-same-key")

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (await hall.store.load(first.json()["stream"])).version == 1


async def test_another_command_under_a_used_key_is_refused(hall: Hall) -> None:
    await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION, "the-same-key")
    other = {**APPLICATION, "item_version": 5}

    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", other, "the-same-key")

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_a_refusal_has_a_code_and_speaks_the_readers_language(hall: Hall) -> None:
    no = await received(hall)
    body = {**ACCEPTANCE, "committed_limit": 21}

    answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/acceptance", body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "committed_beyond_statutory"
    assert answer.json()["field"] == "committed_limit"
    assert answer.json()["detail"] == "承诺时限 21 不得超过法定时限 20。"


async def test_what_history_forbids_is_a_conflict(hall: Hall) -> None:
    no = await received(hall)

    answer = await hall.command(Role.APPROVER, f"/v1/cases/{no}/decision", DECISION)

    assert answer.status_code == 409
    assert answer.json()["code"] == "case_not_under_way"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item_version": "4"}, "item_version"),
        ({"agent_present": "no"}, "agent_present"),
        ({"is_admin": True}, "is_admin"),
        ({"item_name": "长" * 201}, "item_name"),
        ({"case_no": "X" * 51}, "case_no"),
        ({"believed_from": "2020-01-01"}, "believed_from"),
        ({"at": "2020-01-01T00:00:00Z"}, "at"),
    ],
)
async def test_a_form_takes_its_own_fields_and_nothing_else(
    hall: Hall, change: dict[str, object], field: str
) -> None:
    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", {**APPLICATION, **change})

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("deadline", "code"),
    [("9999-12-31", "moment_outside"), ("0", "day"), ("2026-03-02T00:00:00Z", "day")],
)
async def test_a_day_that_nobody_can_mean_is_named(hall: Hall, deadline: str, code: str) -> None:
    no = await received(hall)
    words = {"items": [{"material": "申请书", "problem": "未签字"}], "notice": PAPER}

    answer = await hall.command(
        Role.WINDOW_CLERK, f"/v1/cases/{no}/corrections", {**words, "deadline": deadline}
    )

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("deadline", code)
    assert error["detail"].startswith(("日期写作", "须在 1990-01-01 至 2098-12-31 之间"))


@pytest.mark.parametrize(("back", "status"), [(0, 201), (3, 201), (40, 422)])
async def test_what_was_handed_in_before_is_entered_under_its_own_day(
    hall: Hall, back: int, status: int
) -> None:
    day = business_date(hall.clock.now()) - timedelta(days=back)
    body = {**APPLICATION, "received_date": day.isoformat()}
    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", body)

    assert answer.status_code == status, answer.text
    if status == 201:
        (event,) = (await hall.store.load(answer.json()["stream"])).events
        assert event.data.model_dump()["received_date"] == day
    else:
        assert answer.json()["code"] == "day_impossible"


async def test_nobody_promises_a_day_that_nobody_can_mean(hall: Hall) -> None:
    no = await received(hall)
    body = {**ACCEPTANCE, "statutory_limit": 2**31 - 1, "committed_limit": 2**31 - 1}

    answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/acceptance", body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "promise_beyond_calendar"


async def test_a_case_number_in_the_path_has_fifty_characters_at_most(hall: Hall) -> None:
    path = f"/v1/cases/{'X' * 51}/acceptance"

    answer = await hall.command(Role.WINDOW_CLERK, path, ACCEPTANCE)

    assert answer.status_code == 422
    assert answer.json()["field"] == "case_no"


async def test_nobody_decides_with_a_clerks_token(hall: Hall) -> None:
    no = await received(hall)

    answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/decision", DECISION)

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_permitted"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (StoreUnavailable("away"), 503, "store_unavailable"),
        (ConcurrencyConflict("case-1", 1), 409, "conflict"),
    ],
)
async def test_faults_of_the_store_are_answered_honestly(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, code: str
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(hall.store, "append", fail)

    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases", APPLICATION)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_description_names_every_command(hall: Hall) -> None:
    answer = await hall.client.get("/openapi.json", headers=hall.token(Role.AUDITOR))
    body = answer.json()["paths"]["/v1/cases/{case_no}/acceptance"]["post"]["requestBody"]

    schema = body["content"]["application/json"]["schema"]
    assert schema["required"] == [
        "mode",
        "accept_doc",
        "statutory_limit",
        "statutory_unit",
        "committed_limit",
        "committed_unit",
        "grade",
    ]
