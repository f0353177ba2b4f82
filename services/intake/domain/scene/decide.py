"""What intake decides about a scene: it is launched once, and has each of its items once."""

from services.intake.domain.items import require_each_once
from services.intake.domain.scene.commands import LaunchScene
from services.intake.domain.scene.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.joint.course import SCENE


def _launch(_: Recollection, command: LaunchScene) -> Fact:
    require_each_once(command.item_codes)
    return command.stated()


DECIDER = by_course(SCENE, OFF_COURSE, {LaunchScene: _launch})
