"""Where a meeting stands, and what intake remembers of it."""

from dataclasses import dataclass, replace

from shared.contracts.committee.course import MEETING, MeetingState
from shared.contracts.committee.facts import MeetingHeld, MeetingScheduled
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting, as its facts made it."""

    state: str = MeetingState.ABSENT
    referral_ids: frozenset[str] = frozenset()
    """The agenda."""
    quorum_ok: bool = False


INITIAL = Meeting()


def evolve(meeting: Meeting, fact: Fact) -> Meeting:
    """Return the meeting after *fact*; one without a legal transition leaves it."""
    state = MEETING.target(meeting.state, fact)
    if state is None:
        return meeting
    return replace(_noted(meeting, fact), state=state)


def _noted(meeting: Meeting, fact: Fact) -> Meeting:
    if isinstance(fact, MeetingScheduled):
        return replace(meeting, referral_ids=frozenset(fact.referral_ids))
    return replace(meeting, quorum_ok=isinstance(fact, MeetingHeld) and fact.quorum_ok)
