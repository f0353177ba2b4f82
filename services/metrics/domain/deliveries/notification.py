"""What a channel is told: that a card was raised, or what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

import msgspec

from shared.contracts.supervision.words import AlertLevel

DELIVERIES = uuid5(NAMESPACE_URL, "urn:casetrack:delivery")


class NotificationKind(StrEnum):
    """What there is to tell."""

    RAISED = "RAISED"
    REPEATED = "REPEATED"
    """It still stands, and the work is still late."""
    ESCALATED = "ESCALATED"
    RESOLVED = "RESOLVED"
    REVOKED = "REVOKED"
    ORDERED = "ORDERED"
    ANSWERED = "ANSWERED"
    CHANNEL_DOWN = "CHANNEL_DOWN"
    """Of a channel, for operations."""
    TEST = "TEST"


OVER = frozenset({NotificationKind.RESOLVED, NotificationKind.REVOKED, NotificationKind.ANSWERED})
"""Behind these there is nothing to be done about a card, or an order."""


class CardTold(msgspec.Struct, frozen=True, tag="card"):
    """A card, in the words of the fact that raised it."""

    case_no: str
    item_name: str
    sla: str
    level: AlertLevel
    due: date
    overdue_days: int
    org_code: str
    org_name: str
    roles: tuple[str, ...]


class OrderTold(msgspec.Struct, frozen=True, tag="order"):
    """An order, and for whom it is."""

    order_id: str
    content: str
    org_code: str
    org_name: str
    case_no: str = ""


class ChannelTold(msgspec.Struct, frozen=True, tag="channel"):
    """A channel, and since when it takes nothing."""

    channel: str
    since: datetime
    fault: str = ""


ToldOf = CardTold | OrderTold | ChannelTold


@dataclass(frozen=True, slots=True)
class Notification:
    """
    One thing that one channel is told.

    *about* names the card, or what else it is about; with *kind* and *channel*
    it is the identity, however often it comes to be told.
    """

    channel: str
    about: str
    kind: NotificationKind
    happened_at: datetime
    due_at: datetime
    """Not before is it told."""
    told: ToldOf
    number: int = 0
    """Which of several of one kind: a repetition, or a level of the ladder."""
    again_at: datetime | None = None
    """When it is told again, unless it is over by then."""

    @property
    def place(self) -> str:
        """Its kind and number, as it is stored."""
        return f"{self.kind}:{self.number}" if self.number else self.kind.value

    @property
    def id(self) -> str:
        """By this a receiver knows it again, in whichever delivery it comes."""
        return f"{self.about}:{self.place}"


def numbered(place: str) -> tuple[NotificationKind, int]:
    """Return the kind and the number that *place* spells."""
    kind, _, number = place.partition(":")
    return NotificationKind(kind), int(number or 0)


def delivery_id(channel: str, ids: list[str]) -> str:
    """Return the name of the delivery that tells *channel* of *ids*, the same whoever makes it."""
    return str(uuid5(DELIVERIES, "/".join([channel, *sorted(ids)])))
