"""One morning of the bureau as the metrics service would send it: what the rendering tests show."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import convert, to_builtins

from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.clocks.parties import clock_waits, used_by
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.subjects.terms import Hold, Terms
from services.metrics.domain.today import values_of_the_day
from services.metrics.handlers.tiles import tiles as tiles_of
from services.metrics.ports.glances import Glance
from services.metrics.views.alert import Alert, AlertAction, AlertLine, CardGroup, CardGroups
from services.metrics.views.case import Case, Elapsed, NextDeadline
from services.metrics.views.explanation import PartyTime
from services.metrics.views.today import LateNext, LatestFact, RedCard, Snapshot
from services.metrics.views.view import Both, View
from shared.contracts.handling.course import Phase
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName, ClockParty
from shared.policy.parties import bureau_parties
from tests.support.clock_facts import ClockFacts, clocks

Document = dict[str, Any]

SAVEABLE_CASE = "XC20240902000017"
RED_CASE = "XC20240826000003"
RED_ALERT = "0192a6f0-6a1c-7c3e-9d51-2f6b1f0c8a11"
AS_OF = "2024-09-12T10:42:07+08:00"
ASKED_AT = midnight(date(2024, 9, 12))
RAISED_AT = datetime.fromisoformat("2024-09-10T00:00:00+08:00")

STREET = "西安市新城区西一路街道便民服务中心"
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


def document(view: View) -> Document:
    """Return what *view* is on the wire, for tests that send something else in its place."""
    plain: Document = to_builtins(view)
    return plain


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
    "complaints_today": 3,
    "consultations_today": 11,
}


def tiles(**now: int) -> list[Document]:
    """Return the tiles as the service makes them of the numbers *now*."""
    shown = NOW | now
    statutory = shown["red_statutory"]
    cards = {
        (AlertLevel.YELLOW, "COMMITTED"): shown["yellow"],
        (AlertLevel.RED, "COMMITTED"): shown["red"] - statutory,
        (AlertLevel.RED, "STATUTORY"): statutory,
    }
    glance = Glance(0, 0, (), {}, cards, 0, (), (), (), {})
    today = datetime.fromisoformat(AS_OF).date()
    made = tiles_of(glance, values_of_the_day({}, today), today)
    return [document(tile) for tile in made]


def saveable(place: int, **changes: object) -> Document:
    """Return the row of a case near its limit, the *place*-th most urgent."""
    row = LateNext(
        case_no=SAVEABLE_CASE if place == 0 else f"XC2024090200{place:04d}",
        item_code=f"ITEM-{place:02d}",
        item_name=ITEMS[place % len(ITEMS)],
        clock="STATUTORY" if place % 5 == 4 else "COMMITTED",
        sla_id="SLA-05" if place % 5 == 4 else "SLA-04",
        due=date(2024, 9, 12) + timedelta(days=min(place // 3, 2)),
        days_left=min(place // 3, 2),
        seconds_left=10_800 + 86_400 * min(place // 3, 2),
        level=AlertLevel.YELLOW if place < 9 else None,
        limit=20 if place % 5 == 4 else 10,
        unit="WD",
        consumed=18 if place % 5 == 4 else 10 - min(place // 3, 2),
        stopped_days=2 if place % 4 == 0 else 0,
        provisional=place == 7,
        paused=False,
    )
    return document(row) | changes


def red_card(**changes: object) -> Document:
    """Return a red card with its reason in one sentence."""
    card = RedCard(
        alert_id=RED_ALERT,
        case_no=RED_CASE,
        item_name="公共场所卫生许可",
        level=AlertLevel.RED,
        severity=1,
        basis="COMMITTED",
        due=date(2024, 9, 9),
        overdue_days=3,
        raised_at=RAISED_AT,
        sentence=Both(
            "8月26日受理，第二日起算；应于9月9日办结，至9月12日已逾期3个工作日。",
            "Accepted on 26 August, counted from the next day; due on 9 September, "
            "overdue by 3 working days on 12 September.",
        ),
        state=AlertState.RAISED,
    )
    return document(card) | changes


def fact(kind: str, at: str, case_no: str | None, item: str | None) -> Document:
    """Return one line of the latest facts."""
    told_at = datetime.fromisoformat(f"2024-09-12T{at}+08:00")
    return document(LatestFact(told_at, f"casetrack.{kind}.v1", case_no, item, None))


def picture(**changes: object) -> Document:
    """Return the whole picture that a snapshot carries, with *changes* in its parts."""
    whole = {
        "as_of": AS_OF,
        "complete_to": AS_OF,
        "lag_seconds": 0.4,
        "rebuilding": None,
        "demo": True,
        "principal": {"name": "王督察", "role": "SUPERVISOR", "org_name": None},
        "tiles": tiles(),
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
                sentence={
                    "zh-CN": "8月13日受理，第二日起算；应于9月10日办结，至9月12日已逾期2个工作日。",
                    "en": "Accepted on 13 August, counted from the next day; due on 10 September, "
                    "overdue by 2 working days on 12 September.",
                },
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
    return document(convert(whole, Snapshot)) | changes


def explanation(name: ClockName = ClockName.COMMITTED) -> Document:
    """Return a clock of the case that can still be saved, with its two stopped days."""
    hold = Hold(
        hold_id="hold-1",
        reason="TESTING",
        basis="LICENSING_LAW_45",
        pauses=("COMMITTED", "STATUTORY"),
        opened_on=date(2024, 9, 5),
        opened_by="evt-hold",
        closed_on=date(2024, 9, 7),
        closed_by="evt-resumed",
    )
    terms = Terms(date(2024, 9, 2), "evt-accepted", 20, "WD", 10, "WD")
    facts = ClockFacts(SAVEABLE_CASE, terms, holds=(hold,))
    return _explained(facts, name) | {"used": _used(facts, name)}


def red_explanation() -> Document:
    """Return what made the red card red."""
    terms = Terms(date(2024, 8, 26), "evt-accepted", 20, "WD", 10, "WD")
    raised = Raised(AlertLevel.RED, RAISED_AT, 38)
    explained = _explained(ClockFacts(RED_CASE, terms), ClockName.COMMITTED, raised)
    card = {
        "alert_id": RED_ALERT,
        "case_no": RED_CASE,
        "item_name": ITEMS[1],
        "basis": explained["clock"],
        "severity": 1,
        "state": "RAISED",
        "recorded_at": explained["raised_at"],
        "reason": None,
        "as_raised": explained,
        "org_code": None,
        "org_name": None,
        "actions": ["ACKNOWLEDGE"],
        "escalated": 0,
        "by_hand": False,
        "history": [],
        "proposal": None,
        "orders": [],
    }
    return document(convert(explained | card, Alert))


def alert_line(place: int, **changes: object) -> Document:
    """Return the *place*-th card of a list, each raised a day before the one above it."""
    red = place % 3 == 0
    raised_at = RAISED_AT - timedelta(days=place)
    line = AlertLine(
        alert_id=RED_ALERT if place == 0 else f"0192a6f0-6a1c-7c3e-9d51-{place:012d}",
        case_no=RED_CASE if place == 0 else f"XC202408{20 - place % 9:02d}{place:06d}",
        item_name=ITEMS[(place + 1) % len(ITEMS)],
        sla_id="SLA-05" if place % 5 == 4 else "SLA-04",
        subject=RED_CASE,
        episode=0,
        clock="STATUTORY" if place % 5 == 4 else "COMMITTED",
        basis="STATUTORY" if place % 5 == 4 else "COMMITTED",
        level=AlertLevel.RED if red else AlertLevel.YELLOW,
        severity=1,
        state=AlertState.ACKNOWLEDGED if place % 4 == 3 else AlertState.RAISED,
        due=date(2024, 9, 9) if red else date(2024, 9, 13),
        raised_at=raised_at,
        recorded_at=raised_at,
        lateness_ms=38,
        reason=None,
        escalated=0,
        by_hand=False,
        name=Both("法定审批时限", "statutory limit")
        if place % 5 == 4
        else Both("承诺审批时限", "committed limit"),
        remaining=-3 if red else 1,
        unit="WD",
        paused=False,
        org_code="11610102MB1000050T",
        org_name="西安市新城区西一路街道便民服务中心",
        actions=() if place % 4 == 3 else (AlertAction.ACKNOWLEDGE,),
    )
    return document(line) | changes


def card_groups() -> Document:
    """Return how many cards stand, and where."""
    levels = {AlertLevel.RED: 2, AlertLevel.YELLOW: 10}
    name = "西安市新城区西一路街道便民服务中心"
    groups = CardGroups(
        rules=[
            CardGroup("SLA-04", Both("承诺审批时限", "committed limit"), levels),
            CardGroup("SLA-05", Both("法定审批时限", "statutory limit"), {AlertLevel.RED: 1}),
        ],
        organisations=[
            CardGroup("11610102MB1000050T", Both(name, name), levels),
            CardGroup("", None, {AlertLevel.RED: 1}),
        ],
    )
    return document(groups)


def runs() -> list[Document]:
    """Return the runs of the case that can still be saved: its own, and of what is beside it."""
    ended = explanation() | {
        "sla_id": "SLA-01",
        "name": {"zh-CN": "接收材料审核", "en": "intake decision"},
        "clock": "INTAKE",
        "due": "2024-09-04",
        "ended_on": "2024-09-02",
        "limit": 2,
        "consumed": 0,
        "remaining": 2,
        "used": [],
    }
    visit = red_explanation() | {
        "sla_id": "SLA-08",
        "subject": "inspection-7",
        "name": {"zh-CN": "现场勘验", "en": "site visit"},
        "clock": "INSPECT_VISIT",
    }
    visit["used"] = [_whole(visit["consumed"])]
    next_time = {"due": "2024-09-16", "due_at": "2024-09-17T00:00:00+08:00"}
    again = visit | next_time | {"episode": 1, "level": "YELLOW", "consumed": 9, "remaining": 1}
    again["used"] = [_whole(9)]
    paused = explanation(ClockName.STATUTORY)
    last = paused["stretches"][-1] | {"running": False, "to": None, "reason": "TESTING"}
    stands = paused | {"stretches": [*paused["stretches"], last], "due": None, "due_at": None}
    return [explanation(), stands, visit, again, ended]


def forgotten_explanation() -> Document:
    """Return a clock that nobody has ended since the year before."""
    terms = Terms(date(2023, 8, 28), "evt-accepted", 20, "WD", 10, "WD")
    return _explained(ClockFacts(SAVEABLE_CASE, terms), ClockName.COMMITTED)


def unending_explanation() -> Document:
    """Return a clock so old that not even its last days are listed one by one."""
    terms = Terms(date(2019, 8, 26), "evt-accepted", 20, "WD", 10, "WD")
    return _explained(ClockFacts(SAVEABLE_CASE, terms), ClockName.COMMITTED)


CASE = Case(
    case_no=SAVEABLE_CASE,
    phase=Phase.EXAMINING,
    open=True,
    item_code="ITEM-00",
    item_name=ITEMS[0],
    source="urn:casetrack:610102:intake",
    window="W12",
    channel="WINDOW",
    received_at=datetime.fromisoformat("2024-09-02T09:40:00+08:00"),
    due={"COMMITTED": date(2024, 9, 19), "STATUTORY": date(2024, 10, 8)},
    deadline=NextDeadline(
        sla_id="SLA-04",
        name=Both("承诺审批时限", "committed limit"),
        clock="COMMITTED",
        due=date(2024, 9, 19),
        due_at=datetime.fromisoformat("2024-09-20T00:00:00+08:00"),
        remaining=4,
        unit="WD",
        paused=False,
        provisional=False,
    ),
    paused=False,
    level=AlertLevel.YELLOW,
    facts=4,
    anomalies=0,
    org_code="11610102MB1000050T",
    org_name=STREET,
    received_on=date(2024, 9, 2),
    accepted_on=date(2024, 9, 2),
    ended_on=None,
    decision=None,
    closed_on=None,
    delivered_on=None,
    terms=None,
    holds=(),
    extensions=(),
    corrections=0,
    returns=0,
    subjects=(),
    cards=(),
    anomalous=(),
)


def elapsed(*used: PartyTime, ended: bool = False) -> Document:
    """Return whose the working days of the case were that can still be saved."""
    days = sum(one.elapsed for one in used)
    return document(Elapsed(date(2024, 9, 2), date(2024, 9, 12), ended, days, used))


def case_head() -> Document:
    """Return what is said of a case before its deadlines."""
    return document(CASE)


def _explained(facts: ClockFacts, name: ClockName, raised: Raised | None = None) -> Document:
    """Ask the domain itself, so that the page is tested with what it will be sent."""
    found = clocks(facts)
    clock = next(clock for clock in found if clock.name is name)
    return document(explain(clock, ASKED_AT, raised))


def _whole(days: int) -> Document:
    """Return time that was all the applicant's."""
    return document(PartyTime(ClockParty.APPLICANT, days, days))


def _used(facts: ClockFacts, name: ClockName) -> list[Document]:
    """Ask the domain whose time it was."""
    clock = next(clock for clock in clocks(facts) if clock.name is name)
    waits = clock_waits(clock, facts.dossier, bureau_parties())
    return [document(PartyTime(*one)) for one in used_by(clock, waits, ASKED_AT)]
