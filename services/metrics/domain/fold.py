"""The fold: a dossier after one more fact, whatever the fact, in the order of business time."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from msgspec.structs import replace

from services.metrics.domain.dossier import Dossier, Track
from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.register import CARDS, READERS
from services.metrics.domain.subjects.subject import Subject
from shared.contracts.moments import is_meant


def fold(dossier: Dossier, entry: Entry) -> Dossier:
    """
    Return the dossier after *entry*, which must not be late.

    Facts cannot be refused. One that contradicts what is known is counted as
    an anomaly, and still moves its subject forward, never back. One that
    happened when nobody can mean is an anomaly and changes nothing else. A type
    that this fold does not know only counts as a fact.
    """
    if type(entry.data) in CARDS:
        return _supervised(dossier, entry)
    changes: dict[str, Any] = {}
    legal = is_meant(entry.time)
    if legal:
        subjects = dossier.subjects
        for kind in READERS.get(type(entry.data), ()):
            subjects, fits = _told(subjects, kind, entry)
            legal = legal and fits
        changes["subjects"] = subjects
    if not dossier.first_source:
        changes["first_source"] = entry.source
    own = dossier.own.after(entry.order, entry.id, legal=legal)
    return replace(dossier, own=own, facts=dossier.facts + 1, **changes)


def _supervised(dossier: Dossier, entry: Entry) -> Dossier:
    cards, legal = dossier.cards, False
    if is_meant(entry.time):
        cards, legal = _told(cards, Card, entry)
    supervision = dossier.supervision.after(entry.order, entry.id, legal=legal)
    return replace(dossier, supervision=supervision, facts=dossier.facts + 1, cards=cards)


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


def is_late(dossier: Dossier, entry: Entry) -> bool:
    """Say whether *entry* belongs before what is folded: only a fold from the start is right."""
    last = _track(dossier, entry).last
    return last is not None and entry.order < last


def _track(dossier: Dossier, entry: Entry) -> Track:
    """
    Return the track to which *entry* belongs.

    The two touch different fields, so facts of one may come before or after
    facts of the other; without that each fact of an old case would be late
    behind its alert.
    """
    return dossier.supervision if type(entry.data) in CARDS else dossier.own


def fold_all(key: str, entries: Iterable[Entry]) -> Dossier:
    """Return the dossier of *key* from all its facts, in whatever order they come."""
    return reduce(fold, sorted(entries, key=lambda entry: entry.order), Dossier(key=key))
