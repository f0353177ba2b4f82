"""
The courses of a scene and of a joint case (一件事, domain.md 3.7).

The sub-cases of a joint case go their own ways.
"""

from enum import StrEnum

from shared.contracts.course import ABSENT, Apart, Course, Guard, leads, stays
from shared.contracts.joint import facts as joint


class SceneState(StrEnum):
    """Whether a scene can be asked for."""

    ABSENT = ABSENT
    LAUNCHED = "LAUNCHED"


SCENE = Course(
    "scene",
    "scene",
    tuple((state,) for state in SceneState),
    tuple(leads(joint.SceneLaunched, {SceneState.ABSENT: SceneState.LAUNCHED})),
)


class JointCaseState(StrEnum):
    """Where a joint case stands."""

    ABSENT = ABSENT
    OPENED = "OPENED"
    SPLIT = "SPLIT"
    FAILED_PARTLY = "FAILED_PARTLY"
    ALL_APPROVED = "ALL_APPROVED"


J = JointCaseState

UNDER_WAY = (J.OPENED, J.SPLIT)
ONE_EXTENSION = "extension_already_granted"

SUCCEEDED = Guard("succeeded", lambda fact: fact.outcome == "ALL_APPROVED")

JOINT = Course(
    "joint",
    "joint_case_id",
    ((J.ABSENT,), (J.OPENED,), (J.SPLIT,), (J.FAILED_PARTLY, J.ALL_APPROVED)),
    (
        *leads(joint.JointCaseOpened, {J.ABSENT: J.OPENED}),
        *leads(joint.SubcaseLinked, {J.OPENED: J.SPLIT}),
        *stays(joint.SubcaseLinked, (J.SPLIT,), unless=("subcase_already_linked",)),
        *stays(joint.JointExtensionRequested, UNDER_WAY, unless=(ONE_EXTENSION,)),
        *stays(
            joint.JointExtensionApproved,
            UNDER_WAY,
            unless=(ONE_EXTENSION, "extension_not_requested", "extension_too_late"),
        ),
        *stays(joint.JointExtensionDenied, UNDER_WAY, unless=("extension_not_requested",)),
        *leads(
            joint.JointCaseClosed,
            {J.SPLIT: J.ALL_APPROVED},
            SUCCEEDED,
            unless=("subcase_undecided",),
        ),
        # One that was denied does not undo the others, and is not hidden (J-04).
        *leads(joint.JointCaseClosed, {J.SPLIT: J.FAILED_PARTLY}, unless=("subcase_undecided",)),
    ),
    apart=(
        Apart(
            (joint.JointExtensionApproved, joint.JointExtensionDenied),
            (joint.JointExtensionRequested,),
        ),
    ),
    prefix="YJS",
)
