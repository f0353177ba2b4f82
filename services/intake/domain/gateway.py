"""Which foreign facts are let in: readable, from a source that may say so, and not of tomorrow."""

from datetime import datetime, timedelta

from shared.contracts.envelope import Event, moments_of
from shared.contracts.moments import OUTSIDE, is_meant
from shared.contracts.unreadable import Flaw
from shared.policy.calendar import business_date
from shared.policy.publisher import Publisher, Publishers
from shared.policy.rules import Rules

AHEAD_MAX = timedelta(minutes=5)
"""So far may a publisher's clock be ahead of ours."""


class Inadmissible(Exception):
    """A readable fact that its publisher may not state: *code* is stable, *field* says where."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail


def admit(event: Event, publisher: Publisher | None, rules: Rules, now: datetime) -> Event:
    """
    Return *event*, if it may be recorded, with the standing of whoever speaks.

    What it says is not judged: it has happened, even where our own history
    contradicts it. *publisher* is None where the entrance cannot know; then
    whoever is registered for the source is believed to have spoken.

    Raises:
        Inadmissible: its source may not say this, or it cannot have happened then, or not yet.
    """
    publishers = rules.publishers
    speaker = _speaker(event, publisher or publishers.speaking_from(event.source), publishers)
    if event.time > now + AHEAD_MAX:
        raise Inadmissible("time_in_future", "time", event.time.isoformat())
    _must_be_meant(event)
    # A copy costs 3 µs. To say it before the event is read would mean to judge whose words they
    # are, and of which type, by what nobody has read strictly yet.
    return event.model_copy(
        update={
            "publisher": speaker.id,
            "ofothers": speaker.speaks_of_others(event.type) or None,
            "believedfrom": speaker.believed_from(business_date(now), rules.calendar),
        }
    )


def _must_be_meant(event: Event) -> None:
    """Refuse an instant or a day that stands for "unset" or "never" in another system."""
    if not is_meant(event.time):
        raise Inadmissible(Flaw.INVALID_ATTRIBUTE, "time", OUTSIDE)
    for name, moment in moments_of(event.data):
        if not is_meant(moment):
            raise Inadmissible(Flaw.INVALID_DATA, f"data.{name}", OUTSIDE)


def _speaker(event: Event, publisher: Publisher | None, publishers: Publishers) -> Publisher:
    """Return *publisher*, who may say so."""
    if publisher is not None and publishers.may_speak(publisher, event.source, event.type):
        return publisher
    if publishers.is_reserved(event.source):
        raise Inadmissible("source_reserved", "source", event.source)
    if publisher is None or not publishers.may_name(publisher, event.source):
        raise Inadmissible("source_not_allowed", "source", event.source)
    raise Inadmissible("type_not_allowed", "type", event.type)
