"""The scene (一件事场景): who ordered it, and whether it is one matter at the window and online."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.joint.course import SCENE
from shared.contracts.joint.facts import SceneLaunched


class Scene(Subject, frozen=True, array_like=True, gc=False, tag="scene"):
    """One scene, from its launch on."""

    COURSE: ClassVar[Course] = SCENE

    source: str = ""
    """Who ordered it: state, province, city or district (K02.1, K02.2)."""
    fused: bool = False
    """Whether one window and one terminal take it (K02.5)."""


def _launched(scene: Scene, _: Entry, fact: SceneLaunched) -> Noted:
    if scene.source:
        return {}, False
    return {"source": fact.source, "fused": fact.one_window and fact.one_terminal}, True


Scene.NOTING = {SceneLaunched: _launched}
