"""What intake decides about a joint case: it is over when all its sub-cases are."""

from collections.abc import Collection

from services.intake.domain.joint.commands import CloseJointCase, LinkSubcase, OpenJointCase
from services.intake.domain.joint.refusals import (
    OFF_COURSE,
    SubcaseAlreadyLinked,
    SubcaseUndecided,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.joint.course import JOINT
from shared.contracts.joint.facts import JointCaseOpened, SubcaseLinked


def subcases_of(joint: Recollection) -> Collection[str]:
    """Return the numbers of the cases that are part of *joint*."""
    return [fact.case_no for fact in joint.all(SubcaseLinked)]


def _link(joint: Recollection, command: LinkSubcase) -> Fact:
    if command.case_no in subcases_of(joint):
        raise SubcaseAlreadyLinked
    return command.stated()


def _close(joint: Recollection, command: CloseJointCase) -> Fact:
    ends = [command.ends.get(case_no) for case_no in subcases_of(joint)]
    over = [end for end in ends if end is not None]
    if len(over) < len(ends):
        raise SubcaseUndecided
    outcome = "ALL_APPROVED" if all(end.approved for end in over) else "FAILED_PARTLY"
    last = max((end.decided_on for end in over if end.decided_on), default=command.on)
    return command.stated(outcome=outcome, closed_date=last)


def owners(joint: Recollection, command: object) -> Collection[str]:
    """Return the organisation that leads, or would lead what *command* opens."""
    leads = [fact.lead_org for fact in joint.all(JointCaseOpened)]
    if isinstance(command, OpenJointCase):
        leads = leads or [command.lead_org]
    return [org.org_code for org in leads]


DECIDER = by_course(JOINT, OFF_COURSE, {LinkSubcase: _link, CloseJointCase: _close}, owners)
