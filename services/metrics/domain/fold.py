"""The fold: a dossier after more facts, whatever they say, in the order of business time."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.register import CARDS, READERS
from services.metrics.domain.subjects.subject import Subject
from shared.contracts.moments import is_meant

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
    subjects, own = dossier.subjects, dossier.own
    cards, supervision = dossier.cards, dossier.supervision
    source = dossier.first_source
    for entry in entries:
        if type(entry.data) in CARDS:
            cards, legal = _told(cards, Card, entry) if is_meant(entry.time) else (cards, False)
            supervision = supervision.after(entry, legal=legal)
        else:
            subjects, legal = _each_told(subjects, entry)
            own = own.after(entry, legal=legal)
            source = source or entry.source
    return Dossier(
        dossier.key, own, supervision, dossier.facts + len(entries), source, subjects, cards
    )


def _each_told(subjects: tuple[Any, ...], entry: Entry) -> tuple[tuple[Any, ...], bool]:
    """Return *subjects* when all that *entry* is about were told, and whether it fits them all."""
    if not is_meant(entry.time):
        return subjects, False
    legal = True
    for kind in READERS.get(type(entry.data), ()):
        subjects, fits = _told(subjects, kind, entry)
        legal = legal and fits
    return subjects, legal


def _told(
    subjects: tuple[Any, ...], kind: type[Subject], entry: Entry
) -> tuple[tuple[Any, ...], bool]:
    """Return *subjects* when *entry* was told of the one of *kind* that it names."""
    fact = entry.data
    name = entry.partitionkey if kind is Case else str(getattr(fact, kind.COURSE.named_by))
    for position, known in enumerate(subjects):
        if type(known) is kind and known.name == name:
            after, legal = known.after(entry)
            return (*subjects[:position], after, *subjects[position + 1 :]), legal
    if type(fact) in kind.NEVER_FIRST:
        return subjects, True
    begun, legal = kind(name=name).after(entry)
    return (*subjects, begun), legal


def is_late(dossier: Dossier, entries: Sequence[Entry]) -> bool:
    """Say whether one of *entries* belongs before what is folded: then only all again is right."""
    own, supervision = dossier.own.last, dossier.supervision.last
    for entry in entries:
        last = supervision if type(entry.data) in CARDS else own
        if last is not None and entry.order < last:
            return True
    return False


def fold_all(key: str, entries: Iterable[Entry]) -> Dossier:
    """Return the dossier of *key* from all its facts, in whatever order they come."""
    return fold(Dossier(key=key), sorted(entries, key=ORDER))
