"""What intake decides about a joint case: over when all its sub-cases are, more time once."""

from collections.abc import Collection, Mapping

from services.intake.domain.joint.commands import (
    ApproveJointExtension,
    CloseJointCase,
    DenyJointExtension,
    JointCaseCommand,
    LinkSubcase,
    OpenJointCase,
    RequestJointExtension,
)
from services.intake.domain.joint.refusals import (
    OFF_COURSE,
    SubcaseAlreadyLinked,
    SubcaseUndecided,
)
from services.intake.domain.refusals import (
    ExtensionAlreadyGranted,
    ExtensionNotRequested,
    ExtensionTooLate,
)
from shared.commands.by_course import Recollection, Statement, by_course
from shared.contracts.envelope import Fact
from shared.contracts.joint.course import JOINT
from shared.contracts.joint.facts import (
    JointCaseOpened,
    JointExtensionApproved,
    JointExtensionDenied,
    JointExtensionRequested,
    SubcaseLinked,
)

OF_MORE_TIME = (JointExtensionRequested, JointExtensionApproved, JointExtensionDenied)


def subcases_of(joint: Recollection) -> Collection[str]:
    """Return the numbers of the cases that are part of *joint*."""
    return [fact.case_no for fact in joint.all(SubcaseLinked)]


def _link(joint: Recollection, command: LinkSubcase) -> Fact:
    if command.case_no in subcases_of(joint):
        raise SubcaseAlreadyLinked
    return command.stated()


def _request_extension(joint: Recollection, command: RequestJointExtension) -> Fact:
    _require_first(joint)
    return command.stated()


def _approve_extension(joint: Recollection, command: ApproveJointExtension) -> Fact:
    """State the one extension that the law allows, granted while the limit still runs (T-10)."""
    _require_first(joint)
    _require_request(joint)
    if command.on > command.last_day:
        raise ExtensionTooLate(due=command.last_day)
    return command.stated(approved_date=command.on)


def _deny_extension(joint: Recollection, command: DenyJointExtension) -> Fact:
    _require_request(joint)
    return command.stated()


def _require_first(joint: Recollection) -> None:
    for granted in joint.all(JointExtensionApproved):
        raise ExtensionAlreadyGranted(days=granted.days)


def _require_request(joint: Recollection) -> None:
    """Refuse an answer where nobody waits for one."""
    said = [fact for fact in joint.facts if isinstance(fact, OF_MORE_TIME)]
    if not isinstance(said[-1] if said else None, JointExtensionRequested):
        raise ExtensionNotRequested


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


RULES: Mapping[type[JointCaseCommand], Statement] = {
    LinkSubcase: _link,
    RequestJointExtension: _request_extension,
    ApproveJointExtension: _approve_extension,
    DenyJointExtension: _deny_extension,
    CloseJointCase: _close,
}
"""What a command needs beside the course; the others are granted as they stand."""

DECIDER = by_course(JOINT, OFF_COURSE, RULES, owners)
