"""What other systems tell of the weeks before: cases that are done, under way, near, and late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from deploy.bureau.items import (
    BUREAU,
    ITEMS,
    STATUTORY_DAYS,
    SUPERVISING,
    VERSION,
    WEIGHTS,
    Item,
)
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import (
    CaseArchived,
    CaseClosed,
    DecisionDisclosed,
    DecisionMade,
    HoldClosed,
    HoldOpened,
    LinkPushed,
    ResultDelivered,
    StepCompleted,
    StepStarted,
)
from shared.contracts.handling.words import DeliveryMode
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from shared.contracts.review.facts import RatingPosted
from shared.contracts.words import LimitUnit
from shared.policy.calendar import ZONE, WorkCalendar
from shared.policy.counting import due

PUBLISHER = "hall-terminal"
SOURCE = "urn:xincheng:hall-terminal:zonghe"
DAYS_BACK = 24
CASES_A_DAY = 7
NEGLECTED = 0.05
"""So often a case is left lying until it is late."""
FORGOTTEN_HOLDS = 2
"""Late cases whose pause is only told of today, which heals them."""
OPENS, CLOSES = 9, 17
MINUTES = 60
STEPS = [{"step": "HANDLE", "limit": 2}, {"step": "CHECK", "limit": 1}]
RATED, LIES = 0.3, 0.6


@dataclass(frozen=True, slots=True)
class Past:
    """One case of the weeks before; *lies* says that nobody has taken it up since it came in."""

    case_no: str
    item: Item
    received_at: datetime
    window: str
    decided_at: datetime | None
    promised: date
    late: bool
    lies: bool


@dataclass(frozen=True, slots=True)
class PastWeeks:
    """The weeks before *today*, the same for one seed however often they are told."""

    today: date
    seed: int
    calendar: WorkCalendar

    def cases(self) -> Iterator[Past]:
        """Yield the cases, oldest first."""
        chance = Random(f"{self.seed}-{self.today}")  # noqa: S311 - a story, no secret
        last = self.calendar.before(self.today.toordinal())
        for back in range(DAYS_BACK - 1, -1, -1):
            day = date.fromordinal(self.calendar.nth(last - back))
            for number in range(1, CASES_A_DAY + 1):
                yield self._case(day, number, chance)

    def _case(self, day: date, number: int, chance: Random) -> Past:
        (item,) = chance.choices(ITEMS, WEIGHTS)
        received_at = _hour(day, chance)
        neglected = item.days > 0 and chance.random() < NEGLECTED
        limit = due(self.calendar, day, item.days, LimitUnit.WD) or day
        taken = chance.randint(0, item.days)
        decided_on = due(self.calendar, day, taken, LimitUnit.WD) or day
        done = not neglected and decided_on < self.today
        return Past(
            case_no=f"XC{day:%Y%m%d}{self.seed % 1000:03}{number:03}",
            item=item,
            received_at=received_at,
            window=f"W{chance.randint(1, 12):02}",
            decided_at=received_at + (decided_on - day) + timedelta(minutes=20) if done else None,
            promised=limit,
            late=not done and limit < self.today,
            lies=not done and chance.random() < LIES,
        )


def told(past: Past) -> Iterator[Event]:
    """Yield the facts of one case as the hall's terminal publishes them."""
    chance = Random(past.case_no)  # noqa: S311 - a story, no secret
    for number, (at, fact) in enumerate(_facts(past, chance), start=1):
        yield _event(past, fact, at, number)


def forgotten_hold(past: Past, today: date) -> Iterator[Event]:
    """Yield a pause since shortly after *past* came in, of which nobody had told us."""
    hold = f"TB-{past.case_no}"
    opened_at = past.received_at + timedelta(hours=2)
    held = {
        "hold_id": hold,
        "case_no": past.case_no,
        "reason": "EXPERT_REVIEW",
        "basis": "LICENSING_LAW_45",
        "pauses": ["COMMITTED", "STATUTORY"],
        "expected_days": 20,
        "written_notice": {"doc_type": "SPECIAL_PROCEDURE_NOTICE", "doc_no": hold},
        "requested_by": "st-0107",
        "approved_by": "st-0003",
    }
    # Never ahead of whoever tells of it, however early in the day.
    closed_at = datetime.combine(today, time(), ZONE)
    released = {"hold_id": hold, "case_no": past.case_no, "result": "专家评审通过"}
    yield _event(past, HoldOpened.model_validate(held), opened_at, 90)
    yield _event(past, HoldClosed.model_validate(released), closed_at, 91)


def _facts(past: Past, chance: Random) -> Iterator[tuple[datetime, Fact]]:
    """Yield what happened, and when; the end only where there was one."""
    case = {
        "case_no": past.case_no,
        "item_code": past.item.code,
        "item_version": VERSION,
        "case_type": past.item.case_type,
    }
    day = past.received_at.date()
    yield past.received_at, _received(past, case, chance)
    yield past.received_at + timedelta(minutes=chance.randint(5, 30)), _accepted(past, case, day)
    if past.lies:
        return
    handled = {"case_no": past.case_no, "step": "HANDLE", "step_no": 1}
    started_at = past.received_at + timedelta(minutes=40)
    step = {**handled, "org": BUREAU, "assignee": "st-0107"}
    yield started_at, StepStarted.model_validate(step)
    if past.decided_at is None:
        return
    decided_at = max(past.decided_at, started_at + timedelta(minutes=20))
    yield (
        decided_at - timedelta(minutes=9),
        StepCompleted.model_validate({**handled, "action": "PASS"}),
    )
    yield from _ending(past, decided_at, chance)


def _received(past: Past, case: dict[str, object], chance: Random) -> ApplicationReceived:
    token = f"pt-{chance.getrandbits(64):016x}"
    return ApplicationReceived.model_validate({
        "case": case,
        "party": {"party_token": token, "party_type": "ENTERPRISE"},
        "channel": chance.choice(("WINDOW", "WINDOW", "PC", "MOBILE", "SELF_SERVICE")),
        "terminal": "WINDOW",
        "agent_present": False,
        "received_date": past.received_at.date(),
        "item_name": past.item.name,
        "handling_org": BUREAU,
        "materials": [{"name": "申请书", "required": True, "provided": True, "form": "PAPER"}],
        "weekend": False,
    })  # fmt: skip


def _accepted(past: Past, case: dict[str, object], day: date) -> ApplicationAccepted:
    return ApplicationAccepted.model_validate({
        "case": case,
        "mode": "NORMAL",
        "effective_date": day,
        "accept_doc": {"doc_type": "ACCEPTANCE_NOTICE", "doc_no": f"SL-{past.case_no}"},
        "statutory_limit": STATUTORY_DAYS,
        "statutory_unit": "WD",
        "committed_limit": past.item.days,
        "committed_unit": "WD",
        "promise_date": past.promised,
        "grade": "L2",
        "steps": STEPS if past.item.days else [],
    })  # fmt: skip


def _ending(past: Past, decided_at: datetime, chance: Random) -> Iterator[tuple[datetime, Fact]]:
    named = {"case_no": past.case_no}
    document = {"doc_type": "DECISION", "doc_no": f"JD-{past.case_no}"}
    decision = {"decision": "APPROVED", "decision_date": decided_at.date(), "document": document}
    closing = {"result_type": "CERTIFICATE_ISSUED", "closed_date": decided_at.date()}
    yield (
        decided_at,
        DecisionMade.model_validate(
            {**named, **decision, "remedies_told": True, "instant": not past.item.days}
        ),
    )
    closed_at = decided_at + timedelta(minutes=15)
    yield closed_at, CaseClosed.model_validate({**named, **closing, "onsite_visits": 1})
    yield from _afterwards(past.case_no, closed_at)
    if chance.random() < RATED:
        yield closed_at + timedelta(minutes=6), RatingPosted.model_validate({
            **named,
            "review_id": f"PJ-{past.case_no}",
            "item_code": past.item.code,
            "phase": "COMPLETION",
            "scope": "MATTER",
            "channel": "HALL_TABLET",
            "level": chance.choice(("VERY_SATISFIED", "SATISFIED")),
            "indicators": [],
            "has_text": False,
            "real_name": False,
            "rated_org": BUREAU,
            "assess_no": 1,
            "reported_upstream": True,
        })  # fmt: skip


def _afterwards(case_no: str, closed_at: datetime) -> Iterator[tuple[datetime, Fact]]:
    """Yield what the law asks for after a decision: nothing of it was left lying."""
    on = closed_at.date()
    served = ResultDelivered(case_no=case_no, mode=DeliveryMode.WINDOW, delivered_date=on)
    shown = DecisionDisclosed(case_no=case_no, platform="CREDIT_CHINA", published_date=on)
    filed = CaseArchived(case_no=case_no, electronic=True, archive_no=f"DA-{case_no}")
    pushed = LinkPushed.model_validate(
        {"case_no": case_no, "to_org": SUPERVISING, "acknowledged": True}
    )
    for minutes, fact in ((2, served), (3, shown), (4, pushed), (5, filed)):
        yield closed_at + timedelta(minutes=minutes), fact


def _event(past: Past, fact: Fact, at: datetime, number: int) -> Event:
    return Event.of(
        fact,
        id=f"{past.case_no}-{number}",
        source=SOURCE,
        time=at,
        sequence=str(number),
        windowid=past.window,
        siteid="xc-hall",
    )


def _hour(day: date, chance: Random) -> datetime:
    minute = chance.randrange((CLOSES - OPENS) * MINUTES)
    return datetime.combine(day, time(OPENS), ZONE) + timedelta(minutes=minute)
