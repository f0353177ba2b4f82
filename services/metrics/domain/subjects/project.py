"""The key project on the list of those that are helped (重点项目)."""

from datetime import date
from typing import ClassVar

from msgspec import Struct

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.assist.course import PROJECT
from shared.contracts.assist.facts import MilestoneReached, ProjectEnrolled
from shared.contracts.course import Course
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date

MILESTONES_MAX = 64
"""So many of one project are kept, the first ones: an approval has a dozen."""


class Reached(Struct, frozen=True, array_like=True, gc=False):
    """A milestone, the day by which it was planned, and the day on which it was reached."""

    milestone: str
    planned: date
    actual: date


class KeyProject(Subject, frozen=True, array_like=True, gc=False, tag="project"):
    """One project, as was said last, and the milestones that it has reached."""

    COURSE: ClassVar[Course] = PROJECT

    enrolled_on: date | None = None
    """When it first stood on the list (K04.2, K04.5)."""
    has_four_ones: bool = False
    """Whether all four slots are filled (K04.2)."""
    joint: bool = False
    """Whether the city helps, too (K04.5)."""
    pre_review: bool = False
    """Whether it is reviewed before it applies (K04.5)."""
    reached: tuple[Reached, ...] = ()
    """Each milestone once, by its name (K04.4)."""


def _enrolled(project: KeyProject, entry: Entry, fact: ProjectEnrolled) -> Noted:
    return {
        "enrolled_on": project.enrolled_on or business_date(entry.time),
        "has_four_ones": fact.four_ones.is_complete,
        "joint": fact.joint_level == "CITY_DISTRICT",
        "pre_review": fact.pre_review,
    }, True


def _reached(project: KeyProject, _: Entry, fact: MilestoneReached) -> Noted:
    if not (is_meant(fact.planned) and is_meant(fact.actual)):
        return {}, False
    known = any(one.milestone == fact.milestone for one in project.reached)
    if known or len(project.reached) >= MILESTONES_MAX:
        return {}, True
    milestone = Reached(fact.milestone, fact.planned, fact.actual)
    return {"reached": (*project.reached, milestone)}, True


KeyProject.NOTING = {ProjectEnrolled: _enrolled, MilestoneReached: _reached}
