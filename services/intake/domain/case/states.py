"""
Where a case stands, and what its owner remembers of it beside the phase.

The phase moves by the published course alone; the rest is what the rules ask for.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.commitment import states as commitment
from services.intake.domain.commitment.states import Commitment
from shared.contracts.credit.facts import CreditModeApplied
from shared.contracts.credit.words import CreditMode
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import CASE, HEARING, Phase
from shared.contracts.handling.facts import (
    CaseAmended,
    CaseClosed,
    DecisionMade,
    ExtensionApproved,
    ExtensionDenied,
    ExtensionRequested,
    HearingOffered,
    HoldClosed,
    HoldOpened,
    StepCompleted,
    StepStarted,
)
from shared.contracts.handling.words import Decision, HoldBasis, HoldReason, Step
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.moments import meant_day_of
from shared.contracts.types import CaseRef, count_of
from shared.contracts.words import ClockName, LimitUnit


@dataclass(frozen=True, slots=True)
class Filing:
    """What was handed in, and what the applicant was told of it."""

    case: CaseRef
    received_date: date
    org: str = ""
    """The organisation that handles it, by its code."""
    notices: int = 0
    answer_by: date | None = None
    """The last day for an answer to the last notice, where it names one."""
    answered: bool = False
    """Whether the applicant has handed in something since, though not everything."""
    completed_on: date | None = None
    """The day on which the last corrected material was handed in."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The terms of the acceptance, and what has happened since."""

    case: CaseRef
    effective_date: date
    statutory_limit: int
    statutory_unit: LimitUnit
    step_no: int = 0
    """The number of the step that is open, or was last; one less where a step was returned."""
    step: Step | None = None
    """The step that is open; None between two steps."""
    holds_seen: frozenset[str] = frozenset()
    open_holds: frozenset[str] = frozenset()
    hearing_offered: date | None = None
    """When the applicant was told of the right to a hearing that nobody has asked for yet."""
    hearings: frozenset[str] = frozenset()
    """The holds that were opened for a hearing."""
    stood_still: bool = False
    """Whether a hold ever stopped the statutory clock."""
    supplement_used: bool = False
    """Whether it has waited for a supplement: allowed once."""
    extension_requested: int | None = None
    """The days asked for, while nobody has answered."""
    extension_days: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One application; what no fact has told of yet is None."""

    phase: str = Phase.ABSENT
    filing: Filing | None = None
    commitment: Commitment = commitment.INITIAL
    examination: Examination | None = None
    decision: Decision | None = None
    decided_on: date = date.min
    """The day of the decision: nothing that follows it happened before."""
    closed: bool = False
    """Whether the end is registered, which may come before the delivery or after it."""
    credit_modes: frozenset[CreditMode] = frozenset()
    """What the applicant's credit was used for."""


INITIAL = Case()


def evolve(case: Case, fact: Fact) -> Case:
    """
    Return *case* after *fact*.

    What another system reports has happened, so a fact that contradicts the
    course stays on record and changes nothing.
    """
    phase = CASE.target(case.phase, fact)
    if phase is None:
        return case
    return Case(
        phase=phase,
        filing=_filed(case.filing, fact),
        commitment=commitment.evolve(case.commitment, fact),
        examination=_examined(case.examination, fact),
        decision=fact.decision if isinstance(fact, DecisionMade) else case.decision,
        decided_on=_decided_on(case.decided_on, fact),
        closed=case.closed or isinstance(fact, CaseClosed),
        credit_modes=case.credit_modes
        | ({fact.mode} if isinstance(fact, CreditModeApplied) else set()),
    )


def _decided_on(known: date, fact: Fact) -> date:
    match fact:
        case DecisionMade():
            return fact.decision_date
        case CaseAmended(field="decision_date") if readable(fact.field, fact.new):
            return meant_day_of(fact.new)
        case _:
            return known


def readable(field: str, new: str) -> bool:
    """Whether *new* is what stands in *field*; what no rule reads may say anything."""
    try:
        match field:
            case "statutory_limit" | "committed_limit":
                count_of(new)
            case "received_date" | "effective_date" | "decision_date":
                meant_day_of(new)
            case _:
                pass
    except ValueError:
        return False
    return True


def _filed(filing: Filing | None, fact: Fact) -> Filing | None:
    match filing, fact:
        case None, ApplicationReceived():
            return Filing(fact.case, fact.received_date, fact.handling_org.org_code)
        case Filing(), CorrectionRequested():
            return replace(filing, notices=fact.round, answer_by=fact.deadline, answered=False)
        case Filing(), CorrectionReceived(complete=True):
            return replace(filing, completed_on=fact.delivered_date)
        case Filing(), CorrectionReceived():
            return replace(filing, answered=True)
        case Filing(), CaseAmended(field="received_date") if readable(fact.field, fact.new):
            return replace(filing, received_date=meant_day_of(fact.new))
        case _:
            return filing


def _examined(examination: Examination | None, fact: Fact) -> Examination | None:
    match examination, fact:
        case _, ApplicationAccepted():
            return Examination(
                case=fact.case,
                effective_date=fact.effective_date,
                statutory_limit=fact.statutory_limit,
                statutory_unit=fact.statutory_unit,
            )
        case Examination(), StepStarted() | StepCompleted():
            return _stepped(examination, fact)
        case Examination(), HearingOffered() | HoldOpened() | HoldClosed():
            return _held(examination, fact)
        case Examination(), ExtensionRequested() | ExtensionApproved() | ExtensionDenied():
            return _prolonged(examination, fact)
        case Examination(), CaseAmended() if readable(fact.field, fact.new):
            return _amended(examination, fact)
        case _:
            return examination


def _stepped(examination: Examination, fact: StepStarted | StepCompleted) -> Examination:
    match fact:
        case StepStarted() if examination.step is None:
            return replace(examination, step_no=fact.step_no, step=fact.step)
        case StepCompleted() if examination.step and examination.step_no == fact.step_no:
            return replace(examination, step_no=(fact.return_to or fact.step_no + 1) - 1, step=None)
        case _:
            return examination


def _held(examination: Examination, fact: HearingOffered | HoldOpened | HoldClosed) -> Examination:
    match fact:
        case HearingOffered():
            return replace(examination, hearing_offered=fact.told_date)
        case HoldOpened() if fact.hold_id not in examination.holds_seen:
            asked = HEARING.holds(fact)
            return replace(
                examination,
                holds_seen=examination.holds_seen | {fact.hold_id},
                open_holds=examination.open_holds | {fact.hold_id},
                hearing_offered=None if asked else examination.hearing_offered,
                hearings=examination.hearings | ({fact.hold_id} if asked else set()),
                stood_still=examination.stood_still or _stops_the_law(fact),
                supplement_used=(
                    examination.supplement_used or fact.reason is HoldReason.SUPPLEMENT
                ),
            )
        case HoldClosed():
            return replace(examination, open_holds=examination.open_holds - {fact.hold_id})
        case _:
            return examination


def _stops_the_law(hold: HoldOpened) -> bool:
    return ClockName.STATUTORY in hold.pauses and hold.basis is not HoldBasis.LOCAL_RULE


def _prolonged(
    examination: Examination, fact: ExtensionRequested | ExtensionApproved | ExtensionDenied
) -> Examination:
    match fact:
        case ExtensionDenied():
            return replace(examination, extension_requested=None)
        case ExtensionRequested() if not examination.extension_days:
            return replace(examination, extension_requested=fact.days)
        case ExtensionApproved() if not examination.extension_days:
            return replace(examination, extension_requested=None, extension_days=fact.days)
        case _:
            return examination


def _amended(examination: Examination, fact: CaseAmended) -> Examination:
    match fact.field:
        case "statutory_limit":
            return replace(examination, statutory_limit=count_of(fact.new))
        case "effective_date":
            return replace(examination, effective_date=meant_day_of(fact.new))
        case _:
            return examination
