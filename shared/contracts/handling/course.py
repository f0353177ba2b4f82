"""The course of a case, from its receipt to its archive (domain.md 3.1)."""

from enum import StrEnum

from shared.contracts.commitment.facts import SupplementExpired
from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.handling import facts as handling
from shared.contracts.intake import facts as intake


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

CASE = Course(
    "case",
    "case_no",
    STAGES,
    (
        *leads(intake.ApplicationReceived, {Phase.ABSENT: Phase.SUBMITTED}),
        *leads(intake.ApplicationPrechecked, {Phase.SUBMITTED: Phase.PRECHECKED}, PASSED),
        *stays(intake.ApplicationPrechecked, (Phase.SUBMITTED,)),
        *leads(
            intake.CorrectionRequested,
            dict.fromkeys((*BEFORE_ACCEPTANCE, Phase.CORRECTION_PENDING), Phase.CORRECTION_PENDING),
        ),
        *leads(intake.CorrectionReceived, {Phase.CORRECTION_PENDING: Phase.SUBMITTED}, COMPLETE),
        *stays(intake.CorrectionReceived, (Phase.CORRECTION_PENDING,)),
        *leads(intake.CorrectionExpired, {Phase.CORRECTION_PENDING: Phase.TERMINATED}),
        *leads(intake.ApplicationAccepted, dict.fromkeys(BEFORE_ACCEPTANCE, Phase.ACCEPTED)),
        *leads(intake.ApplicationRejected, dict.fromkeys(BEFORE_ACCEPTANCE, Phase.NOT_ACCEPTED)),
        *leads(intake.ApplicationWithdrawn, dict.fromkeys(BEFORE_DECISION, Phase.WITHDRAWN)),
        *leads(handling.StepStarted, dict.fromkeys(UNDER_WAY, Phase.EXAMINING)),
        *stays(handling.StepCompleted, (Phase.EXAMINING,)),
        *stays(handling.HoldOpened, UNDER_WAY),
        *stays(handling.HoldClosed, KNOWN),
        *stays(handling.ExtensionRequested, UNDER_WAY),
        *stays(handling.ExtensionApproved, UNDER_WAY),
        *stays(handling.ExtensionDenied, UNDER_WAY),
        *leads(handling.DecisionMade, dict.fromkeys(UNDER_WAY, Phase.DECIDED)),
        *leads(
            handling.CaseClosed,
            # The result went over the counter before anybody registered the end.
            {Phase.DECIDED: Phase.CLOSED, Phase.DELIVERED: Phase.DELIVERED},
        ),
        *leads(handling.CaseForwarded, dict.fromkeys(UNDER_WAY, Phase.TERMINATED)),
        *leads(handling.CaseTerminated, dict.fromkeys(BEFORE_DECISION, Phase.TERMINATED)),
        *leads(SupplementExpired, dict.fromkeys(UNDER_WAY, Phase.TERMINATED)),
        *stays(handling.ResultIssued, AFTER_DECISION),
        *leads(
            handling.ResultDelivered,
            dict.fromkeys((Phase.DECIDED, Phase.CLOSED), Phase.DELIVERED),
        ),
        *stays(handling.DecisionDisclosed, AFTER_DECISION),
        *leads(
            handling.CaseArchived, dict.fromkeys((Phase.CLOSED, Phase.DELIVERED), Phase.ARCHIVED)
        ),
        *leads(handling.DecisionRevoked, dict.fromkeys(AFTER_DECISION, Phase.REVOKED)),
        *stays(handling.CaseAmended, KNOWN),
        *stays(handling.ActivityRecorded, Phase),
    ),
)
