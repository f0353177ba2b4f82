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


class DeliveryPage(Page[DeliveryLine], frozen=True):
    """Deliveries, newest first."""
