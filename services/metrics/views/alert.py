"""An alert as a reader is told: in one line, and with everything that made it."""

from datetime import date
from enum import StrEnum

from services.metrics.views.explanation import Explanation
from services.metrics.views.order import OrderLine
from services.metrics.views.view import Both, Page, ShownInstant, View
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel


class AlertAct(StrEnum):
    """What becomes of an alert, as it is told."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    REVOCATION_PROPOSED = "revocation_proposed"
    RESOLVED = "resolved"
    REVOKED = "revoked"


class AlertMoment(View, frozen=True):
    """One thing that was done about an alert: what, when, by whom, and with which words."""

    act: AlertAct
    at: ShownInstant
    by: str
    """The account of whoever did it; `supervision` where the rules did."""
    words: str | None
    """The note, or the reason."""
    to_level: int | None = None
    """How high it has climbed with this."""


class Proposal(View, frozen=True):
    """Somebody asks that the alert be withdrawn, and another person has yet to agree."""

    by: str
    at: ShownInstant
    reason: str
    approver: str | None
    """Who was asked, where it is one person."""


class AlertAction(StrEnum):
    """What somebody can do about an alert."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    ESCALATE = "ESCALATE"
    ORDER = "ORDER"
    REVOKE = "REVOKE"
    """Ask that it be withdrawn, or agree to it where somebody else has asked."""
    ANSWER = "ANSWER"
    """Answer an order about it."""


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
    escalated: int
    """How many levels it has climbed because nobody answered."""
    by_hand: bool
    """Whether people have withdrawn it."""
    name: Both | None
    """What the limit is called; null where the rules know it no more."""
    remaining: int | None
    """Of the limit, in its unit, below 0 where it is late; null where the card stands no more."""
    unit: str | None
    paused: bool
    """Whether its clock stands still just now."""
    org_code: str | None
    """Whose it is; null where no fact has said so."""
    org_name: str | None
    actions: tuple[AlertAction, ...]
    """What the reader can do about it now."""


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
    escalated: int
    """How many levels it has climbed because nobody answered."""
    by_hand: bool
    """Whether people have withdrawn it."""
    org_code: str | None
    """Whose matter it is, where the register or a fact says so."""
    as_raised: AsRaised
    history: tuple[AlertMoment, ...]
    """Everything that became of it, the oldest first."""
    proposal: Proposal | None
    """What waits for a second person."""
    orders: tuple[OrderLine, ...]
    """What was ordered about it, the newest first."""
    org_name: str | None
    actions: tuple[AlertAction, ...]
    """What the reader can do about it now."""


class Acknowledged(View, frozen=True):
    """A standing alert that somebody has seen, and the fact that says so."""

    alert_id: str
    state: AlertState
    event_id: str


class Escalated(View, frozen=True):
    """An alert that was sent up, how high it is, and the fact that says so."""

    alert_id: str
    state: AlertState
    escalated: int
    event_id: str


class Revoked(View, frozen=True):
    """An alert that was withdrawn, or is to be once a second person agrees."""

    alert_id: str
    state: AlertState
    proposed: bool
    """Whether it waits for somebody else, and still stands."""
    event_id: str


class AlertPage(Page[AlertLine], frozen=True):
    """Alerts, newest first unless another order is asked for."""


class CardGroup(View, frozen=True):
    """Alerts that stand of one limit, or in one organisation."""

    code: str
    """Of the row of the policy, or of the organisation; empty where no fact has said whose."""
    name: Both | None
    levels: dict[AlertLevel, int]


class CardGroups(View, frozen=True):
    """How many alerts stand, and where; the most first."""

    rules: list[CardGroup]
    organisations: list[CardGroup]
