"""A seeded bureau for benchmarks: realistic events of many cases, in the order of time."""

import gc
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import (
    CaseClosed,
    DecisionMade,
    HoldClosed,
    HoldOpened,
    ResultDelivered,
    StepCompleted,
    StepStarted,
)
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from shared.contracts.registry import encode

Later = Callable[[float], datetime]

SEED = 20260901
SOURCE = "urn:casetrack:610102:bench"
ORG = {"org_code": "11610102MB29934570", "org_name": "新城区行政审批服务局"}
NAMES = """
    食品经营许可 公共场所卫生许可 劳务派遣经营许可 人力资源服务许可 民办学校设立审批
    医疗机构设置审批 建筑工程施工许可 城市道路挖掘审批 户外广告设置审批 林木采伐许可
    取水许可 药品零售许可 道路运输经营许可 特种设备使用登记 社会团体成立登记
    企业设立登记 个体工商户登记 危险化学品经营许可 排水许可 出版物零售许可
""".split()  # noqa: SIM905 - a list of twenty names reads better as a text
ITEMS = tuple((f"1161010200{number:04}", name) for number, name in enumerate(NAMES))
HELD = 0.12
"""How many steps are held up by a test."""
SENT_BACK = 0.1
"""How many steps are returned."""


@dataclass(frozen=True, slots=True)
class Span:
    """When cases are received, and how much of its usual time each takes."""

    start: datetime
    days: float
    pace: float = 1.0


YEAR_2025 = Span(datetime(2025, 1, 2, 1, tzinfo=UTC), days=200)


def bureau_events(
    events: int, cases: int, span: Span = YEAR_2025, *, bureau: int = 0
) -> Iterator[tuple[bytes, bytes]]:
    """
    Yield *events* pairs of key and body, oldest first, spread unevenly over about *cases*.

    Another *bureau* has other cases.
    """
    chance = random.Random(SEED + bureau)  # noqa: S311 - a benchmark, to be repeated
    steady = max(1, round((events / cases - 8) / 2))
    plan: list[tuple[datetime, int, Fact, str]] = []
    order = count()
    for number in count():
        if number >= cases and len(plan) >= events:
            break
        rounds = min(60, int(steady * chance.paretovariate(2.2) * 0.6 + 0.5))
        for time, fact in _case(f"XC2025{bureau:02}{number:06}", rounds, chance, span):
            plan.append((time, next(order), fact, f"W{number % 24:02}"))
    plan.sort(key=lambda entry: entry[:2])
    # Or whoever sends them would look through the whole plan for garbage, again and again.
    gc.freeze()
    for time, sequence, fact, window in plan[:events]:
        event = Event.of(
            fact,
            id=str(UUID(int=chance.getrandbits(128))),
            source=SOURCE,
            time=time,
            recordedtime=time,
            sequence=str(sequence),
            windowid=window,
            actorid="st-0041",
            actorrole="WINDOW_CLERK",
            districtcode="610102",
            correlationid=str(UUID(int=chance.getrandbits(128))),
        )
        yield event.partitionkey.encode(), encode(event)


def _case(
    case_no: str, rounds: int, chance: random.Random, span: Span
) -> Iterator[tuple[datetime, Fact]]:
    now = span.start + timedelta(days=span.days * chance.random())

    def later(hours: float) -> datetime:
        nonlocal now
        now += span.pace * timedelta(hours=chance.uniform(0.2, hours))
        return now

    yield from _intake(case_no, chance, later)
    yield from _examination(case_no, rounds, chance, later)
    yield from _outcome(case_no, later)


def _intake(case_no: str, chance: random.Random, later: Later) -> Iterator[tuple[datetime, Fact]]:
    item_code, item_name = chance.choice(ITEMS)
    case = {"case_no": case_no, "item_code": item_code, "item_version": 3, "case_type": "COMMITTED"}
    document = {"doc_type": "ACCEPTANCE_NOTICE", "doc_no": f"2025-{case_no[-6:]}"}
    yield (
        (now := later(0.3)),
        ApplicationReceived.model_validate(
            {
                "case": case,
                "party": {
                    "party_token": f"pt-{chance.getrandbits(96):024x}",
                    "party_type": "ENTERPRISE",
                },
                "channel": chance.choice(("WINDOW", "PC", "MOBILE", "SELF_SERVICE")),
                "terminal": "WINDOW",
                "agent_present": False,
                "received_date": now.date(),
                "item_name": item_name,
                "handling_org": ORG,
                "materials": [
                    {"name": "申请书", "required": True, "provided": True, "form": "PAPER"}
                ],
                "weekend": False,
            }
        ),
    )
    yield (
        (now := later(8)),
        ApplicationAccepted.model_validate(
            {
                "case": case,
                "mode": "NORMAL",
                "effective_date": now.date(),
                "accept_doc": document,
                "statutory_limit": 20,
                "statutory_unit": "WD",
                "committed_limit": chance.choice((5, 7, 10)),
                "committed_unit": "WD",
                "promise_date": now.date() + timedelta(days=14),
                "grade": "L2",
                "steps": [{"step": "HANDLE", "limit": 5}, {"step": "CHECK", "limit": 3}],
            }
        ),
    )


def _examination(
    case_no: str, rounds: int, chance: random.Random, later: Later
) -> Iterator[tuple[datetime, Fact]]:
    for step_no in range(1, rounds + 2):
        step = {"case_no": case_no, "step": "HANDLE", "step_no": step_no}
        yield later(12), StepStarted.model_validate({**step, "org": ORG, "assignee": "st-0107"})
        if chance.random() < HELD:
            yield from _hold(case_no, f"h-{step_no}", later)
        action = "RETURN" if chance.random() < SENT_BACK else "PASS"
        yield later(20), StepCompleted.model_validate({**step, "action": action})


def _outcome(case_no: str, later: Later) -> Iterator[tuple[datetime, Fact]]:
    yield (
        (now := later(30)),
        DecisionMade.model_validate(
            {
                "case_no": case_no,
                "decision": "APPROVED",
                "decision_date": now.date(),
                "document": {"doc_type": "DECISION", "doc_no": f"2025-{case_no[-6:]}"},
                "remedies_told": True,
                "instant": False,
            }
        ),
    )
    closing = {"result_type": "CERTIFICATE_ISSUED", "onsite_visits": 1}
    yield (
        (now := later(5)),
        CaseClosed.model_validate({"case_no": case_no, "closed_date": now.date(), **closing}),
    )
    yield (
        (now := later(60)),
        ResultDelivered.model_validate(
            {"case_no": case_no, "mode": "WINDOW", "delivered_date": now.date()}
        ),
    )


def _hold(case_no: str, hold_id: str, later: Later) -> Iterator[tuple[datetime, Fact]]:
    yield (
        later(6),
        HoldOpened.model_validate(
            {
                "hold_id": hold_id,
                "case_no": case_no,
                "reason": "TESTING",
                "basis": "LICENSING_LAW_45",
                "pauses": ["COMMITTED", "STATUTORY"],
                "written_notice": {"doc_type": "NOTICE"},
                "requested_by": "st-0041",
                "approved_by": "st-0001",
            }
        ),
    )
    yield later(70), HoldClosed.model_validate({"hold_id": hold_id, "case_no": case_no})
