"""A case as a reader is told: in one line, as a whole, and fact by fact."""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from services.metrics.views.explanation import Explanation, PartyTime
from services.metrics.views.view import Both, Page, ShownInstant, View
from shared.contracts.handling.course import Phase
from shared.contracts.supervision.words import AlertLevel, DoubtReason

RecordedInstant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""An instant as it is on record, letter by letter."""


class NextDeadline(View, frozen=True):
    """Of the limits that wait for somebody the one that is due first."""

    sla_id: str
    name: Both
    """What the limit is called."""
    clock: str
    due: date | None
    """Null while something keeps it open."""
    due_at: ShownInstant | None
    """The first instant at which it is late."""
    remaining: int
    """In its unit, below 0 where it is late."""
    unit: str
    paused: bool
    provisional: bool


class CaseLine(View, frozen=True):
    """A case in one line of a list."""

    case_no: str
    phase: Phase
    open: bool
    """Whether something is left to do before it is closed."""
    item_code: str | None
    item_name: str | None
    source: str
    """Who told of the receipt."""
    window: str | None
    channel: str | None
    received_at: ShownInstant | None
    due: dict[str, date | None]
    """The due day by clock; null while something keeps it open."""
    deadline: NextDeadline | None
    """What comes next of all that; null where nothing waits any more."""
    paused: bool
    """Whether one of its clocks stands still."""
    level: AlertLevel | None
    """The worst alert that stands on it."""
    facts: int
    anomalies: int
    """How many facts contradict it."""
    org_code: str | None
    """Whose it is; null where no fact has said so."""
    org_name: str | None


class Terms(View, frozen=True):
    """What was promised when the case was accepted."""

    effective_on: date
    accepted_by: str
    statutory_limit: int
    statutory_unit: str
    committed_limit: int
    committed_unit: str


class Hold(View, frozen=True):
    """A stretch in which some clocks stand still."""

    hold_id: str
    reason: str
    basis: str
    pauses: tuple[str, ...]
    opened_on: date
    opened_by: str
    closed_on: date | None
    closed_by: str | None


class Extended(View, frozen=True):
    """An extension as it was approved, whether or not it came in time to count."""

    approved_on: date
    days: int
    approved_by: str


class SubjectLine(View, frozen=True):
    """An inspection, a referral, a rating or whatever else stands beside the case."""

    kind: str
    name: str
    state: str
    opened_on: date | None
    done_on: date | None


class CardLine(View, frozen=True):
    """A yellow or red card as it stands."""

    alert_id: str
    level: str
    basis: str
    state: str
    raised_on: date | None


class Doubt(View, frozen=True):
    """A fact that another system has told, and that moves nothing unless somebody confirms it."""

    fact_id: str
    fact_source: str
    publisher: str | None
    """Who told it, as registered."""
    reason: DoubtReason


class Judged(View, frozen=True):
    """What was said of a fact, on record."""

    case_no: str
    fact_id: str
    fact_source: str
    believed: bool
    event_id: str


class Case(CaseLine, frozen=True):
    """A case with all that is known of it."""

    received_on: date | None
    accepted_on: date | None
    ended_on: date | None
    decision: str | None
    closed_on: date | None
    delivered_on: date | None
    terms: Terms | None
    holds: tuple[Hold, ...]
    extensions: tuple[Extended, ...]
    corrections: int
    returns: int
    subjects: tuple[SubjectLine, ...]
    cards: tuple[CardLine, ...]
    anomalous: tuple[str, ...]
    """The ids of facts that contradict it or are doubted; the first ones."""
    doubts: tuple[Doubt, ...] = ()
    """The first of those that are doubted."""


class TimelineFact(View, frozen=True, kw_only=True, omit_defaults=True):
    """
    A fact of a case, as it was published.

    Of a type that this version does not know only the attributes are told.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str | None = None
    time: RecordedInstant
    """When it happened."""
    recordedtime: RecordedInstant | None = None
    """When we learned of it."""
    datacontenttype: str | None = None
    dataschema: str | None = None
    partitionkey: str
    sequence: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    districtcode: str | None = None
    siteid: str | None = None
    windowid: str | None = None
    actorid: str | None = None
    actorrole: str | None = None
    datalevel: str | None = None
    traceparent: str | None = None
    activity: str | None = None
    """The name that an imported log gave to it."""
    derived: bool | None = None
    """True where an import made it from an attribute of the case."""
    publisher: str | None = None
    """Whose word it is, as registered; its actor is one of theirs and none of us."""
    data: dict[str, Any] | None = None
    late_days: int | None = None
    """So many working days after the day on which it happened we learned of it, if any."""
    doubt: DoubtReason | None = None
    """Why it moves nothing, if it does not."""
    anomaly: str | None
    """What contradicts the case or is held against the fact, in the reader's language."""


class OrganisationLine(View, frozen=True):
    """An organisation, and how many cases are open in it."""

    code: str
    """Empty where no fact has said whose they are."""
    name: Both | None
    open: int


class OrganisationPage(Page[OrganisationLine], frozen=True):
    """Where cases are open; the most first."""


class CasePage(Page[CaseLine], frozen=True):
    """Cases, greatest number first."""


class TimelinePage(Page[TimelineFact], frozen=True):
    """Every fact of a case in the order of business time."""


class Elapsed(View, frozen=True):
    """How long a case took or has taken, in working days, and whose they were."""

    since: date
    """The day of the receipt, which does not count itself."""
    until: date
    """The day of its end, or the one on which this was asked."""
    ended: bool
    elapsed: int
    used: tuple[PartyTime, ...]
    """What elapsed adds up to the whole."""


class ElapsedOf(View, frozen=True):
    """Working days of the cases that ended in some days, and whose they were."""

    key: str
    """The value of the dimension; empty where no fact names one."""
    elapsed: int
    used: tuple[PartyTime, ...]
    """What elapsed adds up to the whole."""


class ElapsedPage(Page[ElapsedOf], frozen=True):
    """Who used up the time, by one dimension, the most first."""

    since: date
    until: date
    by: str
    whole: ElapsedOf
    """Of all values of the dimension, those that are not listed included."""


class ClockPage(Page[Explanation], frozen=True):
    """The deadlines of a case with everything that makes them, and who used up its time."""

    matter: Elapsed | None = None
    """Null where no case is known."""
