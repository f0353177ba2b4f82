"""
Refusals around one referral to the committee.

IntakeRejection
├── ReferralAlreadyMade
├── ReferralUnknown
├── ReferralNotAwaitingScreening
├── ReferralNotAdmitted
├── ReferralAlreadyDeliberated
├── MeetingNotScheduled, of the meeting
├── MeetingNotHeld
├── QuorumMissing
└── ResolutionNotAdopted
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.committee.course import REFERRAL, UNRESOLVED, ReferralState
from shared.contracts.committee.facts import ReferralDeliberated


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


class ReferralAlreadyDeliberated(IntakeRejection):
    """It was before the committee and awaits its resolution; one that is put off comes again."""

    code = "referral_already_deliberated"


class MeetingNotHeld(IntakeRejection):
    """The committee deliberates and resolves in a meeting."""

    code = "meeting_not_held"


class QuorumMissing(IntakeRejection):
    """Without a quorum nothing is deliberated on or resolved."""

    code = "quorum_missing"


class ResolutionNotAdopted(IntakeRejection):
    """There is no resolution to execute."""

    code = "resolution_not_adopted"


R = ReferralState

OFF_COURSE = off_course(
    REFERRAL,
    Refused(ReferralAlreadyMade, REFERRAL.within((R.ABSENT,))),
    Refused(ReferralUnknown, states=(R.ABSENT,)),
    Refused(ReferralNotAwaitingScreening, REFERRAL.within((R.REFERRED,))),
    Refused(ReferralAlreadyDeliberated, (ReferralDeliberated,), (R.DELIBERATED,)),
    Refused(ReferralNotAdmitted, REFERRAL.within(UNRESOLVED)),
    Refused(ResolutionNotAdopted, REFERRAL.within((R.RESOLVED,))),
)
"""Why nothing comes of it where the course has no row."""
