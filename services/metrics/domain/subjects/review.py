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
from shared.contracts.review.words import BAD, ReviewChannel


class Invitation(Subject, frozen=True, array_like=True, gc=False, tag="invitation"):
    """One invitation to rate."""

    COURSE: ClassVar[Course] = INVITATION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({InvitationSent})


class Rating(Subject, frozen=True, array_like=True, gc=False, tag="rating"):
    """One rating: what it says, through which channel, and whether an appeal struck it out."""

    COURSE: ClassVar[Course] = RATING

    level: str = ""
    channel: str = ""
    struck_out: bool = False
    """Whether an appeal was upheld: then it counts in no figure."""
    phase: str = ""
    """What is rated: acceptance, completion, an inspection, help (V-16, K12.3)."""
    real_name: bool = False
    """Whoever gives a name is called back (K12.2)."""
    item_code: str = ""
    """The item, where it is of no case that says it (K12.6)."""
    window: str = ""
    """Where it was given (K12.6)."""
    staff: str = ""
    """Who is rated, by pseudonym: is everybody rated (K12.6)?"""
    org_code: str = ""
    org_name: str = ""
    """Which organisation is rated: its figures stand beside it (K12.3)."""
    prior: str = ""
    """The rating to which this one only adds (追评): it is no second opinion (V-15)."""

    @property
    def by_default(self) -> bool:
        """Whether the system gave it because nobody did: nobody's praise (trap 12)."""
        return self.channel == ReviewChannel.SYSTEM_DEFAULT

    @property
    def is_valid(self) -> bool:
        """Whether it is told, not struck out, and no mere text that was added to another."""
        return bool(self.channel) and not self.struck_out

    @property
    def is_bad(self) -> bool:
        """Whether it is one of the two lowest levels (V-01), given by somebody, and valid."""
        return self.level in BAD and not self.by_default and not self.struck_out

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case RatingPosted() if self.channel:
                return {}, False
            case RatingPosted() as fact:
                return {
                    "level": fact.level.value,
                    "channel": fact.channel.value,
                    "phase": fact.phase.value,
                    "real_name": fact.real_name,
                    "item_code": fact.item_code or "",
                    "window": entry.windowid or "",
                    "staff": fact.rated_staff or "",
                    "org_code": fact.rated_org.org_code,
                    "org_name": fact.rated_org.org_name,
                }, True
            case RatingSupplemented(level=level, prior_review_id=prior):
                return {"level": level.value, "prior": prior}, True
            case AppealDecided(upheld=True):
                return {"struck_out": True}, True
            case _:
                return {}, True
