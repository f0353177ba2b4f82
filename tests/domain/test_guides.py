"""The guides of items (办事指南): which holds they allow, and how long some limits are."""

from collections.abc import Mapping
from datetime import date

import pytest

from services.metrics.domain.rules.commands import PublishPolicy
from services.metrics.domain.rules.refusals import LimitUnfit, PolicyUnfit
from shared.contracts.handling.facts import HoldOpened
from shared.contracts.handling.words import HoldReason
from shared.policy.sla import bureau_policy
from tests.support.figure_stories import but
from tests.support.rules_book import AT, BOOK, NEW_YEAR
from tests.support.running import at, clocks_by
from tests.support.way_of_a_case import ACCEPTED, DECIDED, RECEIVED, STARTED

POLICY = bureau_policy()
ITEM = RECEIVED.data.model_dump()["case"]["item_code"]
HELD = at(
    "2024-09-04T09:00",
    HoldOpened,
    hold_id="h1",
    reason="ONSITE_VERIFICATION",
    basis="LOCAL_RULE",
    pauses=["COMMITTED"],
)


PROMISED = but(ACCEPTED, 1, mode="COMMITMENT")


def published(guides: object, **rows: Mapping[str, object]) -> PublishPolicy:
    """Return the shipped policy with *guides*, and changes of rows by their ids."""
    document = POLICY.model_dump(mode="json") | {"guides": guides}
    document["limits"] = [one | rows.get(one["id"], {}) for one in document["limits"]]
    return PublishPolicy(at=AT, effective_from=NEW_YEAR, document=document, approved_by="st-0601")


@pytest.mark.parametrize(
    ("guides", "stops"),
    [
        (None, True),
        ({ITEM: ["ONSITE_VERIFICATION"]}, True),
        ({ITEM: ["SUPERIOR_REPLY"]}, False),
        ({ITEM: {"holds": ["ONSITE_VERIFICATION"], "item_type": "01"}}, True),
        ({ITEM: {"limits": {"SLA-30": 60}}}, True),
        ({}, False),
    ],
)
def test_a_site_visit_stops_the_promise_only_where_the_items_guide_says_so(
    guides: Mapping[str, object] | None,
    stops: bool,  # noqa: FBT001 - a table of cases
) -> None:
    clocks = clocks_by(guides, RECEIVED, ACCEPTED, HELD)

    assert clocks["SLA-04"].paused is stops
    assert not clocks["SLA-05"].paused


def test_what_the_law_lets_stop_a_limit_needs_no_guide() -> None:
    policy = POLICY.amended(guides={})

    assert policy.may_pause("COMMITTED", HoldReason.HEARING, "LICENSING_LAW_45", times_before=0)
    assert not policy.off_guide("STATUTORY", HoldReason.OTHER, "OTHER_LAW", ITEM)
    assert not policy.off_guide("INTAKE", HoldReason.OTHER, "LOCAL_RULE", ITEM)


def test_a_policy_with_guides_is_another_and_reads_back() -> None:
    policy = POLICY.amended(guides={ITEM: ["ONSITE_VERIFICATION"]})

    assert policy.version != POLICY.version
    assert type(policy).model_validate_json(policy.model_dump_json()) == policy


def test_a_list_of_reasons_is_a_guide_and_their_order_makes_no_other_policy() -> None:
    listed = POLICY.amended(guides={ITEM: ["SUPERIOR_REPLY", "ONSITE_VERIFICATION"]})
    said = {"holds": ["ONSITE_VERIFICATION", "SUPERIOR_REPLY", "ONSITE_VERIFICATION"]}

    assert POLICY.amended(guides={ITEM: said}).version == listed.version
    assert listed.guide_of(ITEM).item_type is None


@pytest.mark.parametrize(
    ("guides", "days", "due"),
    [
        (None, 40, date(2024, 11, 11)),
        ({ITEM: {"limits": {"SLA-30": 20}}}, 20, date(2024, 10, 14)),
        ({ITEM: ["ONSITE_VERIFICATION"]}, 40, date(2024, 11, 11)),
        ({"116109999999": {"limits": {"SLA-30": 20}}}, 40, date(2024, 11, 11)),
    ],
)
def test_a_promise_is_verified_in_the_days_that_the_items_guide_names(
    guides: Mapping[str, object] | None, days: int, due: date
) -> None:
    clock = clocks_by(guides, RECEIVED, PROMISED, STARTED, DECIDED)["SLA-30"]

    assert (clock.limit, clock.due) == (days, due)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"SLA-01": 9}, "limit_not_by_guide"),
        ({"SLA-99": 9}, "limit_not_by_guide"),
        ({"SLA-30": 0}, "limit_out_of_range"),
        ({"SLA-30": 10_000}, "limit_out_of_range"),
        ({"SLA-30": 10}, "limit_near_too_soon"),
    ],
)
def test_a_guide_names_days_only_where_a_row_leaves_it_to_guides(
    limits: dict[str, int], code: str
) -> None:
    with pytest.raises(LimitUnfit) as refused:
        BOOK.published(published({ITEM: {"limits": limits}}))

    assert refused.value.code == code
    assert refused.value.values["row"] == next(iter(limits))


@pytest.mark.parametrize("row", ["SLA-04", "SLA-08", "SLA-15"])
def test_only_a_row_of_so_many_days_can_leave_its_length_to_a_guide(row: str) -> None:
    with pytest.raises(LimitUnfit) as refused:
        BOOK.published(published({}, **{row: {"by_guide": True}}))

    assert (refused.value.code, refused.value.values["row"]) == ("limit_unit_unfit", row)


@pytest.mark.parametrize("guide", [{"item_type": "30"}, {"item_type": "1"}, {"days": 3}, "x"])
def test_what_no_guide_says_is_refused(guide: object) -> None:
    with pytest.raises(PolicyUnfit):
        BOOK.published(published({ITEM: guide}))
