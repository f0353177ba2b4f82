"""The course of a case, from its receipt to its archive (domain.md 3.1)."""

from enum import StrEnum

from shared.contracts.commitment import facts as commitment
from shared.contracts.course import ABSENT, Apart, Course, Guard, leads, stays
from shared.contracts.credit import facts as credit
from shared.contracts.handling import facts as handling
from shared.contracts.handling.words import Decision, HoldReason, Step
from shared.contracts.instrument import facts as instrument
from shared.contracts.intake import facts as intake
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.words import CaseType, GradeLevel


class Phase(StrEnum):
    """The exclusive state of a case."""

    ABSENT = ABSENT
    SUBMITTED = "SUBMITTED"
    PRECHECKED = "PRECHECKED"
    CORRECTION_PENDING = "CORRECTION_PENDING"
    ACCEPTED = "ACCEPTED"
    EXAMINING = "EXAMINING"
    DECIDED = "DECIDED"
    CLOSED = "CLOSED"
    DELIVERED = "DELIVERED"
    ARCHIVED = "ARCHIVED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    REVOKED = "REVOKED"


STAGES = (
    (Phase.ABSENT,),
    (Phase.SUBMITTED,),
    (Phase.PRECHECKED, Phase.CORRECTION_PENDING),
    (Phase.ACCEPTED,),
    (Phase.EXAMINING,),
    (Phase.DECIDED,),
    (Phase.CLOSED,),
    (Phase.DELIVERED,),
    (Phase.ARCHIVED,),
    (Phase.NOT_ACCEPTED, Phase.WITHDRAWN, Phase.TERMINATED),
    (Phase.REVOKED,),
)

BEFORE_ACCEPTANCE = (Phase.SUBMITTED, Phase.PRECHECKED)
UNDER_WAY = (Phase.ACCEPTED, Phase.EXAMINING)
BEFORE_DECISION = (*BEFORE_ACCEPTANCE, Phase.CORRECTION_PENDING, *UNDER_WAY)
AFTER_DECISION = (Phase.DECIDED, Phase.CLOSED, Phase.DELIVERED, Phase.ARCHIVED)
KNOWN = tuple(phase for phase in Phase if phase is not Phase.ABSENT)

OPEN = frozenset({*BEFORE_DECISION, Phase.DECIDED})
"""Phases in which something is left to do before the case is closed."""

PASSED = Guard("passed", lambda fact: fact.result == "PASS")
COMPLETE = Guard("complete", lambda fact: fact.complete)
FORWARDED_UP = Guard("forwarded_up", lambda fact: bool(fact.forward_up))
ON_A_PROMISE = Guard("on_a_promise", lambda fact: fact.mode is AcceptanceMode.COMMITMENT)
IMMEDIATE = Guard("immediate", lambda fact: fact.case.case_type is CaseType.IMMEDIATE)
HEARING = Guard("hearing", lambda fact: fact.reason is HoldReason.HEARING)
HEARING_NOTICE_DAYS = 7
"""Natural days from the notice to the hearing, at least (Licensing Law, art. 48)."""
IN_TIME = Guard(
    "in_time", lambda fact: (fact.hearing_date - fact.notified_date).days >= HEARING_NOTICE_DAYS
)
SHORT_NOTICE = Guard("short_notice", lambda fact: not IN_TIME.holds(fact))
ACKNOWLEDGED = Guard("acknowledged", lambda fact: fact.acknowledged)
REPEATED = Guard("repeated", lambda fact: fact.round > 1)
SILENT_REFUSAL = Guard(
    "silent_refusal",
    lambda fact: fact.decision is Decision.DENIED and not (fact.reasons and fact.remedies_told),
)
APPROVED = Guard("approved", lambda fact: fact.decision is Decision.APPROVED)

ONE_EXTENSION = "extension_already_granted"
HELD = "hold_still_open"
HOLD_REFUSED = ("hold_already_opened", "supplement_hold_used", "hold_not_in_guide")
LACKING = "material_missing"
NOT_AWAITED = "material_not_awaited"
PROMISED = "promise_already_signed"
OF_THE_PROMISE = ("promise_unknown",)
"""What the promise itself, which has a course of its own, has against it."""

FILING = (
    *leads(intake.ApplicationReceived, {Phase.ABSENT: Phase.SUBMITTED}),
    *leads(intake.ApplicationPrechecked, {Phase.SUBMITTED: Phase.PRECHECKED}, PASSED),
    *stays(intake.ApplicationPrechecked, (Phase.SUBMITTED,)),
    *leads(
        intake.CorrectionRequested,
        dict.fromkeys(BEFORE_ACCEPTANCE, Phase.CORRECTION_PENDING),
        unless=("correction_already_requested",),
    ),
    # A second notice breaks the rule, and supervisors must see it.
    *stays(
        intake.CorrectionRequested, (Phase.CORRECTION_PENDING,), unless=("correction_unanswered",)
    ),
    *leads(intake.CorrectionReceived, {Phase.CORRECTION_PENDING: Phase.SUBMITTED}, COMPLETE),
    *stays(intake.CorrectionReceived, (Phase.CORRECTION_PENDING,)),
    *leads(
        intake.CorrectionExpired,
        {Phase.CORRECTION_PENDING: Phase.TERMINATED},
        unless=("correction_not_yet_due",),
    ),
    *stays(commitment.PromiseSigned, BEFORE_ACCEPTANCE, unless=(PROMISED,)),
    *leads(
        intake.ApplicationAccepted,
        dict.fromkeys(BEFORE_ACCEPTANCE, Phase.ACCEPTED),
        unless=("not_yet_deemed",),
    ),
    *leads(intake.ApplicationRejected, dict.fromkeys(BEFORE_ACCEPTANCE, Phase.NOT_ACCEPTED)),
    *stays(
        commitment.PromiseWithdrawn,
        BEFORE_DECISION,
        unless=(*OF_THE_PROMISE, "tolerance_not_withdrawable"),
    ),
    *leads(intake.ApplicationWithdrawn, dict.fromkeys(BEFORE_DECISION, Phase.WITHDRAWN)),
)
EXAMINATION = (
    *leads(handling.StepStarted, {Phase.ACCEPTED: Phase.EXAMINING}),
    *stays(handling.StepStarted, (Phase.EXAMINING,), unless=("step_still_open",)),
    *stays(handling.StepCompleted, (Phase.EXAMINING,), unless=("step_not_open",)),
    *stays(handling.HoldOpened, UNDER_WAY, unless=HOLD_REFUSED),
    *stays(handling.HoldClosed, UNDER_WAY, unless=("hold_not_open",)),
    # A hold outlives the examination where the case ends without a decision.
    *stays(
        handling.HoldClosed,
        tuple(phase for phase in KNOWN if phase not in UNDER_WAY),
        unless=("case_not_under_way",),
    ),
    *stays(handling.HearingOffered, UNDER_WAY, unless=("hearing_already_offered",)),
    # A notice that comes too late breaks the rule, and supervisors must see it.
    *stays(handling.HearingAnnounced, UNDER_WAY, unless=("hearing_not_open",)),
    *stays(handling.ExtensionRequested, UNDER_WAY, unless=(ONE_EXTENSION,)),
    *stays(
        handling.ExtensionApproved,
        UNDER_WAY,
        unless=(ONE_EXTENSION, "extension_not_requested", "extension_too_late"),
    ),
    *stays(handling.ExtensionDenied, UNDER_WAY, unless=("extension_not_requested",)),
    *stays(commitment.PromiseSigned, UNDER_WAY, unless=("accepted_otherwise", PROMISED)),
    *stays(commitment.SupplementReceived, UNDER_WAY, unless=(NOT_AWAITED,)),
    *leads(
        commitment.SupplementExpired,
        dict.fromkeys(UNDER_WAY, Phase.TERMINATED),
        unless=(NOT_AWAITED,),
    ),
    *leads(
        handling.DecisionMade,
        {Phase.ACCEPTED: Phase.DECIDED},
        unless=("examination_not_begun", HELD, LACKING),
    ),
    *leads(handling.DecisionMade, {Phase.EXAMINING: Phase.DECIDED}, unless=(HELD, LACKING)),
    *leads(handling.CaseForwarded, dict.fromkeys(UNDER_WAY, Phase.TERMINATED)),
    *leads(handling.CaseTerminated, dict.fromkeys(BEFORE_DECISION, Phase.TERMINATED)),
)
OUTCOME = (
    *leads(handling.CaseClosed, {Phase.DECIDED: Phase.CLOSED}),
    # The result went over the counter before anybody registered the end.
    *stays(handling.CaseClosed, (Phase.DELIVERED,), unless=("case_already_closed",)),
    *stays(handling.ResultIssued, (Phase.DECIDED, Phase.CLOSED), unless=("case_not_approved",)),
    *stays(
        handling.ResultIssued,
        (Phase.DELIVERED, Phase.ARCHIVED),
        unless=("case_already_delivered",),
    ),
    *leads(
        handling.ResultDelivered,
        dict.fromkeys((Phase.DECIDED, Phase.CLOSED), Phase.DELIVERED),
    ),
    *stays(handling.DecisionDisclosed, AFTER_DECISION),
    *stays(handling.LinkPushed, AFTER_DECISION),
    *leads(handling.CaseArchived, {Phase.CLOSED: Phase.ARCHIVED}),
    *leads(handling.CaseArchived, {Phase.DELIVERED: Phase.ARCHIVED}, unless=("case_not_closed",)),
    *stays(
        commitment.VerificationCompleted,
        AFTER_DECISION,
        unless=(*OF_THE_PROMISE, "promise_not_to_verify"),
    ),
    *stays(commitment.BreachHandled, AFTER_DECISION, unless=(*OF_THE_PROMISE, "no_breach_found")),
    *leads(handling.DecisionRevoked, dict.fromkeys(AFTER_DECISION, Phase.REVOKED)),
)
AT_ANY_TIME = (
    *stays(handling.CaseAmended, KNOWN),
    *stays(credit.CreditModeApplied, KNOWN, unless=("credit_mode_already_applied",)),
    *stays(instrument.InstrumentUsed, KNOWN),
    *stays(handling.ActivityRecorded, Phase),
)

BY_WHOEVER_EXAMINES = Guard("before_approval", lambda fact: fact.step is not Step.APPROVE)
BY_SEVERAL = Guard("several_grades", lambda fact: fact.grade is not GradeLevel.L1)
"""Of the first grade (一审) one person is enough from the counter to the decision (C-05)."""

SIGNED_FOR = (handling.HoldOpened, handling.DecisionMade, handling.CaseTerminated)
APART = (
    Apart((handling.ExtensionApproved, handling.ExtensionDenied), (handling.ExtensionRequested,)),
    Apart(
        (*SIGNED_FOR, handling.CaseAmended),
        (handling.StepStarted, handling.StepCompleted),
        BY_WHOEVER_EXAMINES,
    ),
    Apart((*SIGNED_FOR, handling.CaseAmended), (intake.ApplicationAccepted,), BY_SEVERAL),
    Apart((handling.CaseTerminated, handling.CaseAmended), (intake.ApplicationReceived,)),
    # Nobody puts right the day of the own decision.
    Apart((handling.CaseAmended,), (handling.DecisionMade,)),
)

CASE = Course(
    "case",
    "case_no",
    STAGES,
    (*FILING, *EXAMINATION, *OUTCOME, *AT_ANY_TIME),
    marks=(
        (intake.ApplicationAccepted, FORWARDED_UP),
        (intake.ApplicationAccepted, IMMEDIATE),
        (intake.ApplicationAccepted, ON_A_PROMISE),
        (intake.CorrectionRequested, REPEATED),
        (handling.HoldOpened, HEARING),
        (handling.HearingAnnounced, SHORT_NOTICE),
        (handling.HearingAnnounced, IN_TIME),
        (handling.DecisionMade, SILENT_REFUSAL),
        (handling.DecisionMade, APPROVED),
        (handling.LinkPushed, ACKNOWLEDGED),
    ),
    apart=APART,
    prefix="XC",
    numbered_elsewhere=True,
)
