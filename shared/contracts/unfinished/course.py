"""The course of an unfinished matter (未办成事, domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.unfinished import facts as unfinished
from shared.contracts.unfinished.words import UnfinishedCause


class MatterState(StrEnum):
    """Where an unfinished matter stands."""

    ABSENT = ABSENT
    RECORDED = "RECORDED"
    CONTACTED = "CONTACTED"
    EXPLAINED = "EXPLAINED"
    RESOLVED = "RESOLVED"
    FOLLOWED_UP = "FOLLOWED_UP"


M = MatterState

REACHED = Guard("reached", lambda fact: fact.reached)
DONE = Guard("done", lambda fact: fact.outcome == "DONE")

INVOLVING = frozenset({UnfinishedCause.POLICY, UnfinishedCause.MULTI_DEPARTMENT})
"""Causes that no window removes alone, so that it takes longer (U-02)."""
SIMPLE = Guard("simple", lambda fact: fact.cause not in INVOLVING)
INVOLVED = Guard("involved", lambda fact: fact.cause in INVOLVING)

OPEN = (M.RECORDED, M.CONTACTED)

MATTER = Course(
    "matter",
    "matter_id",
    ((M.ABSENT,), (M.RECORDED,), (M.CONTACTED,), (M.EXPLAINED, M.RESOLVED), (M.FOLLOWED_UP,)),
    (
        *leads(unfinished.MatterRecorded, {M.ABSENT: M.RECORDED}),
        *leads(unfinished.MatterContacted, {M.RECORDED: M.CONTACTED}, REACHED),
        # Nobody was reached, or somebody calls once more.
        *stays(unfinished.MatterContacted, OPEN),
        *leads(unfinished.MatterResolved, dict.fromkeys(OPEN, M.RESOLVED), DONE),
        *leads(unfinished.MatterResolved, dict.fromkeys(OPEN, M.EXPLAINED)),
        *leads(
            unfinished.MatterFollowedUp, dict.fromkeys((M.EXPLAINED, M.RESOLVED), M.FOLLOWED_UP)
        ),
    ),
    marks=((unfinished.MatterRecorded, SIMPLE), (unfinished.MatterRecorded, INVOLVED)),
    prefix="WB",
)
