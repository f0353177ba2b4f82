"""Every measure that casetrack exposes, declared once with its unit and meaning."""

from prometheus_client import Counter, Gauge, Histogram

# A label never holds a case number, a person or anything else without a bound.

REQUEST_SECONDS = Histogram(
    "casetrack_request_seconds",
    "Time from a request's head to its answer's end",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ACCESS_REFUSED = Counter(
    "casetrack_access_refused_total", "Requests refused for want of identity or right", ["code"]
)
EVENTS_INGESTED = Counter(
    "casetrack_events_ingested_total",
    "Events judged at the gateway: accepted, duplicate or rejected",
    ["type", "result"],
)
EVENT_INGEST_SECONDS = Histogram(
    "casetrack_event_ingest_seconds", "Time to judge and store one delivery at the gateway"
)
EVENTS_DEAD_LETTERED = Counter(
    "casetrack_events_dead_lettered_total",
    "Records laid on a dead-letter topic",
    ["topic", "reason"],
)
CONSUMER_UP = Gauge(
    "casetrack_consumer_up", "1 where a consumer reads and nothing of it waits, else 0", ["group"]
)
CONSUMER_WAITING = Gauge(
    "casetrack_consumer_waiting_records",
    "Records on Kafka that a consumer has yet to take",
    ["group"],
)
CONSUMER_STILL_SECONDS = Gauge(
    "casetrack_consumer_still_seconds",
    "For how long a consumer that has something to take has taken nothing",
    ["group"],
)
EVENTS_RELAYED = Counter(
    "casetrack_events_relayed_total", "Events confirmed by Kafka, repetitions included", ["owner"]
)
RELAY_LAG_SECONDS = Gauge(
    "casetrack_relay_lag_seconds", "Age of the oldest stored event not yet confirmed", ["owner"]
)
RELAY_BLOCKED_SECONDS = Gauge(
    "casetrack_relay_blocked_seconds",
    "Age of the oldest open transaction that holds the relay back",
    ["owner"],
)
RELAY_PARKED = Gauge(
    "casetrack_relay_parked",
    "Events that Kafka refuses for good, set aside by the relay",
    ["owner"],
)
CHECKPOINT_AGE_SECONDS = Gauge(
    "casetrack_checkpoint_age_seconds",
    "Time since everything that was on record had last been signed",
)
ALERTS_RAISED = Counter("casetrack_alerts_raised_total", "Alerts raised", ["sla", "severity"])
TIMER_LATENESS_SECONDS = Histogram(
    "casetrack_timer_lateness_seconds",
    "Time from an alert's due instant to its being stored",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)
CARDS_WAITING = Gauge(
    "casetrack_cards_waiting",
    "Deadlines that have come and wait until their lane has folded what lay in Kafka then",
)
DEAD_CLOCKS_FOUND = Counter(
    "casetrack_dead_clocks_found_total",
    "Limits that ran and nobody would have looked at in time; each was armed when it was found",
)
SSE_CLIENTS = Gauge("casetrack_sse_clients", "Browsers listening to the live stream")
DELIVERIES_TRIED = Counter(
    "casetrack_deliveries_tried_total",
    "Tries to tell a channel of cards, by what became of each",
    ["channel", "outcome"],
)
CHANNEL_FAILING = Gauge(
    "casetrack_channel_failing", "1 where a channel took nothing at the last try", ["channel"]
)
