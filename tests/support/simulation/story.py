"""What happens in the simulated weeks: cases told by commands, and cases told by strangers."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from services.intake.domain.case import commands, holds
from services.intake.domain.case.command import CaseCommand
from shared.contracts.documents import write
from shared.contracts.handling.words import ResultType, Step, StepAction
from shared.contracts.intake.words import Channel, Terminal
from shared.contracts.publishing import example_of
from shared.contracts.words import CaseType
from shared.policy.calendar import ZONE
from tests.support import intake_cases as known
from tests.support.simulation.chance import Chance
from tests.support.simulation.life import DAY, HOUR, MINUTE

START = datetime(2024, 9, 18, 8, 30, tzinfo=ZONE)
"""Before a make-up Sunday, the long October holiday and a make-up Saturday."""

STRANGER = "urn:xincheng:hall-terminal:s1"
INTRUDER = "urn:shaanxi:qinwuyuan:s1"
"""Tells of cases that are ours; whatever it says, they are as we have them."""
POISONS = (b"{", b"[]", b'{"specversion":"1.0"}', b"\xff\xfe", b'{"id":"a","id":"b"}')
LIMITS = ((3, 5), (5, 10), (10, 20))
DOORS = ("http", "batch", "inbox")

ANSWER_BY = date(2024, 9, 27)
"""The last day for a correction, which notices of these weeks name."""

OURS = frozenset({"at", "calendar", "silence_days", "answer_by", "believed_from", "off_guide"})
"""What the service adds to the words of a command."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command as it comes over HTTP: its type and its words."""

    command: type[CaseCommand]
    words: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A command, how long after the one before, and whether somebody else wants it just then."""

    after: int
    ask: Ask
    twice: bool
    same_key: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """A fact of another system: when it happened, when and how often it is sent, by which door."""

    body: bytes
    event_id: str
    key: str
    sent_at: datetime
    source: str
    door: str
    times: int


def wishes(case_no: str, chance: Chance) -> Iterator[Wish]:
    """Yield what clerks want of one case; some of it is out of turn."""
    committed, statutory = chance.one_of(*LIMITS)
    decide, close = _on(known.DECIDE, case_no), _on(CLOSE, case_no)
    accepting = replace(
        known.ACCEPT, case_no=case_no, committed_limit=committed, statutory_limit=statutory
    )
    yield _wish(chance, _on(RECEIVE, case_no))
    if chance.by(0.3):
        yield _wish(chance, decide)
    yield from _answers(case_no, _on(accepting, case_no), chance)
    yield _wish(chance, _on(START_STEP, case_no))
    if chance.by(0.4):
        yield _wish(chance, _on(known.open_hold(), case_no))
        yield _wish(chance, decide)
        yield _wish(chance, _on(CLOSE_HOLD, case_no), days=6)
    yield _wish(chance, _on(COMPLETE_STEP, case_no))
    if chance.by(0.8):
        yield _wish(chance, decide, days=14)
        yield _wish(chance, close)
        yield _wish(chance, close)


def _answers(case_no: str, accepting: Ask, chance: Chance) -> Iterator[Wish]:
    """Yield what breaks the silence after a receipt: in time, at the last moment, or nothing."""
    match chance.one_of("in time", "in time", "late", "never", "corrected", "uncorrected"):
        case "in time":
            yield _wish(chance, accepting)
        case "late":
            yield _wish(chance, accepting, days=12)
        case "corrected":
            yield _wish(chance, _on(REQUEST, case_no))
            yield _wish(chance, _on(DELIVER, case_no), days=10)
            yield _wish(chance, accepting, days=12)
        case "uncorrected":
            yield _wish(chance, _on(REQUEST, case_no))
        case _:
            return


def tellings(case_no: str, chance: Chance) -> list[Telling]:
    """Return what a stranger has to tell of one case, in the order in which it is sent."""
    facts = list(_facts(case_no, chance))
    told = [_telling(case_no, number, chance, *fact) for number, fact in enumerate(facts)]
    return sorted(told, key=lambda telling: (telling.sent_at, telling.event_id))


def intrusions(case_no: str, now: datetime, chance: Chance) -> list[Telling]:
    """Return what an intruder tells of a case that is on record *now*: often nothing."""
    told = []
    for number in range(chance.one_of(0, 0, 1, 2)):
        kind = chance.one_of("handling.decision.made", "handling.case.closed")
        at = now + timedelta(seconds=chance.between(MINUTE, 9 * DAY))
        day = "decision_date" if kind == "handling.decision.made" else "closed_date"
        data = {"case_no": case_no, day: _day(now)}
        told.append(_telling(f"{case_no}-i", number, chance, kind, at, data, INTRUDER))
    return told


def _facts(case_no: str, chance: Chance) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    at = START + timedelta(seconds=chance.between(HOUR, 8 * DAY))
    committed, statutory = chance.one_of(*LIMITS)
    case = {"case_no": case_no}
    yield "intake.application.received", at, {"case": case, "received_date": _day(at)}
    at += timedelta(seconds=chance.between(MINUTE, DAY))
    limits = {"committed_limit": committed, "statutory_limit": statutory}
    accepted = {"case": case, "effective_date": _day(at), "promise_date": _day(at), **limits}
    yield "intake.application.accepted", at, accepted
    for number in range(chance.one_of(0, 0, 1, 2)):
        hold = {**case, "hold_id": f"{case_no}-h{number}"}
        at += timedelta(seconds=chance.between(HOUR, 5 * DAY))
        pauses = ["COMMITTED"] if chance.by(0.3) else ["COMMITTED", "STATUTORY"]
        reason = {"reason": "TESTING", "basis": "LICENSING_LAW_45", "pauses": pauses}
        yield "handling.hold.opened", at, {**hold, **reason}
        at += timedelta(seconds=chance.between(HOUR, 9 * DAY))
        yield "handling.hold.closed", at, hold
    if chance.by(0.2):
        yield "handling.hold.closed", at, {**case, "hold_id": "never-opened"}
    if chance.by(0.75):
        at += timedelta(seconds=chance.between(HOUR, 16 * DAY))
        on = at - timedelta(days=1) if chance.by(0.2) else at
        yield "handling.decision.made", at, {**case, "decision_date": _day(on)}
        at += timedelta(seconds=chance.between(MINUTE, 2 * DAY))
        yield "handling.case.closed", at, {**case, "closed_date": _day(at)}


def _telling(  # noqa: PLR0913, PLR0917 - a fact has so many parts
    name: str,
    number: int,
    chance: Chance,
    kind: str,
    at: datetime,
    data: dict[str, Any],
    source: str = STRANGER,
) -> Telling:
    event_id = f"{name}-{number}"
    case_no = data["case"]["case_no"] if "case" in data else data["case_no"]
    delay = chance.between(0, 2 * HOUR) if chance.by(0.6) else chance.between(HOUR, 8 * DAY)
    example = _example(kind)
    whole = {**example["data"], **data}
    if "case" in data:
        whole["case"] = {**example["data"]["case"], **data["case"]}
    document = {
        **{name: example[name] for name in ("specversion", "type", "datacontenttype")},
        "id": event_id,
        "source": source,
        "time": at.isoformat(),
        "data": whole,
        "subject": case_no,
        "partitionkey": case_no,
    }
    sent_at = at + timedelta(seconds=delay)
    times, door = chance.one_of(1, 1, 1, 2, 3), chance.one_of(*DOORS)
    return Telling(write(document), event_id, case_no, sent_at, source, door, times)


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def _wish(chance: Chance, ask: Ask, days: int = 3) -> Wish:
    after = chance.between(MINUTE, days * DAY)
    return Wish(after, ask, twice=chance.by(0.3), same_key=chance.by(0.5))


def _on(command: CaseCommand, case_no: str) -> Ask:
    words = {one.name: getattr(command, one.name) for one in fields(command)}
    said = {name: word for name, word in words.items() if name not in OURS}
    return Ask(type(command), {**said, "case_no": case_no})


@cache
def _example(kind: str) -> dict[str, Any]:
    return example_of(f"casetrack.{kind}.v1")


RECEIVE = commands.ReceiveApplication(
    at=known.NINE,
    case_no=known.NO,
    item_code="000117051000",
    item_version=4,
    item_name="食品经营许可",
    case_type=CaseType.COMMITTED,
    party=known.PARTY,
    channel=Channel.WINDOW,
    terminal=Terminal.WINDOW,
    agent_present=False,
    handling_org=known.BUREAU,
)
REQUEST = commands.RequestCorrection(
    at=known.NINE,
    case_no=known.NO,
    answer_by=ANSWER_BY,
    items=(known.DEFECT,),
    notice=known.PAPER,
    deadline=ANSWER_BY,
)
DELIVER = commands.ReceiveCorrection(at=known.NINE, case_no=known.NO, complete=True)
START_STEP = commands.StartStep(
    at=known.NINE, case_no=known.NO, step=Step.HANDLE, org=known.BUREAU, assignee="st-0041"
)
COMPLETE_STEP = commands.CompleteStep(
    at=known.NINE, case_no=known.NO, step_no=1, action=StepAction.PASS
)
CLOSE_HOLD = holds.CloseHold(at=known.NINE, case_no=known.NO, hold_id="hold-1")
CLOSE = commands.CloseCase(
    at=known.NINE,
    case_no=known.NO,
    result_type=ResultType.CERTIFICATE_ISSUED,
    onsite_visits=0,
)
