"""Plan item 2: scenes that are launched, and the joint cases in them (一件事一次办)."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import get_args

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Keeping,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.subjects.joint import JointCase
from services.metrics.domain.subjects.scene import Scene
from shared.contracts.joint.facts import SceneSource
from shared.contracts.supervision.words import AlertLevel

ITEM = 2

TOGETHER = ("SLA-06",)
SOURCES: tuple[str, ...] = get_args(SceneSource)
PROVINCE = "PROVINCE"
FUSED, APART = "fused", "apart"


class Part(StrEnum):
    """What is counted of scenes and of joint cases."""

    LAUNCHED = "K02.1/launched"
    """Scenes by who ordered them, and whether one window and one terminal take them."""
    KEPT = "K02.4/kept"
    """Joint cases by whether they were closed in time."""


def _of_scene(scene: Scene, _: About) -> Iterator[Line]:
    if scene.source and scene.opened_on is not None:
        ordered = of_class(Part.LAUNCHED, scene.source)
        yield of_class(ordered, FUSED if scene.fused else APART), scene.opened_on, 1


def _of_joint_case(joint: JointCase, about: About) -> Iterable[Line]:
    return by_keeping(Part.KEPT, about.kept(TOGETHER, joint.name))


LINES: Mapping[type, LinesOf] = {Scene: _of_scene, JointCase: _of_joint_case}

ORDERED = {source: of_class(Part.LAUNCHED, source) for source in SOURCES}

FIGURES = (
    Figure(
        id="K02.1",
        item=ITEM,
        zh="新增“一件事”场景数",
        en="New scenes",
        unit="scene",
        formula="launched, ordered by the state, the city or the district; those of the province "
        "are K02.2",
        numerator=tuple(many(part) for source, part in ORDERED.items() if source != PROVINCE),
        target=Target(origin=Origin.PLAN, at_least=10, yearly=True),
    ),
    Figure(
        id="K02.2",
        item=ITEM,
        zh="省级“一件事”线上线下融合数",
        en="Provincial scenes online and offline",
        unit="scene",
        formula="launched, ordered by the province, with one window and one terminal",
        numerator=(of_class(ORDERED[PROVINCE], FUSED),),
        target=Target(origin=Origin.PLAN, at_least=12, yearly=True),
    ),
    Figure(
        id="K02.4",
        item=ITEM,
        zh="联办件按时办结率",
        en="Joint cases in time",
        formula="closed within the limit of joint handling, 45 working days and what was granted "
        "(SLA-06) / closed, or overdue",
        **kept_rate(Part.KEPT),
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(
            Threshold(level=AlertLevel.RED, above=0, parts=(of_class(Part.KEPT, Keeping.OVERDUE),)),
        ),
    ),
    Figure(
        id="K02.5",
        item=ITEM,
        zh="“一窗一端”融合率",
        en="One window and one terminal",
        unit="ratio",
        formula="scenes with one window and one terminal / scenes",
        numerator=tuple(of_class(part, FUSED) for part in ORDERED.values()),
        denominator=(many(Part.LAUNCHED),),
        measure=Aggregate.RATE,
        gauge=True,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
)
