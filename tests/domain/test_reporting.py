"""What is declined of reports on the plan and of lists of items, and what is granted."""

from datetime import date

import pytest

from services.intake.domain.itemlist.commands import PublishItemList
from services.intake.domain.itemlist.decide import DECIDER as LISTS
from services.metrics.domain.reporting.commands import CorrectReport, ReportProgress
from services.metrics.domain.reporting.decide import DECIDER as REPORTS
from shared.commands.by_course import Recollection
from shared.contracts.plan.course import ReportState
from shared.contracts.plan.facts import ProgressReported
from shared.contracts.rejection import Rejection
from tests.support.courses import command_of
from tests.support.examples import like_the_example

NOTHING = Recollection()
REPORTED = Recollection(ReportState.REPORTED, (like_the_example(ProgressReported),))
ORG = like_the_example(ProgressReported).model_dump()["org"]["org_code"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"indicator": "K23.2"}, "indicator_not_reported"),
        ({"part": "SINGING"}, "part_unknown"),
        ({"day": date(2030, 1, 1)}, "report_day_impossible"),
    ],
)
def test_what_nobody_can_have_counted_is_declined(changed: dict[str, object], code: str) -> None:
    with pytest.raises(Rejection) as declined:
        REPORTS.decide(NOTHING, command_of(ReportProgress, **changed))

    assert declined.value.code == code


@pytest.mark.parametrize(("day", "on"), [(None, date(2024, 9, 18)), (date(2024, 9, 3),) * 2])
def test_a_correction_keeps_what_was_counted_and_its_day_unless_it_names_one(
    day: date | None, on: date
) -> None:
    (fact,) = REPORTS.decide(REPORTED, command_of(CorrectReport, report="JD1", day=day))

    assert isinstance(fact, ProgressReported)
    assert (fact.on, fact.corrects, fact.part) == (on, "JD1", "MICRO_CLASS")


def test_a_report_is_that_of_its_organisation() -> None:
    of_nobody = command_of(ReportProgress, org=None)

    assert [*REPORTS.owners(NOTHING, command_of(ReportProgress))] == [ORG]
    assert [*REPORTS.owners(NOTHING, of_nobody)] == []
    assert [*REPORTS.owners(REPORTED, command_of(CorrectReport))] == [ORG]


def test_a_list_has_each_item_once() -> None:
    with pytest.raises(Rejection) as declined:
        LISTS.decide(NOTHING, command_of(PublishItemList, item_codes=("1161010200", "1161010200")))

    assert declined.value.code == "item_named_twice"
