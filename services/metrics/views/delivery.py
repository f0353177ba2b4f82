"""Deliveries as whoever operates them is told: what went to whom, and what was answered."""

from enum import StrEnum

from services.metrics.views.view import Page, ShownInstant, View


class DeliveryState(StrEnum):
    """How a delivery stands."""

    WAITING = "WAITING"
    SENT = "SENT"
    GIVEN_UP = "GIVEN_UP"


class DeliveryLine(View, frozen=True):
    """One message to one channel."""

    delivery_id: str
    """Under this a receiver knows a repetition."""
    channel: str
    state: DeliveryState
    notifications: int
    """So many cards, or other things, it tells of."""
    made_at: ShownInstant
    tries: int
    tried_at: ShownInstant | None
    sent_at: ShownInstant | None
    answer: str
    """The receiver's code, or why there was none; empty before the first try."""


class ChannelLine(View, frozen=True):
    """How a channel is."""

    channel: str
    failing_since: ShownInstant | None
    """Null where it took what it was told last, or was never told anything."""
    fault: str
    """The receiver's code, or why there was none; empty where it does not fail."""
    closed: bool
    """Whether it is told nothing more until somebody tests it."""
    waiting: int
    """Deliveries that are to be tried."""


class ChannelPage(Page[ChannelLine], frozen=True):
    """Every channel, by name."""


class DeliveryPage(Page[DeliveryLine], frozen=True):
    """Deliveries, newest first."""
