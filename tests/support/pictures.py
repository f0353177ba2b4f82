"""One morning of the bureau as the metrics service would send it: what the rendering tests show."""

from datetime import date, timedelta
from typing import Any

Document = dict[str, Any]

DAYS_OFF = {date(2024, 9, 15), date(2024, 9, 16), date(2024, 9, 17)}
MAKE_UP = {date(2024, 9, 14)}
LAW_82 = "行政许可法第八十二条"
LAW_45 = "行政许可法第四十五条"
SATURDAY = 5

SAVEABLE_CASE = "XC20240902000017"
RED_CASE = "XC20240826000003"
RED_ALERT = "0192a6f0-6a1c-7c3e-9d51-2f6b1f0c8a11"
AS_OF = "2024-09-12T10:42:07+08:00"

ITEMS = (
    "食品经营许可",
    "公共场所卫生许可",
    "药品零售企业筹建",
    "人力资源服务许可",
    "建筑工程施工许可",
    "户外广告设施设置审批",
    "道路货物运输经营许可",
    "民办职业培训学校设立",
)

NOW: Document = {
    "open": 1204,
    "due_today": 31,
    "yellow": 12,
    "red": 2,
    "red_statutory": 1,
    "received_today": 96,
    "accepted_today": 86,
    "decided_today": 71,
    "closed_today": 73,
    "ratings_today": 58,
    "rectifications_closed_today": 1,
    "inspections_today": 9,
    "referrals_today": 2,
}


def saveable(place: int, **changes: object) -> Document:
    """Return the row of a case near its limit, the *place*-th most urgent."""
    row: Document = {
        "case_no": SAVEABLE_CASE if place == 0 else f"XC2024090200{place:04d}",
        "item_code": f"ITEM-{place:02d}",
        "item_name": ITEMS[place % len(ITEMS)],
        "clock": "STATUTORY" if place % 5 == 4 else "COMMITTED",
        "sla_id": "SLA-05" if place % 5 == 4 else "SLA-04",
        "due": str(date(2024, 9, 12) + timedelta(days=min(place // 3, 2))),
        "days_left": min(place // 3, 2),
        "seconds_left": 10_800 + 86_400 * min(place // 3, 2),
        "level": "YELLOW" if place < 9 else None,
        "limit": 20 if place % 5 == 4 else 10,
        "unit": "WD",
        "consumed": 18 if place % 5 == 4 else 10 - min(place // 3, 2),
        "stopped_days": 2 if place % 4 == 0 else 0,
        "provisional": place == 7,
        "paused": False,
    }
    return row | changes


def red_card(**changes: object) -> Document:
    """Return a red card with its reason in one sentence."""
    card: Document = {
        "alert_id": RED_ALERT,
        "case_no": RED_CASE,
        "item_name": "公共场所卫生许可",
        "level": "RED",
        "severity": 1,
        "basis": "COMMITTED",
        "due": "2024-09-09",
        "overdue_days": 3,
        "raised_at": "2024-09-10T00:00:00+08:00",
        "sentence": {
            "zh-CN": "8月26日受理，次日起算；承诺10个工作日，没有停表；"
            "应于9月9日办结，至今未办结。",
            "en": "Accepted on 26 August, counted from the next day; 10 working days were "
            "promised, the clock never stopped; it was due on 9 September and is still open.",
        },
        "state": "RAISED",
    }
    return card | changes


def fact(kind: str, at: str, case_no: str | None, item: str | None) -> Document:
    """Return one line of the latest facts."""
    return {
        "time": f"2024-09-12T{at}+08:00",
        "type": f"casetrack.{kind}.v1",
        "case_no": case_no,
        "item_name": item,
        "activity": None,
    }


def picture(**changes: object) -> Document:
    """Return the whole picture that a snapshot carries."""
    whole: Document = {
        "as_of": AS_OF,
        "complete_to": AS_OF,
        "lag_seconds": 0.4,
        "demo": True,
        "principal": {"name": "王督察", "role": "SUPERVISOR"},
        "now": NOW,
        "late_next": [saveable(place) for place in range(12)],
        "red": [
            red_card(),
            red_card(
                alert_id="0192a6f0-6a1c-7c3e-9d51-2f6b1f0c8a12",
                case_no="XC20240813000041",
                item_name="建筑工程施工许可",
                basis="STATUTORY",
                severity=2,
                due="2024-09-10",
                overdue_days=2,
                raised_at="2024-09-11T00:00:00+08:00",
                state="ACKNOWLEDGED",
            ),
        ],
        "arrivals": {
            "hours": [0] * 8 + [14, 41, 41] + [0] * 13,
            "comparison": [0] * 8 + [11.5, 33.25, 30, 18.75, 4, 14.5, 27, 22.25, 16, 6.5] + [0] * 6,
        },
        "latest": [
            fact("intake.application.received", "10:42:05", "XC20240912000096", ITEMS[0]),
            fact("review.rating.posted", "10:41:58", "XC20240829000011", ITEMS[1]),
            fact("inspection.visit.concluded", "10:41:31", "XC20240904000023", ITEMS[0]),
            fact("committee.referral.made", "10:40:12", "XC20240903000008", ITEMS[4]),
            fact("rectification.case.closed", "10:39:47", "XC20240820000002", ITEMS[6]),
            fact("handling.hold.opened", "10:39:02", "XC20240905000019", ITEMS[2]),
            fact("intake.application.accepted", "10:38:44", "XC20240912000090", ITEMS[3]),
            fact("assist.task.completed", "10:38:01", None, None),
            fact("inspection.visit.concluded", "10:37:31", "XC20240904000029", ITEMS[0])
            | {"activity": "Confirmation of receipt"},
        ],
    }
    return whole | changes


def days(
    start: date, due: date, last: date, stopped: frozenset[date] = frozenset()
) -> list[Document]:
    """Return one entry a calendar day from *start* to *last*, as an explanation carries them."""
    count = (last - start).days + 1
    return [_day(start + timedelta(days=n), start, due, stopped) for n in range(count)]


def _day(day: date, start: date, due: date, stopped: frozenset[date]) -> Document:
    works = day in MAKE_UP or (day.weekday() < SATURDAY and day not in DAYS_OFF)
    entry: Document = {"date": str(day), "counted": works, "why": "", "kind": "counted"}
    if day == start:
        return entry | {"kind": "start", "counted": False, "event_id": "evt-accepted"}
    if day in stopped:
        reason = {"kind": "stopped", "counted": False, "ground": "TESTING"}
        return entry | reason | {"law": LAW_45, "event_id": "evt-hold"}
    if day >= due:
        return entry | {"kind": "due" if day == due else "after_due", "law": LAW_82}
    return entry | _off_or_on(day, works=works) | {"law": LAW_82}


def _off_or_on(day: date, *, works: bool) -> Document:
    if day in DAYS_OFF:
        return {"kind": "holiday", "name": "中秋节"}
    if not works:
        return {"kind": "weekend"}
    return {"kind": "make_up" if day in MAKE_UP else "counted"}


def explanation(**changes: object) -> Document:
    """Return the committed clock of the case that can still be saved, with its two stopped days."""
    hold = {"reason": "TESTING", "legal_basis": "LICENSING_LAW_45", "event_id": "evt-hold"}
    ran = {"reason": None, "legal_basis": None, "event_id": None, "running": True}
    stopped = frozenset({date(2024, 9, 5), date(2024, 9, 6)})
    document: Document = {
        "sla_id": "SLA-04",
        "clock": "COMMITTED",
        "policy_version": "2024.1",
        "calendar_version": "cn-2024.1",
        "limit": 10,
        "unit": "WD",
        "started_by": "0192a6f0-6a1c-7c3e-9d51-2f6b1f0c8a10",
        "starts_on": "2024-09-02",
        "due": "2024-09-19",
        "provisional": False,
        "stretches": [
            ran | {"from": "2024-09-03", "to": "2024-09-04"},
            hold | {"from": "2024-09-05", "to": "2024-09-06", "running": False},
            ran | {"from": "2024-09-07", "to": None},
        ],
        "days": days(date(2024, 9, 2), date(2024, 9, 19), date(2024, 9, 19), stopped),
        "consumed": 6,
        "remaining": 4,
        "level": None,
        "raised_at": None,
        "lateness_ms": None,
        "causes": ["evt-accepted", "evt-hold"],
        "sentence": {
            "zh-CN": "9月2日受理，次日起算；9月5日至6日因检验停表，不计入；"
            "9月14日（周六）为调休上班日，计入；应于9月19日办结。",
            "en": "Accepted on 2 September, counted from the next day; the clock stood still on "
            "5 and 6 September for testing; Saturday 14 September is a make-up working day and "
            "counts; due on 19 September.",
        },
    }
    return document | changes


def red_explanation() -> Document:
    """Return what made the red card red."""
    start, due, today = date(2024, 8, 26), date(2024, 9, 9), date(2024, 9, 12)
    return explanation(
        alert_id=RED_ALERT,
        case_no=RED_CASE,
        starts_on=str(start),
        due=str(due),
        stretches=[],
        days=days(start, due, today),
        consumed=13,
        remaining=-3,
        level="RED",
        raised_at="2024-09-10T00:00:00+08:00",
        lateness_ms=38,
        causes=["evt-accepted"],
        sentence=red_card()["sentence"],
    )


def history() -> list[Document]:
    """Return the timeline of the case that can still be saved."""
    steps = (
        ("intake.application.received", "2024-09-02T09:40:00+08:00"),
        ("intake.application.accepted", "2024-09-02T10:12:30+08:00"),
        ("handling.hold.opened", "2024-09-05T09:00:00+08:00"),
        ("handling.hold.closed", "2024-09-06T17:30:00+08:00"),
    )
    return [
        {"id": f"evt-{place}", "time": at, "recordedtime": at, "type": f"casetrack.{kind}.v1"}
        for place, (kind, at) in enumerate(steps)
    ]
