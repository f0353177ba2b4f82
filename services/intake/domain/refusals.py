"""
Refusals that intake may give.

Rejection
└── IntakeRejection
    ├── those of a case: services.intake.domain.case.refusals
    ├── those of a promise: services.intake.domain.commitment.refusals
    ├── DeliveredDateImpossible
    ├── site inspection
    │   ├── InspectionAlreadyOrdered
    │   ├── InspectionUnknown
    │   ├── InspectionNotScheduled
    │   ├── InspectionNotStarted
    │   ├── InspectionAlreadyStarted
    │   ├── InspectionAlreadyConcluded
    │   └── TooFewInspectors
    └── committee
        ├── ReferralAlreadyMade
        ├── ReferralUnknown
        ├── ReferralNotAwaitingScreening
        ├── ReferralNotAdmitted
        ├── MeetingAlreadyCalled
        ├── MeetingAlreadyHeld
        ├── MeetingNotScheduled
        ├── MeetingNotHeld
        ├── QuorumMissing
        └── ResolutionNotAdopted
"""

from shared.contracts.rejection import Blame, Rejection


class IntakeRejection(Rejection):
    """A command that intake understood and declined."""


class DeliveredDateImpossible(IntakeRejection):
    """Material cannot have been handed in tomorrow, nor before the application itself."""

    code = "delivered_date_impossible"
    blame = Blame.COMMAND
    field = "delivered_date"


class InspectionAlreadyOrdered(IntakeRejection):
    """The inspection's id is taken."""

    code = "inspection_already_ordered"
    field = "inspection_id"


class InspectionUnknown(IntakeRejection):
    """No such inspection was ordered."""

    code = "inspection_unknown"


class InspectionNotScheduled(IntakeRejection):
    """A visit begins when it was booked with the applicant."""

    code = "inspection_not_scheduled"


class InspectionNotStarted(IntakeRejection):
    """A conclusion needs a visit, unless the visit could not be made."""

    code = "inspection_not_started"


class InspectionAlreadyStarted(IntakeRejection):
    """The inspectors are on site."""

    code = "inspection_already_started"


class InspectionAlreadyConcluded(IntakeRejection):
    """The conclusion is signed."""

    code = "inspection_already_concluded"


class TooFewInspectors(IntakeRejection):
    """A site is inspected by two different officials or more (I-03)."""

    code = "too_few_inspectors"
    blame = Blame.COMMAND
    field = "inspectors"


class ReferralAlreadyMade(IntakeRejection):
    """The referral's id is taken."""

    code = "referral_already_made"
    field = "referral_id"


class ReferralUnknown(IntakeRejection):
    """No such referral was made."""

    code = "referral_unknown"


class ReferralNotAwaitingScreening(IntakeRejection):
    """The secretariat has admitted or returned it before."""

    code = "referral_not_awaiting_screening"


class ReferralNotAdmitted(IntakeRejection):
    """Only an admitted referral comes before the committee."""

    code = "referral_not_admitted"


class MeetingAlreadyCalled(IntakeRejection):
    """The meeting's id is taken."""

    code = "meeting_already_called"


class MeetingAlreadyHeld(IntakeRejection):
    """The meeting is over."""

    code = "meeting_already_held"


class MeetingNotScheduled(IntakeRejection):
    """No meeting was called for this referral."""

    code = "meeting_not_scheduled"


class MeetingNotHeld(IntakeRejection):
    """A resolution is adopted in a meeting."""

    code = "meeting_not_held"


class QuorumMissing(IntakeRejection):
    """Without a quorum nothing is resolved."""

    code = "quorum_missing"


class ResolutionNotAdopted(IntakeRejection):
    """There is no resolution to execute."""

    code = "resolution_not_adopted"
