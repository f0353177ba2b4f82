"""
Refusals around one joint case.

IntakeRejection
├── JointCaseAlreadyOpened
├── JointCaseUnknown
├── SubcaseAlreadyLinked
├── SubcaseMissing
├── SubcaseUndecided
└── JointCaseOver
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.joint import facts
from shared.contracts.joint.course import JOINT, JointCaseState


class JointCaseAlreadyOpened(IntakeRejection):
    """The joint case's id is taken."""

    code = "joint_case_already_opened"
    field = "joint_case_id"


class JointCaseUnknown(IntakeRejection):
    """No such joint case was opened."""

    code = "joint_case_unknown"


class SubcaseAlreadyLinked(IntakeRejection):
    """The case is part of it already."""

    code = "subcase_already_linked"


class SubcaseMissing(IntakeRejection):
    """What is part of nothing ends nothing: no case was linked yet."""

    code = "subcase_missing"


class SubcaseUndecided(IntakeRejection):
    """The lead closes when all partners are over (J-04)."""

    code = "subcase_undecided"


class JointCaseOver(IntakeRejection):
    """The joint case was closed before."""

    code = "joint_case_over"


J = JointCaseState

OFF_COURSE = off_course(
    JOINT,
    Refused(JointCaseAlreadyOpened, (facts.JointCaseOpened,)),
    Refused(JointCaseUnknown, states=(J.ABSENT,)),
    Refused(SubcaseMissing, states=(J.OPENED,)),
    Refused(JointCaseOver),
)
"""Why nothing comes of it where the course has no row."""
