"""
The bureau's annual plan (年度工作计划): its items, and how far a count of the year should be.

The items are those of the plan of 2024, with its unnumbered first section as item 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import WorkCalendar

YELLOW_SHARE, RED_SHARE = 0.9, 0.7
"""Below so much of its pace a count is yellow, or red (catalogue 5.1)."""


class PlanGroup(StrEnum):
    """What the plan calls its parts, “1234”."""

    GUIDANCE = "G0"
    """一个引领."""
    TASKS = "G1"
    """两大任务."""
    SERVICES = "G2"
    """三化建设."""
    TEAMS = "G3"
    """四支队伍."""


GROUPS: Mapping[PlanGroup, tuple[str, str]] = MappingProxyType(
    {
        PlanGroup.GUIDANCE: ("一个引领", "One guidance"),
        PlanGroup.TASKS: ("两大任务", "Two tasks"),
        PlanGroup.SERVICES: ("三化建设", "Three ways of building services"),
        PlanGroup.TEAMS: ("四支队伍", "Four teams"),
    }
)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One numbered goal, by the name that its section has in the plan."""

    number: int
    group: PlanGroup
    zh: str
    en: str


PLAN: tuple[PlanItem, ...] = (
    PlanItem(0, PlanGroup.GUIDANCE, "一个引领", "Guidance and publicity"),
    PlanItem(1, PlanGroup.TASKS, "一体化平台应用", "Use of the integrated platform"),
    PlanItem(2, PlanGroup.TASKS, "一件事一次办", "One matter, done at once"),
    PlanItem(3, PlanGroup.TASKS, "基层政务服务能力", "Services near to where people live"),
    PlanItem(4, PlanGroup.TASKS, "重点项目审批代办", "Help with key projects"),
    PlanItem(5, PlanGroup.TASKS, "五上企业上门代办", "Help at large enterprises"),
    PlanItem(6, PlanGroup.TASKS, "特殊群体上门帮办", "Help at home for those who cannot come"),
    PlanItem(7, PlanGroup.SERVICES, "事项清单标准化", "Standard lists of items"),
    PlanItem(8, PlanGroup.SERVICES, "惠企政策标准化", "Standard policies for enterprises"),
    PlanItem(9, PlanGroup.SERVICES, "办公场所标准化", "Standard places of service"),
    PlanItem(10, PlanGroup.SERVICES, "行政审批管理", "Order of the examination: the committee"),
    PlanItem(11, PlanGroup.SERVICES, "行政审批中介服务", "Intermediary agencies"),
    PlanItem(12, PlanGroup.SERVICES, "政务服务监督评价", "Supervision and ratings"),
    PlanItem(13, PlanGroup.SERVICES, "事项进驻管理", "Items stationed in the hall"),
    PlanItem(14, PlanGroup.SERVICES, "“四电”改革", "Four electronic instruments"),
    PlanItem(15, PlanGroup.SERVICES, "四端融合", "Four terminals alike"),
    PlanItem(16, PlanGroup.SERVICES, "“一诺即办”", "Done on a promise"),
    PlanItem(17, PlanGroup.SERVICES, "跨地区通办", "Service across regions"),
    PlanItem(18, PlanGroup.SERVICES, "“信用4+”", "Credit in four ways"),
    PlanItem(19, PlanGroup.SERVICES, "“五进五送”", "Visits to five kinds of places"),
    PlanItem(20, PlanGroup.SERVICES, "“周末不打烊”", "Open at weekends"),
    PlanItem(21, PlanGroup.SERVICES, "“我陪群众走流程”", "Leaders walk the public's way"),
    PlanItem(22, PlanGroup.TEAMS, "专业窗口服务队伍", "The windows' team"),
    PlanItem(23, PlanGroup.TEAMS, "专业审批核准队伍", "The examiners' team"),
    PlanItem(24, PlanGroup.TEAMS, "专业现场勘验队伍", "The inspectors' team"),
    PlanItem(25, PlanGroup.TEAMS, "助企代办队伍", "The assistants' team"),
)
"""In their order; *number* is also the place."""


def expected(target: float, on: date, calendar: WorkCalendar) -> float:
    """Return how much of the year's *target* its working days up to *on* should have brought."""
    eve, last = date(on.year - 1, 12, 31), date(on.year, 12, 31)
    return target * (
        calendar.working_days_between(eve, on) / calendar.working_days_between(eve, last)
    )


def pace_of(number: float, target: float, on: date, calendar: WorkCalendar) -> AlertLevel | None:
    """
    Return the colour of a count of the year that has come to *number* at the end of a day.

    The year's *target* itself is judged when the year is over; less is red then.
    """
    return level_of(number, target, expected(target, on, calendar))


def expected_by(target: float, since: date, due: date, on: date, calendar: WorkCalendar) -> float:
    """
    Return how much of a *target* that is *due* on some day should have been reached on another.

    From the day *since* which it is set, but never from an earlier year, as the working days go.
    A milestone is reached or not, so what is expected before its day are whole pieces.
    """
    if on >= due:
        return target
    eve = max(since, date(due.year, 1, 1)) - timedelta(days=1)
    whole = calendar.working_days_between(eve, due)
    return target * calendar.working_days_between(eve, on) // whole if whole else 0


def level_of(number: float, target: float, wanted: float) -> AlertLevel | None:
    """Return the colour of a count that has come to *number*, where so much was *wanted* by now."""
    if number < RED_SHARE * wanted or (number < target <= wanted):
        return AlertLevel.RED
    return AlertLevel.YELLOW if number < YELLOW_SHARE * wanted else None
