"""Intake over HTTP beside the case: its inspections, its referrals, the committee's meetings."""

from typing import Any

import pytest

from shared.web.auth import Role
from tests.support.intake_service import Hall

CASE = "XC20240902000017"
BUREAU = {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"}
PAPER = {"doc_type": "NOTICE", "doc_no": "2024-1"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_inspection_belongs_to_the_dossier_of_its_case(hall: Hall) -> None:
    order = {
        "case_nos": [CASE],
        "mode": "ON_SITE",
        "checklist_id": "checklist-1",
        "org": BUREAU,
        "place_token": "place-1",
    }
    ordered = await hall.command(Role.HANDLER, "/v1/inspections", order)
    base = f"/v1/inspections/{ordered.json()['subject']}"
    booking = {"visit_start": "2024-09-03T09:00:00+08:00", "inspectors": ["st-7", "st-8"]}
    conclusion = {"result": "PASS", "applicant_signed": True}

    await hall.command(Role.INSPECTOR, f"{base}/schedules", booking)
    await hall.command(Role.INSPECTOR, f"{base}/visits", {"evidence_started": True})
    concluded = await hall.command(Role.INSPECTOR, f"{base}/conclusions", conclusion)

    assert concluded.json()["version"] == 4
    history = await hall.store.load(concluded.json()["stream"])
    assert {event.partitionkey for event in history.events} == {CASE}


async def test_a_defect_goes_from_its_order_to_another_visit_and_a_call(hall: Hall) -> None:
    order = {
        "case_nos": [CASE],
        "mode": "ON_SITE",
        "checklist_id": "checklist-1",
        "org": BUREAU,
        "place_token": "place-1",
    }
    ordered = await hall.command(Role.HANDLER, "/v1/inspections", order)
    base = f"/v1/inspections/{ordered.json()['subject']}"
    booking = {"visit_start": "2024-09-03T09:00:00+08:00", "inspectors": ["st-7", "st-8"]}
    arrival = {"evidence_started": True}
    defect = {
        "defects": [{"code": "SPJY-07", "requirement": "洗手池移至操作间入口"}],
        "deadline": "2024-09-13",
        "notice": PAPER,
    }
    call = {"method": "PHONE", "answered": True, "level": "SATISFIED"}
    way: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.INSPECTOR, "schedules", booking),
        (Role.INSPECTOR, "visits", arrival),
        (Role.INSPECTOR, "conclusions", {"result": "RECTIFY", "applicant_signed": True}),
        (Role.INSPECTOR, "defects", defect),
        (Role.WINDOW_CLERK, "defects/submissions", {}),
        (Role.INSPECTOR, "schedules", booking),
        (Role.INSPECTOR, "visits", arrival),
        (Role.INSPECTOR, "conclusions", {"result": "PASS", "applicant_signed": True}),
        (Role.REVIEW_DESK, "followups", call),
    ]

    for version, (role, path, body) in enumerate(way, start=2):
        answer = await hall.command(role, f"{base}/{path}", body)
        assert (answer.status_code, answer.json()["version"]) == (201, version), answer.text

    expiry = await hall.command(Role.INSPECTOR, f"{base}/defects/expiry", {})
    own_work = await hall.command(Role.INSPECTOR, f"{base}/followups", call)

    assert (expiry.status_code, expiry.json()["code"]) == (409, "defect_not_open")
    assert (own_work.status_code, own_work.json()["code"]) == (403, "not_permitted")


async def test_a_meeting_gets_another_date(hall: Hall) -> None:
    call = {"referral_ids": ["SY-1"], "meeting_at": "2024-09-03T14:00:00+08:00"}
    meeting_id = (await hall.command(Role.SECRETARIAT, "/v1/meetings", call)).json()["subject"]
    later = {**call, "meeting_at": "2024-09-04T14:00:00+08:00"}

    moved = await hall.command(Role.SECRETARIAT, f"/v1/meetings/{meeting_id}/dates", later)
    again = await hall.command(
        Role.SECRETARIAT, "/v1/meetings", {**later, "meeting_id": meeting_id}
    )

    assert (moved.status_code, moved.json()["version"]) == (201, 2)
    assert (again.status_code, again.json()["code"]) == (409, "meeting_already_called")


async def test_the_committee_resolves_on_what_its_meeting_deliberated_on(hall: Hall) -> None:
    referral = {
        "case_no": CASE,
        "reason": "SAFETY",
        "grade": "L4",
        "on_list": True,
        "remaining_committed_days": 6,
    }
    made = await hall.command(Role.HANDLER, "/v1/referrals", referral)
    referral_id = made.json()["subject"]
    base = f"/v1/referrals/{referral_id}"
    admitted = {"result": "ADMITTED", "reason": "属于重大事项"}
    await hall.command(Role.SECRETARIAT, f"{base}/screenings", admitted)
    call = {"referral_ids": [referral_id], "meeting_at": "2024-09-03T14:00:00+08:00"}
    meeting_id = (await hall.command(Role.SECRETARIAT, "/v1/meetings", call)).json()["subject"]
    resolution = {
        "meeting_id": meeting_id,
        "outcome": "APPROVE",
        "votes": {"for": 5, "against": 1, "abstain": 0},
        "minutes": PAPER,
    }
    deliberation = {"meeting_id": meeting_id}
    early = [
        await hall.command(Role.SECRETARIAT, f"{base}/deliberations", deliberation),
        await hall.command(Role.SECRETARIAT, f"{base}/resolutions", resolution),
    ]
    session = {"present": ["st-1", "st-2"], "quorum_ok": True, "legal_review_done": True}
    await hall.command(Role.SECRETARIAT, f"/v1/meetings/{meeting_id}/sessions", session)

    told = await hall.command(Role.SECRETARIAT, f"{base}/deliberations", deliberation)
    again = await hall.command(Role.SECRETARIAT, f"{base}/deliberations", deliberation)
    adopted = await hall.command(Role.SECRETARIAT, f"{base}/resolutions", resolution)

    assert [one.json()["code"] for one in early] == ["meeting_not_held", "meeting_not_held"]
    assert (told.status_code, again.status_code, adopted.status_code) == (201, 409, 201)
    assert again.json()["code"] == "referral_already_deliberated"
    history = await hall.store.load(f"referral-{referral_id}")
    assert {event.partitionkey for event in history.events} == {CASE}
