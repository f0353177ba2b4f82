"""If it were filed: the same count as that of a real case."""

from dataclasses import replace
from datetime import date

import pytest

from services.metrics.domain.reasons.explanation import explain
from services.metrics.domain.reasons.filing import counted, if_filed
from shared.contracts.words import ClockName, LimitUnit
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.clock_facts import ClockFacts, clock, instant, terms

RULES = shipped()
PROMISED = terms("2024-08-01", committed=10)
ITEM = ("116101020001", "食品经营许可")


@pytest.mark.parametrize(
    ("start", "limit", "unit", "due"),
    [
        ("2024-09-02", 20, LimitUnit.WD, "2024-09-30"),
        ("2024-09-27", 4, LimitUnit.ND, "2024-10-08"),
        ("2024-09-02", 0, LimitUnit.WD, "2024-09-02"),
    ],
)
def test_a_limit_that_somebody_names_ends_as_one_of_a_case_would(
    start: str, limit: int, unit: LimitUnit, due: str
) -> None:
    found = counted(RULES, date.fromisoformat(start), limit, unit)

    assert (found.due, found.days[-1].date) == (date.fromisoformat(due),) * 2


def test_an_item_is_told_for_acceptance_at_once_and_on_the_last_day() -> None:
    found = if_filed(instant("2024-09-02T16:59"), ITEM, PROMISED, RULES, "en")

    assert (found.received_on, found.acceptance.due) == (date(2024, 9, 2), date(2024, 9, 9))
    assert [one.due for one in found.accepted_at_once] == [date(2024, 9, 14), date(2024, 9, 30)]
    assert [one.starts_on for one in found.accepted_at_the_latest] == [date(2024, 9, 9)] * 2
    assert found.promised.accepted_on == date(2024, 8, 1)
    assert found.acceptance.sentence.en.startswith("Received on 2 September, ")


def test_what_is_told_of_an_item_is_what_a_real_case_says_at_its_start() -> None:
    real = clock(ClockFacts("XC1", terms("2024-09-02", committed=10)), ClockName.COMMITTED)
    told = if_filed(instant("2024-09-02T09:00"), ITEM, PROMISED, RULES, "zh-CN").accepted_at_once[0]
    case = explain(real, instant("2024-09-02T00:00"))

    assert (told.due, told.days[1:], told.sentence) == (case.due, case.days[1:], case.sentence)


def test_under_a_policy_without_a_row_nothing_is_told_of_it() -> None:
    policy = bureau_policy()
    without = policy.amended(limits=[one for one in policy.limits if one.id != "SLA-05"])
    rules = replace(RULES, policies=((date.min, without),))
    found = if_filed(instant("2024-09-02T09:00"), ITEM, PROMISED, rules, "en")

    assert [one.sla_id for one in found.accepted_at_once] == ["SLA-04"]
    none = replace(
        RULES, policies=((date.min, policy.amended(limits=policy.limits[:3] + policy.limits[4:])),)
    )
    assert counted(none, date(2024, 9, 2), 20, LimitUnit.WD).due == date(2024, 9, 30)
