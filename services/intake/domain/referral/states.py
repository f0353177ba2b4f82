"""Where a referral stands, and what intake remembers of it."""

from dataclasses import dataclass, replace

from shared.contracts.committee.course import REFERRAL, ReferralState
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One referral, as its facts made it."""

    state: str = ReferralState.ABSENT
    case_no: str = ""


INITIAL = Referral()


def evolve(referral: Referral, fact: Fact) -> Referral:
    """Return the referral after *fact*; one without a legal transition leaves it."""
    state = REFERRAL.target(referral.state, fact)
    if state is None:
        return referral
    return replace(_noted(referral, fact), state=state)


def _noted(referral: Referral, fact: Fact) -> Referral:
    match fact:
        case ReferralMade():
            return replace(referral, case_no=fact.case_no)
        case _:
            return referral
