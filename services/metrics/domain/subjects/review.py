"""The rating that somebody gave (好差评), and the invitation to give one."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.review.course import INVITATION, RATING
from shared.contracts.review.facts import (
    AppealDecided,
    InvitationSent,
    RatingPosted,
    RatingSupplemented,
)
from shared.contracts.review.words import ReviewChannel


class Invitation(Subject, frozen=True, array_like=True, tag="invitation"):
    """One invitation to rate."""

    COURSE: ClassVar[Course] = INVITATION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({InvitationSent})


class Rating(Subject, frozen=True, array_like=True, tag="rating"):
    """One rating: what it says, through which channel, and whether an appeal struck it out."""

    COURSE: ClassVar[Course] = RATING

    level: str = ""
    channel: str = ""
    struck_out: bool = False
    """Whether an appeal was upheld: then it counts in no figure."""

    @property
    def by_default(self) -> bool:
        """Whether the system gave it because nobody did: nobody's praise (trap 12)."""
        return self.channel == ReviewChannel.SYSTEM_DEFAULT

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case RatingPosted(level=level, channel=channel):
                return {"level": level.value, "channel": channel.value}, True
            case RatingSupplemented(level=level):
                return {"level": level.value}, True
            case AppealDecided(upheld=True):
                return {"struck_out": True}, True
            case _:
                return {}, True
