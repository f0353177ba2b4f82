"""What the rows of the limits look up, found in the facts of one subject as they came."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.metrics.domain.entry import Entry
from shared.policy.calendar import ZONE

Told = Sequence[Entry]
End = tuple[date, datetime]
"""The day that counts as the end, and when it was told."""

RECEIVED = "casetrack.intake.application.received.v1"
ACCEPTED = "casetrack.intake.application.accepted.v1"
AMENDED = "casetrack.handling.case.amended.v1"
DECIDED = "casetrack.handling.decision.made.v1"
NAMED_DAY = {
    RECEIVED: "received_date",
    "casetrack.intake.correction.received.v1": "delivered_date",
    ACCEPTED: "effective_date",
    "casetrack.handling.hearing.offered.v1": "told_date",
    "casetrack.handling.hearing.announced.v1": "notified_date",
    "casetrack.handling.extension.approved.v1": "approved_date",
    "casetrack.joint.extension.approved.v1": "approved_date",
    DECIDED: "decision_date",
    "casetrack.handling.case.closed.v1": "closed_date",
    "casetrack.handling.result.delivered.v1": "delivered_date",
    "casetrack.handling.decision.disclosed.v1": "published_date",
    "casetrack.intermediary.agency.applied.v1": "date",
}
"""The facts that say themselves on which day they took effect."""
OVER = frozenset(
    f"casetrack.{kind}.v1"
    for kind in (
        "intake.application.rejected",
        "intake.application.withdrawn",
        "intake.correction.expired",
        "commitment.supplement.expired",
        "handling.case.terminated",
        "handling.case.forwarded",
        "handling.decision.made",
        "handling.case.closed",
    )
)
"""With the first of them a case is over."""


def day_of(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def took_effect(entry: Entry) -> date:
    """Return the day that counts: the one that the fact names, else its own."""
    named: date | None = getattr(entry.data, NAMED_DAY.get(entry.type, ""), None)
    return named or day_of(entry.time)


def _first(told: Told, kind: str) -> Any:  # noqa: ANN401 - a fact
    return next((one.data for one in told if one.type == kind), None)


def _of_the_terms(kind: str, field: str) -> Callable[[Told], Any]:
    """Return how to find what a fact said first, and what corrections made of it since."""

    def found(told: Told) -> Any:  # noqa: ANN401 - a day or a number
        said: Any = None
        for one in told:
            if one.type == kind and said is None:
                said = getattr(one.data, field)
            elif one.type == AMENDED and said is not None and one.data.field == field:
                said = (
                    type(said).fromisoformat(one.data.new)
                    if isinstance(said, date)
                    else int(one.data.new)
                )
        return said

    return found


def _case_over(told: Told) -> End | None:
    """Return when the case was over; the day of a decision may be corrected."""
    end: End | None = None
    decided = False
    for one in told:
        if one.type in OVER and end is None:
            end, decided = (took_effect(one), one.time), one.type == DECIDED
        elif one.type == AMENDED and one.data.field == "decision_date" and end and decided:
            end = date.fromisoformat(one.data.new), end[1]
    return end


def _day_over(told: Told) -> date | None:
    end = _case_over(told)
    return None if end is None else end[0]


def _dated(kind: str, field: str, enough: Callable[[Any], bool]) -> Callable[[Told], End | None]:
    """Return how to find the first fact that says so, and the day that it names."""

    def found(told: Told) -> End | None:
        named = (
            (getattr(one.data, field), one.time)
            for one in told
            if one.type == kind and enough(one.data) and getattr(one.data, field) is not None
        )
        return next(named, None)

    return found


def _synced(told: Told) -> End | None:
    """Return when a change stood in the last of its three places."""
    places: set[str] = set()
    for one in told:
        if one.type == "casetrack.item.change.synced.v1" and one.data.place not in places:
            places.add(one.data.place)
            if len(places) == 3:
                return one.data.synced_date, one.time
    return None


def _said(kind: str, field: str) -> Callable[[Told], Any]:
    return lambda told: getattr(_first(told, kind), field, None)


SIGNED = "casetrack.commitment.promise.signed.v1"
LISTED = "casetrack.policy.item.published.v1"
LOOKED_UP: Mapping[str, Callable[[Told], Any]] = {
    "received_on": _of_the_terms(RECEIVED, "received_date"),
    "terms.effective_on": _of_the_terms(ACCEPTED, "effective_date"),
    "terms.committed_limit": _of_the_terms(ACCEPTED, "committed_limit"),
    "terms.statutory_limit": _of_the_terms(ACCEPTED, "statutory_limit"),
    "terms.committed_unit": _said(ACCEPTED, "committed_unit"),
    "terms.statutory_unit": _said(ACCEPTED, "statutory_unit"),
    "ending": _case_over,
    "case.ending": _case_over,
    "ending.ended_on": _day_over,
    "promised_on": _said(SIGNED, "promise_date"),
    "remaining_days": _said("casetrack.committee.referral.made.v1", "remaining_committed_days"),
    "closing": _dated("casetrack.joint.case.closed.v1", "closed_date", lambda _: True),
    "handover": _dated("casetrack.xregion.result.returned.v1", "handed_over_date", lambda _: True),
    "listing": _dated(LISTED, "listed_date", lambda fact: fact.guide_ready),
    "issued_on": _said(LISTED, "issued_date"),
    "sync": _synced,
    "review_id": _said("casetrack.rectification.case.opened.v1", "review_id"),
    "name": lambda told: told[0].data.task_id,
}
"""By where the row looks."""
