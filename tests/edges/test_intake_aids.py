"""Intake over HTTP: what credit is used for in a case, and which electronic instruments."""

import pytest

from shared.web.auth import Role
from tests.edges.test_intake_commands import received
from tests.support.intake_service import Hall

AT_ONCE = {
    "mode": "INSTANT_APPROVAL",
    "grade": "A",
    "materials_saved": 2,
    "seconds_to_decide": 42,
}
REUSED = {"instrument": "E_LICENCE", "action": "REUSED", "paper_avoided": True}

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_credit_is_used_for_one_thing_once(hall: Hall) -> None:
    modes = f"/v1/cases/{await received(hall)}/credit-modes"
    answers = [
        await hall.command(Role.HANDLER, modes, AT_ONCE | changed)
        for changed in (
            {},
            {},
            {"mode": "PROOF_SUBSTITUTE"},
            {"mode": "PROOF_SUBSTITUTE", "seconds_to_decide": None},
            {"mode": "TOLERANCE_BY_CREDIT", "materials_saved": -1, "seconds_to_decide": None},
        )
    ]

    assert [answer.json().get("code") for answer in answers] == [
        None,
        "credit_mode_already_applied",
        "instant_approval_untimed",
        None,
        "invalid_request",
    ]


async def test_an_instrument_is_used_as_often_as_it_is_and_in_a_case_that_is_known(
    hall: Hall,
) -> None:
    uses = f"/v1/cases/{await received(hall)}/instrument-uses"
    twice = [await hall.command(Role.WINDOW_CLERK, uses, REUSED) for _ in range(2)]
    unknown = await hall.command(Role.WINDOW_CLERK, "/v1/cases/ANY/instrument-uses", REUSED)

    assert [answer.json()["version"] for answer in twice] == [2, 3]
    assert unknown.json()["code"] == "case_unknown"
    assert (await hall.command(Role.REVIEW_DESK, uses, REUSED)).status_code == 403
