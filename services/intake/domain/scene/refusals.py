"""
Refusals around one scene.

IntakeRejection
└── SceneAlreadyLaunched
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.joint.course import SCENE


class SceneAlreadyLaunched(IntakeRejection):
    """A scene is launched once."""

    code = "scene_already_launched"
    field = "scene_id"


OFF_COURSE = off_course(SCENE, Refused(SceneAlreadyLaunched))
"""Why nothing comes of it where the course has no row."""
