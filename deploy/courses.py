"""The courses as the reference prints them: what leads where, and what is refused elsewhere."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from services.assist.domain.agency import refusals as agency
from services.assist.domain.agent import refusals as agent
from services.assist.domain.benefit import refusals as benefit
from services.assist.domain.engagement import refusals as engagement
from services.assist.domain.need import refusals as need
from services.assist.domain.outreach import refusals as outreach
from services.assist.domain.policy import refusals as policy
from services.assist.domain.problem import refusals as problem
from services.assist.domain.project import refusals as project
from services.assist.domain.servicelist import refusals as servicelist
from services.assist.domain.task import refusals as task
from services.assist.domain.walkthrough import refusals as walkthrough
from services.intake.domain.appointment import refusals as appointment
from services.intake.domain.case import refusals as case
from services.intake.domain.commitment import refusals as commitment
from services.intake.domain.committeerules import refusals as committeerules
from services.intake.domain.gradinglist import refusals as gradinglist
from services.intake.domain.inspection import refusals as inspection
from services.intake.domain.itemchange import refusals as itemchange
from services.intake.domain.itemlist import refusals as itemlist
from services.intake.domain.joint import refusals as joint
from services.intake.domain.meeting import refusals as meeting
from services.intake.domain.referral import refusals as referral
from services.intake.domain.scene import refusals as scene
from services.intake.domain.site import refusals as site
from services.intake.domain.stationing import refusals as stationing
from services.intake.domain.tooluse import refusals as tooluse
from services.intake.domain.visit import refusals as visit
from services.intake.domain.xregion import refusals as xregion
from services.metrics.domain.reporting import refusals as report
from services.metrics.domain.targets import refusals as own_target
from services.review.domain.complaint import refusals as complaint
from services.review.domain.invitation import refusals as invitation
from services.review.domain.matter import refusals as matter
from services.review.domain.rating import refusals as rating
from services.review.domain.rectification import refusals as rectification
from services.review.domain.ticket import refusals as ticket
from shared.commands.off_course import Refusals
from shared.contracts.activity.course import PROBLEM, WALKTHROUGH
from shared.contracts.assist.course import AGENT, PROJECT, SERVICE_LIST, TASK
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.committee.course import COMMITTEE_RULES, GRADING_LIST, MEETING, REFERRAL
from shared.contracts.course import ABSENT, Apart, Course, Row
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Fact
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.handling.course import CASE
from shared.contracts.hotline.course import TICKET
from shared.contracts.inspection.course import INSPECTION
from shared.contracts.intake.course import APPOINTMENT, TOOL_USE, VISIT
from shared.contracts.intermediary.course import AGENCY, ENGAGEMENT
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.joint.course import JOINT, SCENE
from shared.contracts.outreach.course import NEED, OUTREACH
from shared.contracts.plan.course import REPORT, TARGET
from shared.contracts.policy.course import BENEFIT, POLICY_ITEM
from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.review.course import INVITATION, RATING
from shared.contracts.site.course import SITE
from shared.contracts.unfinished.course import MATTER
from shared.contracts.xregion.course import XREGION

OFF_COURSE: Mapping[str, Refusals] = MappingProxyType(
    {
        CASE.subject: case.OFF_COURSE,
        COMMITMENT.subject: commitment.OFF_COURSE,
        INSPECTION.subject: inspection.OFF_COURSE,
        REFERRAL.subject: referral.OFF_COURSE,
        MEETING.subject: meeting.OFF_COURSE,
        SCENE.subject: scene.OFF_COURSE,
        GRADING_LIST.subject: gradinglist.OFF_COURSE,
        COMMITTEE_RULES.subject: committeerules.OFF_COURSE,
        JOINT.subject: joint.OFF_COURSE,
        XREGION.subject: xregion.OFF_COURSE,
        ITEM_CHANGE.subject: itemchange.OFF_COURSE,
        ITEM_LIST.subject: itemlist.OFF_COURSE,
        STATIONING.subject: stationing.OFF_COURSE,
        APPOINTMENT.subject: appointment.OFF_COURSE,
        VISIT.subject: visit.OFF_COURSE,
        TOOL_USE.subject: tooluse.OFF_COURSE,
        SITE.subject: site.OFF_COURSE,
        INVITATION.subject: invitation.OFF_COURSE,
        RATING.subject: rating.OFF_COURSE,
        RECTIFICATION.subject: rectification.OFF_COURSE,
        TICKET.subject: ticket.OFF_COURSE,
        MATTER.subject: matter.OFF_COURSE,
        COMPLAINT.subject: complaint.OFF_COURSE,
        TASK.subject: task.OFF_COURSE,
        PROJECT.subject: project.OFF_COURSE,
        AGENT.subject: agent.OFF_COURSE,
        SERVICE_LIST.subject: servicelist.OFF_COURSE,
        WALKTHROUGH.subject: walkthrough.OFF_COURSE,
        PROBLEM.subject: problem.OFF_COURSE,
        OUTREACH.subject: outreach.OFF_COURSE,
        NEED.subject: need.OFF_COURSE,
        AGENCY.subject: agency.OFF_COURSE,
        ENGAGEMENT.subject: engagement.OFF_COURSE,
        POLICY_ITEM.subject: policy.OFF_COURSE,
        BENEFIT.subject: benefit.OFF_COURSE,
        TARGET.subject: own_target.OFF_COURSE,
        REPORT.subject: report.OFF_COURSE,
    }
)
"""By kind of subject: what its owner answers where the course has no row."""

NOTHING = "–"
SAME = "the same"

Way = tuple[type[Fact], str, str, tuple[str, ...]]
"""What rows have in common that differ in their source alone."""


def courses_tables() -> str:
    """Return each course with its refusals, as tables for people."""
    return "\n".join([*(line for course in COURSES for line in _told(course)), ""])


def _told(course: Course) -> Iterator[str]:
    yield f"\n## {course.subject}\n"
    yield f"Named by `{course.named_by}`{_range(course)}."
    yield f"From nothing to the end: {_stages(course)}.\n"
    yield "| fact | from | to | where | unless |\n|---|---|---|---|---|"
    for (fact, target, guard, unless), sources in _ways(course).items():
        cells = (_named(fact), _states(course, sources), target, guard, _codes(unless))
        yield f"| {' | '.join(cells)} |"
    if refused := _refused(OFF_COURSE.get(course.subject, {})):
        yield "\nAnything else that is asked for is refused:\n"
        yield "| fact | in | with |\n|---|---|---|"
        for (states, code), facts in refused.items():
            yield f"| {', '.join(facts)} | {_states(course, states)} | `{code}` |"
    if course.apart:
        yield "\nAnother person's to state than the one's who stated:\n"
        yield "| fact | not by whoever stated | where |\n|---|---|---|"
        yield from map(_parted, course.apart)


def _range(course: Course) -> str:
    if not course.prefix:
        return ""
    others = ", or as others number it" if course.numbered_elsewhere else ""
    return f", which begins with `{course.prefix}`{others}"


def _parted(apart: Apart) -> str:
    guard = f"`{apart.guard.name}`" if apart.guard else NOTHING
    return f"| {_listed(apart.facts)} | {_listed(apart.earlier)} | {guard} |"


def _listed(facts: Collection[type[Fact]]) -> str:
    return ", ".join(map(_named, facts))


def _ways(course: Course) -> dict[Way, list[str]]:
    ways: dict[Way, list[str]] = {}
    for row in course.rows:
        ways.setdefault(_way(row), []).append(row.source)
    return ways


def _way(row: Row) -> Way:
    target = SAME if row.target == row.source else f"`{row.target}`"
    return row.fact, target, f"`{row.guard.name}`" if row.guard else NOTHING, row.unless


def _refused(refusals: Refusals) -> dict[tuple[tuple[str, ...], str], list[str]]:
    """Return the facts that are refused alike, by the states and the code."""
    by_fact: dict[tuple[type[Fact], str], tuple[str, ...]] = {}
    for (state, fact), refusal in refusals.items():
        place = (fact, refusal.code)
        by_fact[place] = (*by_fact.get(place, ()), state)
    alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (fact, code), states in by_fact.items():
        alike.setdefault((states, code), []).append(_named(fact))
    return alike


def _named(fact: type[Fact]) -> str:
    return f"`{fact.TYPE.removeprefix('casetrack.')}`"


def _stages(course: Course) -> str:
    return " → ".join(" or ".join(f"`{state}`" for state in stage) for stage in course.stages)


def _states(course: Course, states: Collection[str]) -> str:
    rest = [state for state in course.states if state not in states]
    if rest in ([], [ABSENT]):
        return "any" if not rest else f"any but `{ABSENT}`"
    return ", ".join(f"`{state}`" for state in states)


def _codes(codes: Collection[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or NOTHING
