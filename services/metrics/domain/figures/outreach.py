"""Plan item 19: visits to five kinds of places (五进五送)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    of_class,
)
from services.metrics.domain.figures.reported import QUARTERLY
from services.metrics.domain.subjects.outreach import OutreachNeed, OutreachVisit
from shared.contracts.outreach.course import NeedState
from shared.contracts.outreach.words import OutreachTrack
from shared.contracts.supervision.words import AlertLevel

ITEM = 19


class Part(StrEnum):
    """What is counted of visits, and of what was needed there."""

    VISITED = "K19.1/visited"
    """Visits by track."""
    RAISED = "K19.2/raised"
    RESOLVED = "K19.2/resolved"
    """Those raised that are met by now."""


def _of_visit(visit: OutreachVisit, _: About) -> Iterator[Line]:
    if visit.done_on is not None:
        yield of_class(Part.VISITED, visit.track), visit.done_on, 1


def _of_need(need: OutreachNeed, _: About) -> Iterator[Line]:
    if need.raised_on is None:
        return
    yield Part.RAISED, need.raised_on, 1
    if need.state == NeedState.RESOLVED:
        yield Part.RESOLVED, need.raised_on, 1


LINES: Mapping[type, LinesOf] = {OutreachVisit: _of_visit, OutreachNeed: _of_need}

TRACKS: Mapping[OutreachTrack, tuple[str, str]] = {
    OutreachTrack.AGENCY_GUIDE: ("进机关送指南次数", "Visits to agencies"),
    OutreachTrack.SCHOOL_ENTERPRISE_POLICY: (
        "进企校送政策次数",
        "Visits to enterprises and schools",
    ),
    OutreachTrack.PROJECT_SUPPORT: ("进项目送保障次数", "Visits to projects"),
    OutreachTrack.GRASSROOTS_SERVICE: ("进基层送服务次数", "Visits to streets and communities"),
    OutreachTrack.BUSINESS_DISTRICT_CONVENIENCE: (
        "进商圈送便利次数",
        "Visits to business districts",
    ),
}


def _visits(track: OutreachTrack, zh: str, en: str) -> Figure:
    return Figure(
        id=f"K19.1.{track.lower()}",
        item=ITEM,
        zh=zh,
        en=en,
        unit="visit",
        formula=f"visits of the track {track}",
        numerator=(of_class(Part.VISITED, track),),
        target=Target(origin=Origin.OURS, at_least=QUARTERLY, yearly=True),
    )


FIGURES = (
    *(_visits(track, zh, en) for track, (zh, en) in TRACKS.items()),
    Figure(
        id="K19.2",
        item=ITEM,
        zh="需求解决率",
        en="Needs met",
        unit="ratio",
        formula="needs that were met / needs raised",
        numerator=(Part.RESOLVED,),
        denominator=(Part.RAISED,),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=0.9),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=0.9),),
    ),
)
