"""Plan item 21: leaders who walk the way of the public (我陪群众走流程)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

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
from services.metrics.domain.subjects.activity import Obstacle, Walkthrough
from shared.contracts.activity.words import WalkPart
from shared.contracts.supervision.words import AlertLevel

ITEM = 21

RESOLVE = ("SLA-38a", "SLA-38b")


class Part(StrEnum):
    """What is counted of walks and of what was found on them."""

    WHOLE = "K21.1/whole"
    """Walks with all six parts (六个一)."""
    WALKED = "K21.2/walked"
    """Walks by whose leader walked."""
    RESOLVED = "K21.3/resolved"
    """Problems by whether they were removed in time."""


def _of_walk(walk: Walkthrough, _: About) -> Iterator[Line]:
    if walk.done_on is None:
        return
    yield of_class(Part.WALKED, walk.org_code), walk.done_on, 1
    if len(walk.parts) == len(WalkPart):
        yield Part.WHOLE, walk.done_on, 1


def _of_problem(problem: Obstacle, about: About) -> Iterator[Line]:
    return by_keeping(Part.RESOLVED, about.kept(RESOLVE, problem.name))


LINES: Mapping[type, LinesOf] = {Walkthrough: _of_walk, Obstacle: _of_problem}

FIGURES = (
    Figure(
        id="K21.1",
        item=ITEM,
        zh="“六个一”完整率",
        en="Walks with all six parts",
        unit="ratio",
        formula="walks with all six parts / walks",
        numerator=(Part.WHOLE,),
        denominator=(many(Part.WALKED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K21.2",
        item=ITEM,
        zh="参与走流程单位数",
        en="Departments and streets that walked",
        unit="organisation",
        formula="organisations whose leaders walked at least once",
        numerator=(many(Part.WALKED),),
        measure=Aggregate.DISTINCT,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K21.3",
        item=ITEM,
        zh="走流程问题按期解决率",
        en="Problems removed in time",
        formula="removed by their deadline / removed, or overdue",
        **kept_rate(Part.RESOLVED),
        target=Target(origin=Origin.OURS, at_least=0.95),
        alerts=(
            Threshold(
                level=AlertLevel.RED, above=0, parts=(of_class(Part.RESOLVED, Keeping.OVERDUE),)
            ),
            Threshold(level=AlertLevel.YELLOW, below=0.95),
        ),
    ),
)
