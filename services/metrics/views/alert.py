"""An alert as a reader is told: in one line, and with everything that made it."""

from datetime import date

from services.metrics.views.explanation import Explanation
from services.metrics.views.view import Both, Page, ShownInstant, View
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel


class AlertLine(View, frozen=True):
    """An alert in one line of a list."""

    alert_id: str
    case_no: str
    item_name: str | None
    sla_id: str
    subject: str
    """What in the case it is about: the case itself, an inspection, a referral …"""
    episode: int
    """Tells apart the runs of one limit on one subject."""
    clock: str
    basis: str
    """The same as the clock, by the name that facts have for it."""
    level: AlertLevel
    severity: int
    state: AlertState
    due: date
    """As it was when the alert was raised."""
    raised_at: ShownInstant
    """In business time: the instant at which it became true."""
    recorded_at: ShownInstant
    lateness_ms: int
    reason: str | None
    """Why the rules brought it about, where they did; then why it is over."""


class AsRaised(View, frozen=True):
    """What was said of a clock when the alert was raised."""

    due: date | None
    consumed: int
    remaining: int
    policy_version: str
    calendar_version: str
    sentence: Both
    causes: tuple[str, ...]


class Alert(Explanation, frozen=True, kw_only=True):
    """
    An alert with its explanation.

    One that stands is explained as of today; one that is over, as it was when it
    was raised.
    """

    alert_id: str
    case_no: str
    item_name: str | None
    basis: str
    severity: int
    state: AlertState
    recorded_at: ShownInstant
    reason: str | None
    """Why the rules brought it about, where they did; then why it is over."""
    as_raised: AsRaised


class Acknowledged(View, frozen=True):
    """A standing alert that somebody has seen, and the fact that says so."""

    alert_id: str
    state: AlertState
    event_id: str


class AlertPage(Page[AlertLine], frozen=True):
    """Alerts, newest first."""
