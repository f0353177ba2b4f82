"""Whose word counts of a subject: its founder's, ours, and theirs who may speak of others'."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.facts import FactConfirmed, FactRejected

OURS = "urn:casetrack:"
"""How every source of ours begins."""
JUDGEMENTS = (FactConfirmed, FactRejected)


def speaker_of(source: str, publisher: str | None) -> str | None:
    """
    Return who speaks: a publisher as registered, '' for one of us.

    None is another system that spoke before it was kept which one it was.
    """
    return "" if publisher is None and source.startswith(OURS) else publisher


def is_foreign(publisher: str | None, founder: str | None, *, of_others: bool | None) -> bool:
    """Say whether *publisher* speaks of a subject that is *founder*'s, and may not do so."""
    return publisher is not None and not of_others and founder not in (None, publisher)


def believed(events: Sequence[Event]) -> Iterator[Fact]:
    """Yield the facts of a stream that its owner decides by, oldest first."""
    words = _words(events)
    told = [
        event
        for event in events
        if type(event.data) not in JUDGEMENTS
        and (_is_ours(event) or words.get((event.source, event.id), True))
    ]
    founder = speaker_of(told[0].source, told[0].publisher) if told else None
    for event in told:
        confirmed = (event.source, event.id) in words
        if confirmed or not is_foreign(event.publisher, founder, of_others=event.ofothers):
            yield event.data


def _is_ours(event: Event) -> bool:
    """Say whether we state *event*: a command was decided, and nobody takes it back by a word."""
    return speaker_of(event.source, event.publisher) == ""


def _words(events: Iterable[Event]) -> Mapping[tuple[str, str], bool]:
    """Return what people have said of facts, by source and id: the last word counts."""
    return {
        (event.data.fact_source, event.data.fact_id): isinstance(event.data, FactConfirmed)
        for event in events
        if isinstance(event.data, JUDGEMENTS)
    }
