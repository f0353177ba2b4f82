"""What stands in the way of a milestone, of a list and of a need, beside their courses."""

from datetime import date

import pytest

from services.assist.domain.need import decide as need_rules
from services.assist.domain.need.commands import ResolveNeed
from services.assist.domain.project import decide as project_rules
from services.assist.domain.project.commands import EnrolProject, ReachMilestone
from services.assist.domain.project.refusals import ActualDateImpossible, MilestoneAlreadyReached
from services.assist.domain.servicelist import decide as list_rules
from services.assist.domain.servicelist.commands import UpdateServiceList
from services.assist.domain.servicelist.refusals import (
    ServiceListVersionPublished,
    ServiceNamedTwice,
)
from shared.commands.by_course import Recollection
from shared.contracts.assist.course import ProjectState, ServiceListState
from shared.contracts.assist.facts import (
    FourOnes,
    MilestoneReached,
    ProjectEnrolled,
    ServiceListUpdated,
)
from shared.contracts.outreach.course import NeedState
from shared.contracts.outreach.facts import NeedRaised, NeedResolved
from tests.support.courses import LATER, command_of
from tests.support.examples import like_the_example as like

TODAY, TOMORROW = LATER.date(), date(2024, 9, 17)


def project(*reached: str) -> Recollection:
    facts = (like(MilestoneReached, milestone=milestone) for milestone in reached)
    return Recollection(ProjectState.ENROLLED, (like(ProjectEnrolled), *facts))


def test_a_milestone_is_reached_today_or_before_and_never_tomorrow() -> None:
    reach = project_rules.DECIDER.decide

    assert reach(project(), command_of(ReachMilestone, actual=TODAY))
    with pytest.raises(ActualDateImpossible):
        reach(project(), command_of(ReachMilestone, actual=TOMORROW))


def test_a_milestone_may_be_planned_for_any_day() -> None:
    asked = command_of(ReachMilestone, planned=date(2025, 6, 30))

    assert project_rules.DECIDER.decide(project(), asked)


def test_a_project_reaches_each_of_its_milestones_once() -> None:
    asked = command_of(ReachMilestone, milestone="施工许可")

    assert project_rules.DECIDER.decide(project("用地规划许可"), asked)
    with pytest.raises(MilestoneAlreadyReached):
        project_rules.DECIDER.decide(project("用地规划许可", "施工许可"), asked)


def test_a_project_is_enrolled_with_empty_slots_and_again_with_what_was_missing() -> None:
    nothing, four = FourOnes(), FourOnes(one_1="一", one_2="二", one_3="三", one_4="四")

    assert project_rules.DECIDER.decide(Recollection(), command_of(EnrolProject, four_ones=nothing))
    assert project_rules.DECIDER.decide(project(), command_of(EnrolProject, four_ones=four))
    assert (nothing.is_complete, FourOnes(one_1="一").is_complete, four.is_complete) == (
        False,
        False,
        True,
    )


def test_a_version_of_the_list_is_published_once_on_the_day_on_which_somebody_publishes_it() -> (
    None
):
    published = Recollection(ServiceListState.PUBLISHED, (like(ServiceListUpdated),))
    (fact,) = list_rules.DECIDER.decide(
        published, command_of(UpdateServiceList, list_version="2024-4")
    )

    assert isinstance(fact, ServiceListUpdated)
    assert fact.published_date == TODAY
    with pytest.raises(ServiceListVersionPublished):
        list_rules.DECIDER.decide(published, command_of(UpdateServiceList))


def test_an_item_stands_in_the_list_once() -> None:
    asked = command_of(UpdateServiceList, item_codes=("11610102", "11610103", "11610103"))

    with pytest.raises(ServiceNamedTwice) as refusal:
        list_rules.DECIDER.decide(Recollection(), asked)
    assert refusal.value.values == {"item_codes": "11610103"}


def test_a_need_is_met_on_the_day_on_which_somebody_says_so() -> None:
    raised = like(NeedRaised, kind="延时服务", outreach_id="WJ1")
    need = Recollection(NeedState.RAISED, (raised,))

    (fact,) = need_rules.DECIDER.decide(need, command_of(ResolveNeed))

    assert fact == like(NeedResolved, kind="延时服务", outreach_id="WJ1", resolved_date=TODAY)
