"""What is declined of reports on the plan, of targets and of lists, and what is granted."""

from datetime import date

import pytest

from services.intake.domain.itemlist.commands import PublishItemList
from services.intake.domain.itemlist.decide import DECIDER as LISTS
from services.metrics.domain.reporting.commands import CorrectReport, ReportProgress
from services.metrics.domain.reporting.decide import DECIDER as REPORTS
from services.metrics.domain.targets.commands import ReviseTarget, SetTarget
from services.metrics.domain.targets.decide import DECIDER as TARGETS
from shared.commands.by_course import Recollection
from shared.contracts.plan.course import ReportState, TargetState
from shared.contracts.plan.facts import ProgressReported, TargetSet
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


AIMED = like_the_example(TargetSet)
SET = Recollection(TargetState.SET, (AIMED,))
AGAINST = {"indicator": "K09.2", "part": "MILESTONE", "target_id": "MB1", "target": AIMED}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"target": None}, "target_not_set"),
        ({"indicator": "K22.1", "part": "MICRO_CLASS"}, "target_of_another"),
        ({"org": None}, "target_of_another"),
    ],
)
def test_a_report_brings_no_target_nearer_but_its_own(
    changed: dict[str, object], code: str
) -> None:
    with pytest.raises(Rejection) as declined:
        REPORTS.decide(NOTHING, command_of(ReportProgress, **{**AGAINST, **changed}))

    assert declined.value.code == code


def test_a_report_and_its_correction_name_their_target() -> None:
    (made,) = REPORTS.decide(NOTHING, command_of(ReportProgress, **AGAINST))
    reported = Recollection(ReportState.REPORTED, (made,))
    (corrected,) = REPORTS.decide(reported, command_of(CorrectReport, report="JD1"))

    assert isinstance(made, ProgressReported)
    assert isinstance(corrected, ProgressReported)
    assert (made.target_id, corrected.target_id) == ("MB1", "MB1")


def test_nobody_aims_at_what_nobody_reports() -> None:
    with pytest.raises(Rejection) as declined:
        TARGETS.decide(NOTHING, command_of(SetTarget, plan_item=4))

    assert declined.value.values == {
        "plan_item": 4,
        "known": "0, 2, 8, 9, 13, 21, 22, 23, 25",
    }


def test_a_target_keeps_what_its_revision_does_not_name() -> None:
    words = {"due": None, "name": None, "unit": None}
    (given_up,) = TARGETS.decide(SET, command_of(ReviseTarget, **words, value=0))
    (renamed,) = TARGETS.decide(SET, command_of(ReviseTarget, **words | {"name": "大厅导视"}))

    assert given_up == AIMED.model_copy(update={"value": 0})
    assert renamed == AIMED.model_copy(update={"name": "大厅导视"})


def test_a_target_is_that_of_its_organisation() -> None:
    assert [*TARGETS.owners(NOTHING, command_of(SetTarget))] == [ORG]
    assert [*TARGETS.owners(NOTHING, command_of(SetTarget, org=None))] == []
    assert [*TARGETS.owners(SET, command_of(ReviseTarget))] == [ORG]


def test_a_list_has_each_item_once() -> None:
    with pytest.raises(Rejection) as declined:
        LISTS.decide(NOTHING, command_of(PublishItemList, item_codes=("1161010200", "1161010200")))

    assert declined.value.code == "item_named_twice"
