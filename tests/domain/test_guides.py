"""The guides of items (办事指南): which holds they let stop the committed limit."""

from dataclasses import replace
from datetime import date

import pytest

from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.handling.facts import HoldOpened
from shared.contracts.handling.words import HoldReason
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.running import at
from tests.support.way_of_a_case import ACCEPTED, CASE, RECEIVED

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


@pytest.mark.parametrize(
    ("guides", "stops"),
    [
        (None, True),
        ({ITEM: ["ONSITE_VERIFICATION"]}, True),
        ({ITEM: ["SUPERIOR_REPLY"]}, False),
        ({}, False),
    ],
)
def test_a_site_visit_stops_the_promise_only_where_the_items_guide_says_so(
    guides: dict[str, list[str]] | None,
    stops: bool,  # noqa: FBT001 - a table of cases
) -> None:
    policy = POLICY.amended(guides=guides)
    rules = replace(shipped(), policies=((date.min, policy),))
    clocks = {
        one.sla.id: one for one in clocks_of(fold_all(CASE, [RECEIVED, ACCEPTED, HELD]), rules)
    }

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
