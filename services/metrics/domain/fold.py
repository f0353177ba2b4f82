"""The fold: a dossier after more facts, whatever they say, in the order of business time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from services.metrics.domain.dossier import DOUBTS_NAMED_MAX, Dossier, Track
from services.metrics.domain.entry import Entry, entry_of
from services.metrics.domain.standing import changes_standing, hear
from services.metrics.domain.subjects.register import CARDS, READERS
from services.metrics.domain.subjects.subject import Founding, Subject
from shared.contracts.moments import is_meant
from shared.contracts.unreadable import Unreadable

ORDER = attrgetter("order")


def fold(dossier: Dossier, entries: Sequence[Entry]) -> Dossier:
    """
    Return the dossier after *entries*, which are in order and none of them late.

    Facts cannot be refused. One that contradicts what is known is counted as
    an anomaly, and still moves its subject forward, never back. One that
    happened when nobody can mean is an anomaly and changes nothing else. A type
    that this fold does not know only counts as a fact.

    The two tracks touch different fields, so facts of one may come before or
    after facts of the other; without that each fact of an old case would be
    late behind its alert.
    """
    own, about_cards = _parted(entries)
    subjects, track = _told(dossier.subjects, dossier.own, own)
    cards, supervision = _told(dossier.cards, dossier.supervision, about_cards)
    source = dossier.first_source or (own[0].source if own else "")
    facts = dossier.facts + len(entries)
    return Dossier(dossier.key, track, supervision, facts, source, subjects, cards)


def _parted(entries: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Return those of *entries* that are about the dossier's own subjects, and about its cards."""
    about_cards = [entry for entry in entries if entry.data.__class__ in CARDS]
    if not about_cards:
        return entries, ()
    return [entry for entry in entries if entry.data.__class__ not in CARDS], about_cards


def _told(
    known: tuple[Any, ...], track: Track, entries: Sequence[Entry]
) -> tuple[tuple[Any, ...], Track]:
    """Return subjects and their track when *entries* were told to all that they are about."""
    if not entries:
        return known, track
    subjects = {(type(one), one.name): one for one in known}
    contradicting = [entry.id for entry in entries if not _fits(subjects, entry)]
    return tuple(subjects.values()), track.after(entries[-1].order, contradicting)


def _fits(subjects: dict[tuple[type[Subject], str], Any], entry: Entry) -> bool:
    """Tell *entry* to those of *subjects* that it names, new ones too; return whether it fits."""
    if not is_meant(entry.time):
        return False
    fact, legal = entry.data.__class__, True
    for kind in READERS.get(fact, ()):
        place = kind, kind.named_in(entry)
        known = subjects.get(place)
        if known is None:
            if fact in kind.NEVER_FIRST:
                continue
            known = kind(name=place[1], founded=Founding.of(entry))
        subjects[place], fits = known.after(entry)
        legal = legal and fits
    return legal


def is_late(dossier: Dossier, entries: Sequence[Entry]) -> bool:
    """
    Say whether only all again is right.

    So it is where one of *entries*, which are in order, belongs before what is
    folded, or may change which of the facts are believed.
    """
    if dossier.is_disputed:
        return True
    if _precedes(entries, dossier.own) or _precedes(entries, dossier.supervision):
        own, about_cards = _parted(entries)
        if _precedes(own, dossier.own) or _precedes(about_cards, dossier.supervision):
            return True
    return changes_standing(dossier.subjects, entries)


def _precedes(entries: Sequence[Entry], track: Track) -> bool:
    """Say whether the first of *entries*, which are in order, belongs before what *track* has."""
    return bool(entries) and track.last is not None and entries[0].order < track.last


def fold_all(key: str, entries: Iterable[Entry]) -> Dossier:
    """
    Return the dossier of *key* from all its facts, in whatever order they come.

    One that is doubted is named and counted, and moves nothing.
    """
    facts = sorted(entries, key=ORDER)
    heard = hear(facts)
    dossier = fold(Dossier(key=key), heard.believed)
    subjects = tuple(
        replace(one, founded=heard.foundings[type(one), one.name]) for one in dossier.subjects
    )
    return replace(
        dossier,
        facts=len(facts),
        subjects=subjects,
        doubts=heard.doubts[:DOUBTS_NAMED_MAX],
        doubted=len(heard.doubts),
        judged=heard.judged,
    )


def known_entries(bodies: Iterable[bytes]) -> list[Entry]:
    """Return the facts whose type this version knows."""
    entries = []
    for body in bodies:
        try:
            entries.append(entry_of(body))
        except Unreadable:
            continue
    return entries


def known_histories(
    histories: Mapping[str, Iterable[bytes]],
) -> Iterator[tuple[str, list[Entry]]]:
    """Yield of *histories* the facts that we know; one with none of them is missing."""
    for key, bodies in histories.items():
        if entries := known_entries(bodies):
            yield key, entries


def refolded(histories: Mapping[str, Iterable[bytes]]) -> dict[str, Dossier]:
    """Return the dossiers of whole *histories*; one with no fact that we know is missing."""
    return {key: fold_all(key, entries) for key, entries in known_histories(histories)}
