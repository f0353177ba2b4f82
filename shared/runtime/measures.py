"""Every measure that casetrack exposes, declared once: name, unit, labels, meaning, and by whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import generate_latest

# When a series began says the process's start already, and would double what is scraped.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types for it


class Scraped(StrEnum):
    """Whoever answers `/metrics`."""

    INTAKE = "intake"
    ASSIST = "assist"
    REVIEW = "review"
    METRICS = "metrics"
    WORKER = "metrics-worker"
    TICKER = "metrics-ticker"
    COURIER = "metrics-courier"
    RELAY = "relay"
    CHECKPOINTS = "checkpoints"


EVERYONE = frozenset(Scraped)
READERS = frozenset({Scraped.INTAKE, Scraped.ASSIST, Scraped.REVIEW, Scraped.WORKER})
"""Who reads Kafka in a group, and lays what it cannot read on a dead-letter topic."""


class MeasureUnit(StrEnum):
    """What one of a measure is; times are seconds, an instant is seconds since 1970."""

    SECONDS = "seconds"
    INSTANT = "instant"
    EVENTS = "events"
    RECORDS = "records"
    REQUESTS = "requests"
    ALERTS = "alerts"
    CLOCKS = "clocks"
    CLIENTS = "clients"
    TRIES = "tries"
    TOLD = "notifications"
    BOOKS = "books"
    BYTES = "bytes"
    FILES = "files"
    YES = "1 or 0"


LABELS: Mapping[str, str] = MappingProxyType(
    {
        "channel": "a channel of the profile of deliveries",
        "code": "the code of a refusal (reference/problems.md)",
        "group": "a consumer group of ours",
        "lane": "the number of a partition, the same of every topic",
        "method": "an HTTP method that is known, else `other`",
        "outcome": "what an answer means: four of them",
        "owner": "an event store: intake, assist, review, supervision",
        "part": "of a backup: `base`, or `log`",
        "publisher": "an entry of the register of publishers",
        "reason": "the code under which a record was refused",
        "result": "accepted, duplicate, rejected",
        "route": "the template of a path, else `unmatched`",
        "severity": "1 or 2",
        "sla": "a limit of the policy; empty for a rule without one",
        "status": "the status of an HTTP answer",
        "topic": "a dead-letter topic: of an owner, or of a publisher's inbox",
        "type": "a registered event type, else `unknown`",
        "use": "what a certificate is for",
    }
)
"""What each label may hold: never a case number, a person, or anything else without a bound."""


class LabelUnbounded(Exception):
    """Nobody has said what a label may hold."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of the catalogue."""

    name: str
    kind: str
    unit: MeasureUnit
    meaning: str
    labels: tuple[str, ...]
    told_by: frozenset[Scraped]

    @property
    def samples(self) -> tuple[str, ...]:
        """The names under which its numbers are scraped."""
        if self.kind == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)


_DECLARED: dict[str, Declared] = {}
CATALOGUE: Mapping[str, Declared] = MappingProxyType(_DECLARED)
"""Every measure by its name, in the order of this module."""


def _declare(measure: Declared) -> None:
    if unbounded := [label for label in measure.labels if label not in LABELS]:
        raise LabelUnbounded(measure.name, unbounded)
    _DECLARED[measure.name] = measure


def _counter(
    name: str, unit: MeasureUnit, meaning: str, *labels: str, by: frozenset[Scraped] = EVERYONE
) -> Counter:
    _declare(Declared(name, "counter", unit, meaning, labels, by))
    return Counter(name, meaning, labels)


def _gauge(
    name: str, unit: MeasureUnit, meaning: str, *labels: str, by: frozenset[Scraped] = EVERYONE
) -> Gauge:
    _declare(Declared(name, "gauge", unit, meaning, labels, by))
    return Gauge(name, meaning, labels)


def _seconds(
    name: str,
    meaning: str,
    *labels: str,
    by: frozenset[Scraped] = EVERYONE,
    buckets: tuple[float, ...] = Histogram.DEFAULT_BUCKETS,
) -> Histogram:
    _declare(Declared(name, "histogram", MeasureUnit.SECONDS, meaning, labels, by))
    return Histogram(name, meaning, labels, buckets=buckets)


def _by(*processes: Scraped) -> frozenset[Scraped]:
    return frozenset(processes)


LATENESS_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)

REQUEST_SECONDS = _seconds(
    "casetrack_request_seconds",
    "Time from a request's head to its answer's end",
    "method",
    "route",
    "status",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ACCESS_REFUSED = _counter(
    "casetrack_access_refused_total",
    MeasureUnit.REQUESTS,
    "Requests refused for want of identity or right",
    "code",
)
CERTIFICATE_EXPIRES = _gauge(
    "casetrack_certificate_expires_timestamp_seconds",
    MeasureUnit.INSTANT,
    "Until when a certificate is valid that this process was set to use, as it last read it",
    "use",
)
CLOCK_DIFFERENCE_SECONDS = _gauge(
    "casetrack_clock_difference_seconds",
    MeasureUnit.SECONDS,
    "By how much the clock of this machine is before PostgreSQL's, as of the newest connection; "
    "less than 0 behind it",
)
EVENTS_INGESTED = _counter(
    "casetrack_events_ingested_total",
    MeasureUnit.EVENTS,
    "Events judged at the gateway: accepted, duplicate or rejected",
    "type",
    "result",
    by=_by(Scraped.INTAKE),
)
EVENT_INGEST_SECONDS = _seconds(
    "casetrack_event_ingest_seconds",
    "Time to judge and store one delivery at the gateway",
    by=_by(Scraped.INTAKE),
)
PUBLISHER_EVENTS = _counter(
    "casetrack_publisher_events_total",
    MeasureUnit.EVENTS,
    "Events that a registered publisher has told, repetitions and rejected ones included",
    "publisher",
    by=_by(Scraped.INTAKE),
)
HALL_SECONDS = _gauge(
    "casetrack_hall_seconds",
    MeasureUnit.SECONDS,
    "Seconds for which the hall has ever been open, by the calendar in force: still while closed",
    by=_by(Scraped.INTAKE),
)
SILENCE_LATENESS_SECONDS = _seconds(
    "casetrack_silence_lateness_seconds",
    "Time from the instant at which a silence is over to its being recorded",
    by=_by(Scraped.INTAKE),
    buckets=LATENESS_BUCKETS,
)
EVENTS_DEAD_LETTERED = _counter(
    "casetrack_events_dead_lettered_total",
    MeasureUnit.RECORDS,
    "Records laid on a dead-letter topic",
    "topic",
    "reason",
    by=READERS,
)
CONSUMER_UP = _gauge(
    "casetrack_consumer_up",
    MeasureUnit.YES,
    "1 where a consumer reads and nothing of it waits, else 0",
    "group",
    by=READERS,
)
CONSUMER_WAITING = _gauge(
    "casetrack_consumer_waiting_records",
    MeasureUnit.RECORDS,
    "Records on Kafka that a consumer has yet to take",
    "group",
    by=READERS,
)
CONSUMER_STILL_SECONDS = _gauge(
    "casetrack_consumer_still_seconds",
    MeasureUnit.SECONDS,
    "For how long a consumer that has something to take has taken nothing",
    "group",
    by=READERS,
)
LANE_WAITING = _gauge(
    "casetrack_lane_waiting_records",
    MeasureUnit.RECORDS,
    "Records on Kafka that a lane of this worker has yet to fold",
    "lane",
    by=_by(Scraped.WORKER),
)
LANE_LAG_SECONDS = _gauge(
    "casetrack_lane_lag_seconds",
    MeasureUnit.SECONDS,
    "Age of what a lane is folded up to, whichever worker has it, or none",
    "lane",
    by=_by(Scraped.TICKER),
)
EVENTS_RELAYED = _counter(
    "casetrack_events_relayed_total",
    MeasureUnit.EVENTS,
    "Events confirmed by Kafka, repetitions included",
    "owner",
    by=_by(Scraped.RELAY),
)
RELAY_LEADS = _gauge(
    "casetrack_relay_leads",
    MeasureUnit.YES,
    "1 where this relay sends the owner's events, 0 where it stands by",
    "owner",
    by=_by(Scraped.RELAY),
)
RELAY_LAG_SECONDS = _gauge(
    "casetrack_relay_lag_seconds",
    MeasureUnit.SECONDS,
    "Age of the oldest stored event not yet confirmed; 0 where another relay leads",
    "owner",
    by=_by(Scraped.RELAY),
)
RELAY_BLOCKED_SECONDS = _gauge(
    "casetrack_relay_blocked_seconds",
    MeasureUnit.SECONDS,
    "For how long a transaction left open in PostgreSQL has held back the oldest event",
    "owner",
    by=_by(Scraped.RELAY),
)
RELAY_PARKED = _gauge(
    "casetrack_relay_parked",
    MeasureUnit.EVENTS,
    "Events that Kafka refuses for good, set aside by the relay",
    "owner",
    by=_by(Scraped.RELAY),
)
CHECKPOINT_AGE_SECONDS = _gauge(
    "casetrack_checkpoint_age_seconds",
    MeasureUnit.SECONDS,
    "Time since everything that was on record had last been signed",
    by=_by(Scraped.CHECKPOINTS),
)
CHAIN_BROKEN = _gauge(
    "casetrack_chain_broken",
    MeasureUnit.BOOKS,
    "Books of a store that are no longer what was signed, as they were last read from the start",
    "owner",
    by=_by(Scraped.CHECKPOINTS),
)
CHAIN_READ_AGE_SECONDS = _gauge(
    "casetrack_chain_read_age_seconds",
    MeasureUnit.SECONDS,
    "Time since the stores were last read from the start and compared with what was signed",
    by=_by(Scraped.CHECKPOINTS),
)
BACKUP_AGE_SECONDS = _gauge(
    "casetrack_backup_age_seconds",
    MeasureUnit.SECONDS,
    "Age of the newest base, and time since all of PostgreSQL's log had been received",
    "part",
    by=_by(Scraped.CHECKPOINTS),
)
ALERTS_RAISED = _counter(
    "casetrack_alerts_raised_total",
    MeasureUnit.ALERTS,
    "Alerts raised",
    "sla",
    "severity",
    by=_by(Scraped.TICKER),
)
TIMER_LATENESS_SECONDS = _seconds(
    "casetrack_timer_lateness_seconds",
    "Time from an alert's due instant to its being stored",
    by=_by(Scraped.TICKER),
    buckets=LATENESS_BUCKETS,
)
CARDS_WAITING = _gauge(
    "casetrack_cards_waiting",
    MeasureUnit.CLOCKS,
    "Deadlines that have come and wait until their lane has folded what lay in Kafka then",
    by=_by(Scraped.TICKER),
)
DEAD_CLOCKS_FOUND = _counter(
    "casetrack_dead_clocks_found_total",
    MeasureUnit.CLOCKS,
    "Limits that ran and nobody would have looked at in time; each was armed when it was found",
    by=_by(Scraped.TICKER),
)
SSE_CLIENTS = _gauge(
    "casetrack_sse_clients",
    MeasureUnit.CLIENTS,
    "Browsers listening to the live stream",
    by=_by(Scraped.METRICS),
)
DELIVERIES_TRIED = _counter(
    "casetrack_deliveries_tried_total",
    MeasureUnit.TRIES,
    "Tries to tell a channel of cards, by what became of each",
    "channel",
    "outcome",
    by=_by(Scraped.COURIER),
)
DELIVERIES_GIVEN_UP = _counter(
    "casetrack_deliveries_given_up_total",
    MeasureUnit.TOLD,
    "What channels were to be told and never will, because it has waited for too long",
    by=_by(Scraped.COURIER),
)
CHANNEL_FAILING = _gauge(
    "casetrack_channel_failing",
    MeasureUnit.YES,
    "1 where a channel took nothing at the last try",
    "channel",
    by=_by(Scraped.COURIER),
)

OF_THE_LIBRARY = tuple(
    Declared(name, kind, unit, meaning, (), EVERYONE)
    for name, kind, unit, meaning in (
        ("process_cpu_seconds_total", "counter", MeasureUnit.SECONDS, "CPU time"),
        ("process_resident_memory_bytes", "gauge", MeasureUnit.BYTES, "Memory in use"),
        ("process_start_time_seconds", "gauge", MeasureUnit.INSTANT, "When it was started"),
        ("process_open_fds", "gauge", MeasureUnit.FILES, "Files and connections open"),
        ("process_max_fds", "gauge", MeasureUnit.FILES, "How many may be open"),
    )
)
"""What Prometheus' library knows of any process, as far as we show it."""


def told_by(process: Scraped | None) -> Iterator[Declared]:
    """Yield what *process* shows; None, a process that is none of ours, shows everything."""
    for measure in (*_DECLARED.values(), *OF_THE_LIBRARY):
        if process is None or process in measure.told_by:
            yield measure


def exposition(process: Scraped | None) -> bytes:
    """Return the measures of *process* in Prometheus' text format, and none that are another's."""
    names = [sample for measure in told_by(process) for sample in measure.samples]
    return generate_latest(REGISTRY.restricted_registry(names))
