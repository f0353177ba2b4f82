"""The case: what was filed, promised, held up and decided."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.aids import CreditUse, InstrumentUse, used_again
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending, Extension, Hold, Terms
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.commitment.facts import SupplementExpired
from shared.contracts.course import Course
from shared.contracts.credit.facts import CreditModeApplied
from shared.contracts.envelope import Fact
from shared.contracts.handling import course
from shared.contracts.handling import facts as handling
from shared.contracts.handling.course import Phase
from shared.contracts.handling.words import DigitalInstrument, ResultType
from shared.contracts.instrument.facts import InstrumentUsed
from shared.contracts.intake import facts as intake
from shared.contracts.moments import meant_day_of
from shared.contracts.types import count_of
from shared.policy.calendar import business_date

MISTAKES_MAX = 32
"""So many mistakes of one case are kept."""
ASSIGNEES_MAX = 32
"""Of so many people to whom its steps were given the names are kept."""

OFFER = "hearing/offer"
"""The name of the wait for an applicant who may ask for a hearing; no hold has such a one."""

VOIDED_BY: Mapping[str, ResultType] = {
    "VOID": ResultType.VOIDED,
    "DELETED_ERROR": ResultType.DELETED,
}
"""The results of cases that are ended without a decision, by cause (作废, 删除)."""


class Mistake(Struct, frozen=True, array_like=True, gc=False):
    """An error of the bureau's own in one case (业务受理差错)."""

    kind: Literal["AMENDED", "CORRECTED_TWICE", "REVERSED"]
    found_on: date


class Case(Subject, frozen=True, array_like=True, gc=False, tag="case"):
    """What figures, clocks and pages need of one case; its state is its phase."""

    COURSE: ClassVar[Course] = course.CASE
    # A promise of which no case is known begins and ends none.
    NEVER_FIRST: ClassVar[frozenset[type[Fact]]] = frozenset(COMMITMENT.facts)
    # They come by the dozen, and the holds are kept one by one.
    SILENT: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            handling.ActivityRecorded,
            handling.StepStarted,
            handling.StepCompleted,
            handling.HoldOpened,
            handling.HoldClosed,
            InstrumentUsed,
        }
    )
    BESIDE: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            handling.StepStarted,
            handling.StepCompleted,
            handling.HoldOpened,
            handling.HoldClosed,
            handling.HearingOffered,
        }
    )
    STATED: ClassVar[Mapping[type[Fact], str]] = {
        handling.StepStarted: "limit",
        handling.HoldOpened: "expected_days",
    }
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {
        intake.ApplicationReceived: "received_date",
        intake.CorrectionReceived: "delivered_date",
        intake.ApplicationAccepted: "effective_date",
        handling.HearingOffered: "told_date",
        handling.HearingAnnounced: "notified_date",
        handling.ExtensionApproved: "approved_date",
        handling.DecisionMade: "decision_date",
        handling.CaseClosed: "closed_date",
        handling.ResultDelivered: "delivered_date",
        handling.DecisionDisclosed: "published_date",
    }

    source: str = ""
    """Who told of the receipt."""
    item_code: str = ""
    item_name: str = ""
    window: str = ""
    channel: str = ""
    org_code: str = ""
    org_name: str = ""
    received_at: datetime | None = None
    received_on: date | None = None
    terms: Terms | None = None
    ending: Ending | None = None
    decision: str = ""
    closed_on: date | None = None
    delivered_on: date | None = None
    holds: tuple[Hold, ...] = ()
    extensions: tuple[Extension, ...] = ()
    corrections: int = 0
    returns: int = 0
    terminal: str = ""
    """The kind of device on which it was filed (K15.1)."""
    site: str = ""
    """Where it was filed."""
    weekend: bool = False
    """Whether it was filed on a day on which others rest (K20.2)."""
    case_type: str = ""
    """承诺件 or 即办件, as it was accepted (K10.1)."""
    steps_done: int = 0
    """Steps of the examination that ended, returned ones too (K23.5)."""
    visits: int | None = None
    """How often the applicant had to come (K01.4)."""
    disclosed_on: date | None = None
    """When the decision was published (K23.4)."""
    e_licence: bool = False
    """Whether an electronic certificate was made (K14.1)."""
    mistakes: tuple[Mistake, ...] = ()
    """What should not have happened (K22.8)."""
    result: str = ""
    """With which result it ended (办结结果, E-07)."""
    assignees: tuple[str, ...] = ()
    """To whom its steps were given, by pseudonym: is everybody rated (K12.6)?"""
    credit: tuple[CreditUse, ...] = ()
    """What the applicant's credit was used for, each mode once (K18.1, K18.2, K18.3)."""
    instruments: tuple[InstrumentUse, ...] = ()
    """Which electronic instruments were used, by day (K14.3)."""
    paper_avoided: bool = False
    """Whether one of them spared a paper (K14.2)."""

    @classmethod
    def named_in(cls, entry: Entry) -> str:
        """Return the key: whatever lies under it is about its case, named in the data or not."""
        return entry.partitionkey

    @property
    def phase(self) -> Phase:
        return Phase(self.state)

    @property
    def is_open(self) -> bool:
        return self.state in course.OPEN


def _received(case: Case, entry: Entry, fact: intake.ApplicationReceived) -> Noted:
    if case.received_on is not None:
        return {}, False
    return {
        "received_at": entry.time,
        "received_on": fact.received_date,
        "source": entry.source,
        "item_code": fact.case.item_code,
        "item_name": fact.item_name,
        "channel": fact.channel.value,
        "window": entry.windowid or "",
        "org_code": fact.handling_org.org_code,
        "org_name": fact.handling_org.org_name,
        "terminal": fact.terminal.value,
        "site": entry.siteid or "",
        "weekend": fact.weekend,
    }, True


def _correction_requested(case: Case, entry: Entry, fact: intake.CorrectionRequested) -> Noted:
    """Count a round; the law asks for everything at once (art. 32), a second one is a mistake."""
    mistaken = _mistaken(case, entry, "CORRECTED_TWICE") if fact.round > 1 else {}
    return {"corrections": case.corrections + 1, **mistaken}, True


def _mistaken(
    case: Case, entry: Entry, kind: Literal["AMENDED", "CORRECTED_TWICE", "REVERSED"]
) -> dict[str, Any]:
    if len(case.mistakes) == MISTAKES_MAX:
        return {}
    return {"mistakes": (*case.mistakes, Mistake(kind, business_date(entry.time)))}


def _accepted(case: Case, entry: Entry, fact: intake.ApplicationAccepted) -> Noted:
    if case.terms is not None:
        return {}, False
    terms = Terms(
        effective_on=fact.effective_date,
        accepted_by=entry.id,
        statutory_limit=fact.statutory_limit,
        statutory_unit=fact.statutory_unit,
        committed_limit=fact.committed_limit,
        committed_unit=fact.committed_unit,
    )
    return {
        "terms": terms,
        "item_code": case.item_code or fact.case.item_code,
        "case_type": fact.case.case_type.value,
    }, True


def _step_started(case: Case, entry: Entry, fact: handling.StepStarted) -> Noted:
    waits = {} if fact.limit is None else case.awaiting(_step(fact), entry)
    if fact.assignee in case.assignees or len(case.assignees) == ASSIGNEES_MAX:
        return waits, True
    return {"assignees": (*case.assignees, fact.assignee), **waits}, True


def _step_completed(case: Case, entry: Entry, fact: handling.StepCompleted) -> Noted:
    returned = fact.action == "RETURN"
    return {
        "steps_done": case.steps_done + 1,
        "returns": case.returns + returned,
        **(case.awaited(_step(fact), entry) if case.waits else {}),
    }, True


def _step(fact: handling.StepStarted | handling.StepCompleted) -> str:
    """Return the name of a step; no hold has such a one."""
    return f"step/{fact.step_no}"


def _hearing_offered(case: Case, entry: Entry, fact: handling.HearingOffered) -> Noted:
    """Wait for the applicant to ask for a hearing; told twice, the days go on from the first."""
    if case.awaits(OFFER):
        return {}, False
    return case.awaiting(OFFER, entry, named=fact.told_date), True


def _hold_opened(case: Case, entry: Entry, fact: handling.HoldOpened) -> Noted:
    if any(hold.hold_id == fact.hold_id for hold in case.holds):
        return {}, False
    hold = Hold(
        hold_id=fact.hold_id,
        reason=fact.reason,
        basis=fact.basis,
        pauses=tuple(clock.value for clock in fact.pauses),
        opened_on=business_date(entry.time),
        opened_by=entry.id,
    )
    asked = course.HEARING.holds(fact)
    answered = replace(case, **case.awaited(OFFER, entry)) if asked and case.waits else case
    watched = fact.expected_days is not None or asked
    waits = answered.awaiting(fact.hold_id, entry) if watched else {}
    return {"holds": (*case.holds, hold), "waits": answered.waits, **waits}, True


def _hold_closed(case: Case, entry: Entry, fact: handling.HoldClosed) -> Noted:
    closing = {"closed_on": business_date(entry.time), "closed_by": entry.id}
    holds = tuple(
        replace(hold, **closing)
        if hold.hold_id == fact.hold_id and hold.closed_on is None
        else hold
        for hold in case.holds
    )
    over = case.awaited(fact.hold_id, entry) if case.waits else {}
    return {"holds": holds, **over}, holds != case.holds


def _extended(case: Case, entry: Entry, fact: handling.ExtensionApproved) -> Noted:
    extension = Extension(approved_on=fact.approved_date, days=fact.days, approved_by=entry.id)
    return {"extensions": (*case.extensions, extension)}, not case.extensions


def _ending(case: Case, entry: Entry, day: date) -> dict[str, Any]:
    """Stop the clocks without a decision, once: a later ending of that kind changes nothing."""
    if case.ending is not None:
        return {}
    return {"ending": Ending(day, entry.time, entry.id, decided=False)}


def _decided(case: Case, entry: Entry, fact: handling.DecisionMade) -> Noted:
    held = any(hold.closed_on is None for hold in case.holds)
    if case.decision:
        return {}, False
    changes: dict[str, Any] = {"decision": fact.decision.value}
    if case.ending is None or case.closed_on is not None:
        changes["ending"] = Ending(fact.decision_date, entry.time, entry.id, decided=True)
    return changes, not held


def _ended(case: Case, entry: Entry, _: Fact) -> Noted:
    return _ending(case, entry, business_date(entry.time)), True


def _rejected(case: Case, entry: Entry, fact: intake.ApplicationRejected) -> Noted:
    """End the case; one that was accepted before should not have been."""
    changes, possible = _ended(case, entry, fact)
    reversed_now = _mistaken(case, entry, "REVERSED") if case.terms is not None else {}
    return {**changes, **reversed_now}, possible


def _terminated(case: Case, entry: Entry, fact: handling.CaseTerminated) -> Noted:
    """End the case; what it was closed with stays its result."""
    changes, possible = _ended(case, entry, fact)
    result = VOIDED_BY.get(fact.cause) if case.closed_on is None else None
    return {**changes, **({"result": result.value} if result else {})}, possible


def _issued(_: Case, __: Entry, fact: handling.ResultIssued) -> Noted:
    return ({"e_licence": True} if fact.instrument == DigitalInstrument.E_LICENCE else {}), True


def _disclosed(case: Case, _: Entry, fact: handling.DecisionDisclosed) -> Noted:
    return {"disclosed_on": case.disclosed_on or fact.published_date}, True


def _closed(case: Case, entry: Entry, fact: handling.CaseClosed) -> Noted:
    """Close the case; where nobody told us of a decision, the closing stops the clocks."""
    if case.closed_on is not None:
        return {}, False
    return {
        "closed_on": fact.closed_date,
        "visits": fact.onsite_visits,
        "result": fact.result_type.value,
        **_ending(case, entry, fact.closed_date),
    }, True


def _credit_applied(case: Case, entry: Entry, fact: CreditModeApplied) -> Noted:
    if any(one.mode == fact.mode for one in case.credit):
        return {}, False
    day, seconds = business_date(entry.time), fact.seconds_to_decide
    use = CreditUse(fact.mode.value, day, fact.materials_saved, seconds)
    return {"credit": (*case.credit, use)}, True


def _instrument_used(case: Case, entry: Entry, fact: InstrumentUsed) -> Noted:
    return {
        "instruments": used_again(
            case.instruments, fact.instrument.value, business_date(entry.time)
        ),
        "paper_avoided": case.paper_avoided or fact.paper_avoided,
    }, True


def _delivered(case: Case, _: Entry, fact: handling.ResultDelivered) -> Noted:
    return {"delivered_on": case.delivered_on or fact.delivered_date}, True


def _amended(case: Case, entry: Entry, fact: handling.CaseAmended) -> Noted:
    mistaken = _mistaken(case, entry, "AMENDED") if fact.is_error else {}
    try:
        return {**_corrected(case, fact), **mistaken}, True
    except ValueError:
        return mistaken, False


def _corrected(case: Case, fact: handling.CaseAmended) -> dict[str, Any]:
    """Return what a correction changes of what is read; other fields are history only."""
    terms, ending = case.terms, case.ending
    match fact.field:
        case "item_code" | "item_name":
            return {fact.field: fact.new}
        case "received_date" if case.received_on is not None:
            return {"received_on": meant_day_of(fact.new)}
        case "statutory_limit" | "committed_limit" if terms is not None:
            return {"terms": replace(terms, **{fact.field: count_of(fact.new)})}
        case "effective_date" if terms is not None:
            return {"terms": replace(terms, effective_on=meant_day_of(fact.new))}
        case "decision_date" if ending is not None and ending.decided:
            return {"ending": replace(ending, ended_on=meant_day_of(fact.new))}
        case _:
            return {}


Case.NOTING = {
    intake.ApplicationReceived: _received,
    intake.CorrectionRequested: _correction_requested,
    intake.CorrectionExpired: _ended,
    intake.ApplicationAccepted: _accepted,
    intake.ApplicationRejected: _rejected,
    intake.ApplicationWithdrawn: _ended,
    handling.StepStarted: _step_started,
    handling.StepCompleted: _step_completed,
    handling.HearingOffered: _hearing_offered,
    handling.HoldOpened: _hold_opened,
    handling.HoldClosed: _hold_closed,
    handling.ExtensionApproved: _extended,
    handling.DecisionMade: _decided,
    handling.CaseClosed: _closed,
    handling.CaseForwarded: _ended,
    handling.CaseTerminated: _terminated,
    handling.ResultIssued: _issued,
    handling.ResultDelivered: _delivered,
    handling.DecisionDisclosed: _disclosed,
    handling.CaseAmended: _amended,
    CreditModeApplied: _credit_applied,
    InstrumentUsed: _instrument_used,
    SupplementExpired: _ended,
}
