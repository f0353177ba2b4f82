"""
What no system tells of the plan, and people count (计划填报), whatever its item.

The day a system tells it itself, the figure gets a second source, and the module of its item.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

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
from services.metrics.domain.subjects.report import ProgressReport
from shared.contracts.supervision.words import AlertLevel

MONTHLY, QUARTERLY, WEEKLY, ONCE = 12, 4, 52, 1
"""So many a year where the catalogue wants one in each."""


class Part(StrEnum):
    """What is reported, by indicator; the word for what was counted follows."""

    PROJECTS = "K00.1/reported"
    MODELS = "K00.2/reported"
    POSTS = "K00.3/reported"
    TAKEN_OVER = "K02.3/reported"
    POLICY_DESK = "K08.4/reported"
    HALL = "K09.2/reported"
    STATIONED = "K13.4/reported"
    WALK_PLAN = "K21.4/reported"
    WINDOW_TRAINING = "K22.1/reported"
    CERTIFIED = "K22.2/reported"
    PATROLS = "K22.3/reported"
    LECTURES = "K23.1/reported"
    FILES = "K23.3/reported"
    SPOT_CHECKS = "K23.4/reported"
    AGENT_TRAINING = "K25.2/reported"


class Counted(NamedTuple):
    """One thing that people count: its word, its names, its unit, and how many a year should be."""

    word: str
    zh: str
    en: str
    unit: str
    yearly: int | None = None


COUNTED: Mapping[Part, tuple[Counted, ...]] = MappingProxyType(
    {
        Part.PROJECTS: (
            Counted("PARTY_GROUP", "党组领航工程节点", "Milestones: party group", "milestone"),
            Counted("BRANCH", "支部领创工程节点", "Milestones: branches", "milestone"),
            Counted("MEMBER", "党员领先工程节点", "Milestones: members", "milestone"),
            Counted("CENTRE", "党员活动中心节点", "Milestones: activity centre", "milestone"),
            Counted("FIRST_WINDOW", "“第一窗口”节点", "Milestones: first window", "milestone"),
        ),
        Part.MODELS: (Counted("MODEL", "五星服务标兵数", "Five-star models", "person", QUARTERLY),),
        Part.POSTS: (
            Counted("SERVICE", "公众号政务服务栏目", "Posts on services", "post", MONTHLY),
            Counted("APPROVAL", "公众号行政审批栏目", "Posts on approval", "post", MONTHLY),
            Counted("BUSINESS", "公众号营商环境栏目", "Posts on business", "post", MONTHLY),
        ),
        Part.TAKEN_OVER: (
            Counted("ASSIGNED", "省级新一批“一件事”任务数", "Scenes assigned", "scene"),
            Counted("TAKEN_OVER", "已承接“一件事”任务数", "Scenes taken over", "scene"),
        ),
        Part.POLICY_DESK: (
            Counted("CONSULTATION", "政策咨询数", "Consultations on policies", "consultation"),
            Counted("PUSH", "政策推送数", "Policies pushed", "push"),
        ),
        Part.HALL: (Counted("MILESTONE", "大厅优化节点", "Hall redesign", "milestone"),),
        Part.STATIONED: (
            Counted("ASSESSMENT", "进驻量化考核次数", "Assessments of units", "time", MONTHLY),
            Counted("CONFERENCE", "联席会议次数", "Joint conferences", "time", QUARTERLY),
            Counted("AGREEMENT", "大厅进驻协议数", "Agreements signed", "unit"),
        ),
        Part.WALK_PLAN: (
            Counted("ISSUED", "“走流程”实施方案印发", "Walk-through plan issued", "plan", ONCE),
        ),
        Part.WINDOW_TRAINING: (
            Counted("MICRO_CLASS", "业务“微课堂”次数", "Micro classes", "time", MONTHLY),
            Counted("SHADOWING", "“跟窗”轮训次数", "Shadowing at windows", "time", MONTHLY),
            Counted("ETIQUETTE", "服务礼仪培训次数", "Training in etiquette", "time", MONTHLY),
            Counted("CONDUCT", "作风纪律培训次数", "Training in conduct", "time", MONTHLY),
        ),
        Part.CERTIFIED: (
            Counted("CERTIFIED", "综合窗口办事员持证数", "Certified window staff", "person"),
        ),
        Part.PATROLS: (
            Counted("DAILY_PATROL", "日巡查天数", "Days patrolled", "day"),
            Counted("WEEKLY_BULLETIN", "周通报期数", "Weekly bulletins", "bulletin", WEEKLY),
            Counted("MONTHLY_ASSESSMENT", "月考核次数", "Monthly assessments", "time", MONTHLY),
            Counted("LEADER_PATROL", "领导干部巡查天数", "Days patrolled by leaders", "day"),
        ),
        Part.LECTURES: (
            Counted("LECTURE", "“每月一讲”次数", "Monthly lectures", "time", MONTHLY),
            Counted("INTEGRITY_CLASS", "廉政课堂次数", "Integrity classes", "time", QUARTERLY),
            Counted("EXCHANGE", "外出交流次数", "Exchanges elsewhere", "time", QUARTERLY),
            Counted("ROLE_EXCHANGE", "互换体验次数", "Exchanges of roles", "time", QUARTERLY),
        ),
        Part.FILES: (
            Counted("REVIEWED", "评查案卷数", "Case files reviewed", "file"),
            Counted("DEFECT", "案卷问题数", "Defects in case files", "defect"),
        ),
        Part.SPOT_CHECKS: (
            Counted("CHECKED", "抽查件数", "Spot checks", "check"),
            Counted("OK", "抽查合格件数", "Spot checks without a finding", "check"),
        ),
        Part.AGENT_TRAINING: (
            Counted("SESSION", "帮办培训交流次数", "Training of agents", "time", QUARTERLY),
            Counted("HOURS", "帮办培训学时", "Hours of training of agents", "hour"),
        ),
    }
)


def indicator_of(part: Part) -> str:
    """Return the id of the catalogue's figure for which *part* is reported."""
    return part.partition("/")[0]


def item_of(indicator: str) -> int:
    """Return the item of the plan to which *indicator*, an id of the catalogue, belongs."""
    return int(indicator[1:3])


def figure_of(part: Part, one: Counted) -> str:
    """Return the id of the figure that sums what is counted as *one*."""
    return f"{indicator_of(part)}.{one.word.lower()}"


PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {indicator_of(part): tuple(one.word for one in counted) for part, counted in COUNTED.items()}
)
"""By indicator: what may be reported of it."""

ITEMS = tuple(sorted({item_of(indicator) for indicator in PARTS}))
"""The items of the plan of which people report something."""

COUNTED_AS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        figure_of(part, one): (indicator_of(part), one.word)
        for part, counted in COUNTED.items()
        for one in counted
    }
)
"""By figure: as what of which indicator people report it."""

BY_INDICATOR = {indicator_of(part): part for part in Part}


def _of_report(report: ProgressReport, _: About) -> Iterator[Line]:
    if report.on is not None and report.part in PARTS.get(report.indicator, ()):
        part = BY_INDICATOR[report.indicator]
        yield of_class(part, report.part), report.on, report.hundredths


LINES: Mapping[type, LinesOf] = {ProgressReport: _of_report}


def _figure(part: Part, one: Counted) -> Figure:
    yearly = Target(origin=Origin.OURS, at_least=one.yearly, yearly=True) if one.yearly else None
    return Figure(
        id=figure_of(part, one),
        item=item_of(part),
        zh=one.zh,
        en=one.en,
        unit=one.unit,
        formula=f"Σ reported as {one.word}",
        numerator=(of_class(part, one.word),),
        measure=Aggregate.HUNDREDTHS,
        target=yearly,
    )


FIGURES = (
    *(_figure(part, one) for part, counted in COUNTED.items() for one in counted),
    Figure(
        id="K02.3",
        item=2,
        zh="省级新一批“一件事”承接率",
        en="New provincial scenes taken over",
        unit="ratio",
        formula="reported as TAKEN_OVER / reported as ASSIGNED",
        numerator=(of_class(Part.TAKEN_OVER, "TAKEN_OVER"),),
        denominator=(of_class(Part.TAKEN_OVER, "ASSIGNED"),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
    ),
    Figure(
        id="K23.3",
        item=23,
        zh="每卷问题数",
        en="Defects per case file",
        unit="defect",
        formula="reported as DEFECT / reported as REVIEWED",
        numerator=(of_class(Part.FILES, "DEFECT"),),
        denominator=(of_class(Part.FILES, "REVIEWED"),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_most=0.5),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0.5),),
    ),
    Figure(
        id="K23.4.spot_checks",
        item=23,
        zh="抽查合格率",
        en="Spot checks without a finding",
        unit="ratio",
        formula="reported as OK / reported as CHECKED",
        numerator=(of_class(Part.SPOT_CHECKS, "OK"),),
        denominator=(of_class(Part.SPOT_CHECKS, "CHECKED"),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, at_least=1),
    ),
)
