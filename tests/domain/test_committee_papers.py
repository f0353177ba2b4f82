"""What is declined of revisions of the grading list and of the committee's rules of procedure."""

import pytest

from services.intake.domain.committeerules.commands import ReviseCommitteeRules
from services.intake.domain.committeerules.decide import DECIDER as RULES
from services.intake.domain.gradinglist.commands import ReviseGradingList
from services.intake.domain.gradinglist.decide import DECIDER as GRADES
from shared.commands.by_course import Recollection
from shared.contracts.committee.facts import (
    CommitteeRulesRevised,
    GradeChange,
    GradingListRevised,
)
from shared.contracts.rejection import Rejection
from shared.contracts.words import GradeLevel
from tests.support.courses import command_of
from tests.support.examples import like_the_example

NOTHING = Recollection()
GRADED = Recollection("REVISED", (like_the_example(GradingListRevised),))
RULED = Recollection("REVISED", (like_the_example(CommitteeRulesRevised),))


def change(item: str, before: GradeLevel, after: GradeLevel) -> GradeChange:
    return GradeChange(item_code=item, before=before, after=after)


DOWN = change("1161010200", GradeLevel.L4, GradeLevel.L3)
SAME = change("1161010201", GradeLevel.L2, GradeLevel.L2)


@pytest.mark.parametrize(
    ("known", "changed", "code"),
    [
        (GRADED, {}, "grading_version_taken"),
        (NOTHING, {"changes": (DOWN, DOWN)}, "item_graded_twice"),
        (NOTHING, {"changes": (DOWN, SAME)}, "grade_unchanged"),
    ],
)
def test_a_revision_of_grades_is_new_and_names_each_item_that_it_changes_once(
    known: Recollection, changed: dict[str, object], code: str
) -> None:
    with pytest.raises(Rejection) as declined:
        GRADES.decide(known, command_of(ReviseGradingList, **changed))

    assert declined.value.code == code


def test_another_version_of_the_grades_takes_the_place_of_the_one_before() -> None:
    (fact,) = GRADES.decide(GRADED, command_of(ReviseGradingList, list_version="2024-3"))

    assert isinstance(fact, GradingListRevised)
    assert (fact.list_version, fact.subject) == ("2024-3", "GRADING_LIST")


def test_a_version_of_the_rules_is_out_once() -> None:
    with pytest.raises(Rejection) as declined:
        RULES.decide(RULED, command_of(ReviseCommitteeRules))

    (fact,) = RULES.decide(RULED, command_of(ReviseCommitteeRules, rules_version="2024-2"))

    assert declined.value.code == "rules_version_taken"
    assert fact.subject == "COMMITTEE_RULES"
