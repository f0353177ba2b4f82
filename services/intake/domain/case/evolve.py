"""Where a fact leads a case: the transitions of the state machine, and nothing else."""

from dataclasses import replace

from services.intake.domain.case.amendment import amended, refiled
from services.intake.domain.case.states import (
    Absent,
    Accepted,
    Archived,
    Case,
    Closed,
    CorrectionPending,
    Course,
    Decided,
    Delivered,
    Examining,
    Filing,
    NotAccepted,
    Phase,
    Prechecked,
    Revoked,
    Submitted,
    Terminated,
    Withdrawn,
)
from shared.contracts.commitment.facts import PromiseSigned, SupplementExpired, SupplementReceived
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import (
    CaseAmended,
    CaseArchived,
    CaseClosed,
    CaseForwarded,
    CaseTerminated,
    DecisionDisclosed,
    DecisionMade,
    DecisionRevoked,
    ExtensionApproved,
    ExtensionDenied,
    ExtensionRequested,
    HoldClosed,
    HoldOpened,
    ResultDelivered,
    ResultIssued,
    StepCompleted,
    StepStarted,
)
from shared.contracts.handling.words import HoldBasis, HoldReason, Step
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationPrechecked,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionExpired,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.words import ClockName


def evolve(case: Case, fact: Fact) -> Case:
    """
    Return *case* after *fact*.

    What another system reports has happened, so a fact without a legal
    transition is kept: it leaves the phase and is noted as an anomaly.
    """
    for transition in (_filed, _ended, _examined, _finished):
        phase = transition(case.phase, fact)
        if phase is not None:
            return replace(case, phase=phase)
    if isinstance(fact, MOVING):
        return replace(case, anomalies=(*case.anomalies, fact.TYPE))
    return case


MOVING = (
    ApplicationReceived,
    ApplicationPrechecked,
    CorrectionRequested,
    CorrectionReceived,
    CorrectionExpired,
    PromiseSigned,
    ApplicationAccepted,
    ApplicationRejected,
    ApplicationWithdrawn,
    StepStarted,
    StepCompleted,
    HoldOpened,
    HoldClosed,
    ExtensionRequested,
    ExtensionApproved,
    ExtensionDenied,
    SupplementReceived,
    SupplementExpired,
    DecisionMade,
    CaseForwarded,
    CaseTerminated,
    CaseClosed,
    ResultIssued,
    ResultDelivered,
    DecisionDisclosed,
    CaseArchived,
    DecisionRevoked,
)
"""The facts that some state allows and another contradicts; the rest is true at any time."""


def _filed(phase: Phase, fact: Fact) -> Phase | None:  # noqa: C901, PLR0911 - a line a transition
    match phase, fact:
        case Absent(), ApplicationReceived():
            return Submitted(Filing(fact.case, fact.received_date))
        case Submitted(filing), ApplicationPrechecked():
            return Prechecked(filing) if fact.result == "PASS" else phase
        case (
            Submitted(filing) | Prechecked(filing) | CorrectionPending(filing),
            CorrectionRequested(),
        ):
            return CorrectionPending(replace(filing, notices=fact.round), fact.deadline)
        case CorrectionPending(filing), CorrectionReceived(complete=True):
            return Submitted(replace(filing, completed_on=fact.delivered_date))
        case CorrectionPending(), CorrectionReceived():
            return replace(phase, answered=True)
        case CorrectionPending(), CorrectionExpired():
            return Terminated()
        case (Submitted(filing) | Prechecked(filing), PromiseSigned()) if not filing.promised:
            return replace(phase, filing=replace(filing, promised=True))
        case (Submitted(filing) | Prechecked(filing), ApplicationAccepted()):
            return Accepted(_course(filing, fact))
        case ((Submitted() | Prechecked()), ApplicationRejected()):
            return NotAccepted()
        case (Submitted(filing) | Prechecked(filing) | CorrectionPending(filing), CaseAmended()):
            corrected = refiled(filing, fact)
            return replace(phase, filing=corrected) if corrected else None
        case _:
            return None


def _course(filing: Filing, fact: ApplicationAccepted) -> Course:
    return Course(
        case=fact.case,
        mode=fact.mode,
        effective_date=fact.effective_date,
        statutory_limit=fact.statutory_limit,
        statutory_unit=fact.statutory_unit,
        promised=filing.promised,
        material_awaited=fact.mode is AcceptanceMode.TOLERANCE,
    )


def _ended(phase: Phase, fact: Fact) -> Phase | None:
    match phase, fact:
        case (
            (Submitted() | Prechecked() | CorrectionPending() | Accepted() | Examining()),
            ApplicationWithdrawn(),
        ):
            return Withdrawn()
        case (
            (Submitted() | Prechecked() | CorrectionPending() | Accepted() | Examining()),
            CaseTerminated(),
        ):
            return Terminated()
        case ((Accepted() | Examining()), (CaseForwarded() | SupplementExpired())):
            return Terminated()
        case ((Accepted() | Examining()), DecisionMade()):
            return Decided(fact.decision)
        case _:
            return None


def _examined(phase: Phase, fact: Fact) -> Phase | None:
    match phase, fact:
        case Accepted(course), StepStarted():
            return Examining(course, fact.step_no, fact.step)
        case Examining(step=None), StepStarted():
            return replace(phase, step_no=fact.step_no, step=fact.step)
        case Examining(step_no=step_no, step=Step()), StepCompleted() if step_no == fact.step_no:
            return replace(phase, step_no=(fact.return_to or step_no + 1) - 1, step=None)
        case ((Accepted(course) | Examining(course)), _):
            for change in (_paused, _promised, _prolonged, _amended):
                if changed := change(course, fact):
                    return replace(phase, course=changed)
            return None
        case _:
            return None


def _paused(course: Course, fact: Fact) -> Course | None:
    match fact:
        case HoldOpened() if fact.hold_id not in course.holds_seen:
            return replace(
                course,
                holds_seen=course.holds_seen | {fact.hold_id},
                open_holds=course.open_holds | {fact.hold_id},
                stood_still=course.stood_still or _stops_the_law(fact),
                supplement_used=course.supplement_used or fact.reason is HoldReason.SUPPLEMENT,
            )
        case HoldClosed() if fact.hold_id in course.open_holds:
            return replace(course, open_holds=course.open_holds - {fact.hold_id})
        case _:
            return None


def _promised(course: Course, fact: Fact) -> Course | None:
    match fact:
        case PromiseSigned() if not course.promised and course.mode == fact.mode:
            return replace(course, promised=True)
        case SupplementReceived():
            # Whoever supplies what was missing has promised it.
            awaited = course.material_awaited and not fact.complete
            return replace(course, promised=True, material_awaited=awaited)
        case _:
            return None


def _stops_the_law(hold: HoldOpened) -> bool:
    return ClockName.STATUTORY in hold.pauses and hold.basis is not HoldBasis.LOCAL_RULE


def _prolonged(course: Course, fact: Fact) -> Course | None:
    match fact:
        case ExtensionRequested() if not course.extension_days:
            return replace(course, extension_requested=fact.days)
        case ExtensionApproved() if not course.extension_days:
            return replace(course, extension_requested=None, extension_days=fact.days)
        case ExtensionDenied():
            return replace(course, extension_requested=None)
        case _:
            return None


def _amended(course: Course, fact: Fact) -> Course | None:
    return amended(course, fact) if isinstance(fact, CaseAmended) else None


def _finished(phase: Phase, fact: Fact) -> Phase | None:  # noqa: PLR0911 - a line a transition
    match phase, fact:
        case Decided(decision), CaseClosed():
            return Closed(decision)
        case Delivered(closed=False), CaseClosed():
            return Delivered(closed=True)
        case ((Decided() | Closed()), ResultDelivered()):
            return Delivered(closed=isinstance(phase, Closed))
        case ((Closed() | Delivered(closed=True)), CaseArchived()):
            return Archived()
        case ((Decided() | Closed() | Delivered() | Archived()), DecisionRevoked()):
            return Revoked()
        case (
            (Decided() | Closed() | Delivered() | Archived()),
            (ResultIssued() | DecisionDisclosed() | HoldClosed()),
        ):
            return phase
        case _:
            return None
