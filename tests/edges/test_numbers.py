"""Whoever begins a subject gives it no number of another kind."""

import pytest

from shared.commands.numbers import PREFIXES, NumberOfAnotherKind, number_of
from shared.contracts.course import Course
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Fact
from shared.contracts.hotline.course import TICKET
from shared.contracts.inspection.course import INSPECTION
from shared.contracts.publishing import example_of
from shared.web.auth import Role
from tests.support.intake_service import Hall
from tests.support.organisations import BUREAU

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_no_two_kinds_have_numbers_that_begin_alike() -> None:
    alike = [(one, two) for one in PREFIXES for two in PREFIXES if one.startswith(two)]

    assert alike == [(one, one) for one in PREFIXES]


async def test_the_published_examples_have_numbers_of_their_kind() -> None:
    kinds = [one for one in COURSES if one.prefix and not one.numbered_elsewhere]
    named = {(one.prefix, _named(one, fact)) for one in kinds for fact in one.facts}

    assert {number for prefix, number in named if not number.startswith(prefix)} == set()


def _named(course: Course, fact: type[Fact]) -> str:
    return str(example_of(fact.TYPE)["data"].get(course.named_by, course.prefix))


async def test_a_number_is_ours_or_in_the_range_of_its_kind() -> None:
    assert number_of(INSPECTION, None, lambda: "1") == "KY1"
    assert number_of(INSPECTION, "KY-2024-7", lambda: "1") == "KY-2024-7"
    for named in ("XC20240902000017", "BB1", "2024-7"):
        with pytest.raises(NumberOfAnotherKind):
            number_of(INSPECTION, named, lambda: "1")


async def test_what_others_number_begins_like_nothing_of_ours() -> None:
    assert number_of(TICKET, "20240902-1", lambda: "1") == "20240902-1"
    assert number_of(TICKET, "RX7", lambda: "1") == "RX7"
    with pytest.raises(NumberOfAnotherKind):
        number_of(TICKET, "XC20240902000017", lambda: "1")


async def test_an_inspection_takes_no_number_of_a_case(hall: Hall) -> None:
    order = {
        "inspection_id": "XC20240902000017",
        "case_nos": ["XC20240902000018"],
        "mode": "ON_SITE",
        "checklist_id": "checklist-1",
        "org": {"org_code": BUREAU, "org_name": "新城区行政审批服务局"},
        "place_token": "place-1",
    }
    refused = await hall.command(Role.HANDLER, "/v1/inspections", order)
    ours = await hall.command(Role.HANDLER, "/v1/inspections", order | {"inspection_id": "KY-7"})

    assert (refused.status_code, refused.json()["code"]) == (422, "number_of_another_kind")
    assert "KY" in refused.json()["detail"]
    assert ours.json()["subject"] == "KY-7"
