"""
Refusals around one case.

IntakeRejection
├── before acceptance
│   ├── CaseAlreadyReceived
│   ├── CaseUnknown
│   ├── AcceptanceAlreadySettled
│   ├── AlreadyPrechecked
│   ├── CaseAlreadyOver
│   ├── CorrectionUnanswered
│   ├── CorrectionAlreadyRequested
│   ├── CorrectionDeadlinePassed
│   ├── CorrectionNotPending
│   ├── CorrectionNotYetDue
│   ├── CommittedBeyondStatutory
│   ├── PromiseBeyondCalendar
│   ├── StepsBeyondCommitted
│   ├── NotYetDeemed
│   ├── RightAgencyMissing
│   └── PromiseTooLate
├── during the examination
│   ├── CaseNotUnderWay
│   ├── ExaminationNotBegun
│   ├── StepStillOpen
│   ├── StepNotOpen
│   ├── ReturnNotBackwards
│   ├── HoldAlreadyOpened
│   ├── HoldNotOpen
│   ├── HoldStillOpen
│   ├── HoldNotInGuide
│   ├── SupplementHoldUsed
│   ├── HearingAlreadyOffered
│   ├── HearingNotOpen
│   ├── HearingBeforeNotice
│   ├── ExtensionTooLong
│   ├── MaterialMissing
│   └── RemediesNotTold
└── after the decision, or at any time
    ├── CaseNotDecided
    ├── CaseNotApproved
    ├── CaseAlreadyClosed
    ├── CaseAlreadyDelivered
    ├── CaseNotClosed
    ├── CreditModeAlreadyApplied
    ├── InstantApprovalUntimed
    ├── AmendmentUnreadable
    ├── DayImpossible
    └── DecisionAlreadyRevoked
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.commitment.facts import PromiseSigned
from shared.contracts.handling import facts as handling
from shared.contracts.handling.course import (
    AFTER_DECISION,
    BEFORE_ACCEPTANCE,
    BEFORE_DECISION,
    CASE,
    UNDER_WAY,
    Phase,
)
from shared.contracts.intake import facts as intake
from shared.contracts.rejection import Blame


class CaseAlreadyReceived(IntakeRejection):
    """The case number is taken."""

    code = "case_already_received"
    field = "case_no"


class CaseUnknown(IntakeRejection):
    """Nothing was ever received under this number."""

    code = "case_unknown"


class AcceptanceAlreadySettled(IntakeRejection):
    """The application was accepted, refused, withdrawn or dropped before."""

    code = "acceptance_already_settled"


class AlreadyPrechecked(IntakeRejection):
    """The pre-check was passed before; what is left is to accept or refuse."""

    code = "already_prechecked"


class CaseAlreadyOver(IntakeRejection):
    """What is decided or ended cannot be taken back, forwarded or terminated."""

    code = "case_already_over"


class CorrectionUnanswered(IntakeRejection):
    """The applicant has a notice and has not answered it yet."""

    code = "correction_unanswered"


class CorrectionAlreadyRequested(IntakeRejection):
    """The law allows one notice, which must name everything (Licensing Law, article 32, item 4)."""

    code = "correction_already_requested"


class CorrectionDeadlinePassed(IntakeRejection):
    """A notice of today cannot want its answer yesterday."""

    code = "correction_deadline_passed"
    blame = Blame.COMMAND
    field = "deadline"


class CorrectionNotPending(IntakeRejection):
    """No notice waits for an answer."""

    code = "correction_not_pending"


class CorrectionNotYetDue(IntakeRejection):
    """The applicant still has time to answer the notice."""

    code = "correction_not_yet_due"


class CommittedBeyondStatutory(IntakeRejection):
    """The committed limit must not exceed the statutory one (T-18)."""

    code = "committed_beyond_statutory"
    blame = Blame.COMMAND
    field = "committed_limit"


class PromiseBeyondCalendar(IntakeRejection):
    """The committed limit ends on a day that nobody can mean."""

    code = "promise_beyond_calendar"
    blame = Blame.COMMAND
    field = "committed_limit"


class StepsBeyondCommitted(IntakeRejection):
    """The steps together must not take longer than the committed limit (T-18)."""

    code = "steps_beyond_committed"
    blame = Blame.COMMAND
    field = "steps"


class NotYetDeemed(IntakeRejection):
    """An application counts as accepted only when five working days passed in silence (T-05)."""

    code = "not_yet_deemed"
    field = "mode"


class RightAgencyMissing(IntakeRejection):
    """Who is not competent must name who is (Licensing Law, article 32, item 2)."""

    code = "right_agency_missing"
    blame = Blame.COMMAND
    field = "right_agency"


class PromiseTooLate(IntakeRejection):
    """A promise is signed before the decision, and not for a case that is over (K-04)."""

    code = "promise_too_late"


class CaseNotUnderWay(IntakeRejection):
    """Only a case that is accepted and not yet decided can be examined."""

    code = "case_not_under_way"


class ExaminationNotBegun(IntakeRejection):
    """Only an immediate case is decided without a step of examination."""

    code = "examination_not_begun"


class StepStillOpen(IntakeRejection):
    """One step ends before the next begins."""

    code = "step_still_open"


class StepNotOpen(IntakeRejection):
    """The step was not begun, or is over."""

    code = "step_not_open"
    field = "step_no"


class ReturnNotBackwards(IntakeRejection):
    """A step can only be returned to an earlier one."""

    code = "return_not_backwards"
    blame = Blame.COMMAND
    field = "return_to"


class HoldAlreadyOpened(IntakeRejection):
    """The hold's id is taken."""

    code = "hold_already_opened"
    field = "hold_id"


class HoldNotOpen(IntakeRejection):
    """No such hold is open on this case."""

    code = "hold_not_open"
    field = "hold_id"


class HoldStillOpen(IntakeRejection):
    """A case that is paused cannot be decided."""

    code = "hold_still_open"


class SupplementHoldUsed(IntakeRejection):
    """A case may wait for a supplement during examination at most once."""

    code = "supplement_hold_used"
    field = "reason"


class HearingAlreadyOffered(IntakeRejection):
    """The applicant is told once, until a hearing is asked for."""

    code = "hearing_already_offered"


class HearingNotOpen(IntakeRejection):
    """A hearing is announced while the hold is open that was opened for it."""

    code = "hearing_not_open"
    field = "hold_id"


class HearingBeforeNotice(IntakeRejection):
    """A hearing is announced before it is held."""

    code = "hearing_before_notice"
    blame = Blame.COMMAND
    field = "hearing_date"


class ExtensionTooLong(IntakeRejection):
    """Ten working days at most; fifteen for a joint case (T-09, T-10)."""

    code = "extension_too_long"
    blame = Blame.COMMAND
    field = "days"


class MaterialMissing(IntakeRejection):
    """A case accepted with material to follow is decided when the material is there."""

    code = "material_missing"


class RemediesNotTold(IntakeRejection):
    """A refusal must give its reasons and tell the remedies."""

    code = "remedies_not_told"
    blame = Blame.COMMAND
    field = "remedies_told"


class CaseNotDecided(IntakeRejection):
    """There is no decision yet."""

    code = "case_not_decided"


class CaseNotApproved(IntakeRejection):
    """Only an approval has a result to issue."""

    code = "case_not_approved"


class CaseAlreadyClosed(IntakeRejection):
    """The case was closed before."""

    code = "case_already_closed"


class CaseAlreadyDelivered(IntakeRejection):
    """The result was delivered before."""

    code = "case_already_delivered"


class CaseNotClosed(IntakeRejection):
    """Only a closed case goes to the archive, and only once."""

    code = "case_not_closed"


class CreditModeAlreadyApplied(IntakeRejection):
    """Credit is used for one thing once in a case."""

    code = "credit_mode_already_applied"
    field = "mode"


class InstantApprovalUntimed(IntakeRejection):
    """Who says that it was decided at once says in how many seconds, and nobody else does."""

    code = "instant_approval_untimed"
    blame = Blame.COMMAND
    field = "seconds_to_decide"


class AmendmentUnreadable(IntakeRejection):
    """A limit is corrected to a number of days, a date to a date."""

    code = "amendment_unreadable"
    blame = Blame.COMMAND
    field = "new"


class DecisionAlreadyRevoked(IntakeRejection):
    """The decision was set aside before."""

    code = "decision_already_revoked"


class HoldNotInGuide(IntakeRejection):
    """Only an item's published guide lets such a reason stop the committed limit."""

    code = "hold_not_in_guide"


class DayImpossible(IntakeRejection):
    """What is entered late names its day: not one to come, nor before it could happen."""

    code = "day_impossible"
    blame = Blame.COMMAND


OFF_COURSE = off_course(
    CASE,
    Refused(CaseAlreadyReceived, (intake.ApplicationReceived,)),
    Refused(CaseUnknown, states=(Phase.ABSENT,)),
    Refused(AlreadyPrechecked, (intake.ApplicationPrechecked,), (Phase.PRECHECKED,)),
    Refused(
        CorrectionUnanswered,
        (*CASE.within(BEFORE_ACCEPTANCE), PromiseSigned),
        (Phase.CORRECTION_PENDING,),
    ),
    Refused(CorrectionNotPending, CASE.within((Phase.CORRECTION_PENDING,))),
    Refused(AcceptanceAlreadySettled, CASE.within((*BEFORE_ACCEPTANCE, Phase.CORRECTION_PENDING))),
    Refused(PromiseTooLate, (PromiseSigned,)),
    Refused(StepNotOpen, (handling.StepCompleted,), (Phase.ACCEPTED,)),
    Refused(CaseNotUnderWay, CASE.within(UNDER_WAY)),
    Refused(CaseAlreadyOver, CASE.within(BEFORE_DECISION)),
    Refused(DecisionAlreadyRevoked, CASE.within(AFTER_DECISION), (Phase.REVOKED,)),
    Refused(CaseAlreadyClosed, (handling.CaseClosed,), AFTER_DECISION),
    Refused(CaseAlreadyDelivered, (handling.ResultDelivered,), AFTER_DECISION),
    Refused(CaseNotClosed, (handling.CaseArchived,), AFTER_DECISION),
    Refused(CaseNotDecided, CASE.within(AFTER_DECISION)),
)
"""Why nothing comes of it where the course has no row; a new fact goes with those of its phases."""
