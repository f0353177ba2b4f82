"""Joint cases and applications for another place over HTTP: what ends them, and what does not."""

from datetime import datetime
from typing import Any

import pytest

from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import DecisionMade, StepStarted
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
)
from shared.contracts.joint.facts import JointExtensionApproved
from shared.contracts.publishing import example_of
from shared.web.auth import Role
from tests.support.examples import like_the_example
from tests.support.intake_service import Hall

BUREAU = {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"}
FORM = {
    "scene_id": "YJS-CANYIN",
    "mode": "GENERAL",
    "lead_org": BUREAU,
    "party": {"party_token": "pt-1", "party_type": "ENTERPRISE"},
    "channel": "WINDOW",
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


def filed(case_no: str) -> list[Fact]:
    """Return the facts that take a case to its decision."""
    ref = {**example_of(ApplicationReceived.TYPE)["data"]["case"], "case_no": case_no}
    return [
        like_the_example(ApplicationReceived, case=ref),
        like_the_example(ApplicationAccepted, case=ref),
        like_the_example(StepStarted, case_no=case_no),
    ]


def decided(case_no: str, decision: str = "APPROVED", on: str = "2024-09-13") -> Fact:
    return like_the_example(DecisionMade, case_no=case_no, decision=decision, decision_date=on)


async def on_record(hall: Hall, case_no: str, *facts: Fact) -> None:
    """Put *facts* behind what is on record of a case."""
    stream = f"case-{case_no}"
    known = (await hall.store.load(stream)).version
    events = [
        Event.of(fact, id=f"{case_no}-{number}", source=hall.service.source, time=hall.start)
        for number, fact in enumerate(facts, start=known + 1)
    ]
    await hall.store.append(stream, events, expected_version=known)


async def joint_case(hall: Hall, *case_nos: str) -> str:
    opened = await hall.command(Role.WINDOW_CLERK, "/v1/joint-cases", FORM)
    base = f"/v1/joint-cases/{opened.json()['subject']}"
    for case_no in case_nos:
        link = {"case_no": case_no, "org": BUREAU, "role": "PARTNER"}
        linked = await hall.command(Role.WINDOW_CLERK, f"{base}/subcases", link)
        assert linked.status_code == 201, linked.text
    return base


async def closing(hall: Hall, base: str) -> tuple[int, dict[str, Any]]:
    answer = await hall.command(Role.HANDLER, f"{base}/closing", {"visits": 1})
    if answer.status_code != 201:
        return answer.status_code, {"code": answer.json()["code"]}
    events = (await hall.store.load(answer.json()["stream"])).events
    return 201, events[-1].data.model_dump(mode="json")


async def test_a_joint_case_is_closed_when_its_last_case_is_decided(hall: Hall) -> None:
    await on_record(hall, "ONE", *filed("ONE"))
    await on_record(hall, "TWO", *filed("TWO"), decided("TWO", on="2024-09-11"))
    base = await joint_case(hall, "ONE", "TWO", "NOBODY-KNOWS")

    assert await closing(hall, base) == (409, {"code": "subcase_undecided"})

    await on_record(hall, "ONE", decided("ONE", on="2024-09-13"))
    assert await closing(hall, base) == (409, {"code": "subcase_undecided"})

    await on_record(hall, "NOBODY-KNOWS", *filed("NOBODY-KNOWS"), decided("NOBODY-KNOWS"))
    status, closed = await closing(hall, base)

    assert status == 201
    assert (closed["outcome"], closed["closed_date"]) == ("ALL_APPROVED", "2024-09-13")
    assert await closing(hall, base) == (409, {"code": "joint_case_over"})


@pytest.mark.parametrize("ending", ["denied", "withdrawn"])
async def test_one_that_was_not_approved_is_not_hidden(hall: Hall, ending: str) -> None:
    well, ill = f"WELL-{ending}", f"ILL-{ending}"
    ended = (
        decided(ill, "DENIED", "2024-09-20")
        if ending == "denied"
        else like_the_example(ApplicationWithdrawn, case_no=ill)
    )
    await on_record(hall, well, *filed(well), decided(well))
    await on_record(hall, ill, *filed(ill), ended)

    status, closed = await closing(hall, await joint_case(hall, well, ill))

    last = "2024-09-20" if ending == "denied" else "2024-09-13"
    assert (status, closed["outcome"], closed["closed_date"]) == (201, "FAILED_PARTLY", last)


async def test_a_joint_case_of_nothing_is_not_closed_and_no_case_is_linked_twice(
    hall: Hall,
) -> None:
    base = await joint_case(hall)
    assert await closing(hall, base) == (409, {"code": "subcase_missing"})
    link = {"case_no": "ONE", "org": BUREAU, "role": "LEAD"}

    await hall.command(Role.WINDOW_CLERK, f"{base}/subcases", link)
    again = await hall.command(Role.WINDOW_CLERK, f"{base}/subcases", link)

    assert (again.status_code, again.json()["code"]) == (409, "subcase_already_linked")


async def more_time(hall: Hall, base: str, day: str) -> tuple[int, str]:
    """Ask for fifteen days, and let the head answer on *day*."""
    asked = await hall.command(
        Role.HANDLER, f"{base}/extensions", {"days": 15, "reason": "消防验收与环评尚需会商。"}
    )
    assert asked.status_code == 201, asked.text
    hall.clock.advance_to(datetime.fromisoformat(f"{day}T10:00+08:00"))
    answer = await hall.command(
        Role.DIRECTOR,
        f"{base}/extensions/approval",
        {"days": 15, "notice_to_applicant": {"doc_type": "EXTENSION_NOTICE"}},
    )
    if answer.status_code != 201:
        return answer.status_code, answer.json()["code"]
    granted = (await hall.store.load(answer.json()["stream"])).events[-1].data
    assert isinstance(granted, JointExtensionApproved)
    return answer.status_code, granted.approved_date.isoformat()


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2024-11-08", (201, "2024-11-08")), ("2024-11-09", (409, "extension_too_late"))],
)
async def test_a_joint_case_is_given_more_time_up_to_the_last_of_its_forty_five_days(
    hall: Hall, day: str, answer: tuple[int, str]
) -> None:
    assert await more_time(hall, await joint_case(hall), day) == answer


async def test_nobody_gives_more_time_to_what_was_never_opened(hall: Hall) -> None:
    answer = await hall.command(
        Role.DIRECTOR,
        "/v1/joint-cases/NEVER/extensions/approval",
        {"days": 15, "notice_to_applicant": {"doc_type": "EXTENSION_NOTICE"}},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "joint_case_unknown")


async def test_what_is_for_another_place_goes_home_and_comes_back(hall: Hall) -> None:
    taken = {
        "mode": "PROXY_COLLECT",
        "home_district": "510107",
        "item_code": "11510107MB1234567X4000131016000",
        "identity_checked": True,
    }
    blind = await hall.command(
        Role.WINDOW_CLERK, "/v1/cross-region-cases", {**taken, "identity_checked": False}
    )
    collected = await hall.command(Role.WINDOW_CLERK, "/v1/cross-region-cases", taken)
    base = f"/v1/cross-region-cases/{collected.json()['subject']}"
    returned = {"result": "CERTIFICATE_ISSUED"}
    early = await hall.command(Role.WINDOW_CLERK, f"{base}/results", returned)
    tomorrow = hall.start.date().replace(year=hall.start.year + 1).isoformat()
    way = [
        ("forwarding", {"method": "NETWORK"}, 201),
        ("home-receipt", {"case_no": "WH1"}, 201),
        ("results", returned, 201),
        ("results", {**returned, "handed_over_date": tomorrow}, 422),
        ("results", {**returned, "handed_over_date": hall.start.date().isoformat()}, 201),
        ("results", returned, 409),
    ]

    assert (blind.status_code, blind.json()["code"]) == (422, "identity_unchecked")
    assert early.json()["code"] == "xregion_not_forwarded"
    for path, body, status in way:
        answer = await hall.command(Role.WINDOW_CLERK, f"{base}/{path}", body)
        assert answer.status_code == status, (path, answer.text)
