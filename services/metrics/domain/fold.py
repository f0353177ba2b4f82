"""The fold: a dossier after one more fact, whatever the fact, in the order of business time."""

from collections.abc import Callable, Iterable
from functools import reduce

from msgspec.structs import replace

from services.metrics.domain.card_fold import CARDS, card_changes
from services.metrics.domain.case_fold import CASE, case_changes, ended_by_promise
from services.metrics.domain.changes import Changes
from services.metrics.domain.dossier import Course, Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.matter_fold import MATTERS, matter_changes
from shared.contracts.commitment import facts as commitment
from shared.contracts.envelope import Fact
from shared.contracts.moments import is_meant

OWN, SUPERVISION = "course", "supervision"
"""
The two courses of a dossier.

They touch different fields, so facts of one may come before or after facts of
the other; without that each fact of an old case would be late behind its alert.
"""


def broken_promise(dossier: Dossier, entry: Entry) -> Changes:
    """Material that was tolerated never came: the promise is broken, and with it the case ends."""
    promise, signed = matter_changes(dossier, entry)
    case, legal = ended_by_promise(dossier, entry)
    return {**case, **promise}, signed and legal


CHANGES: dict[type[Fact], Callable[[Dossier, Entry], Changes]] = {
    **dict.fromkeys(CASE, case_changes),
    **dict.fromkeys(MATTERS, matter_changes),
    **dict.fromkeys(CARDS, card_changes),
    commitment.SupplementExpired: broken_promise,
}


def fold(dossier: Dossier, entry: Entry) -> Dossier:
    """
    Return the dossier after *entry*, which must not be late.

    Facts cannot be refused. One that contradicts what is known is counted as
    an anomaly, and still moves the case forward, never back. One that happened
    when nobody can mean is an anomaly and changes nothing else. A type that
    this fold does not know only counts as a fact.
    """
    changes, legal = _changes(dossier, entry) if is_meant(entry.time) else ({}, False)
    name, course = _course(dossier, entry)
    changes[name] = course.after(entry.order, entry.id, legal=legal)
    if not dossier.source and name == OWN:
        changes.setdefault("source", entry.source)
    return replace(dossier, facts=dossier.facts + 1, **changes)


def _changes(dossier: Dossier, entry: Entry) -> Changes:
    changing = CHANGES.get(type(entry.data))
    return ({}, True) if changing is None else changing(dossier, entry)


def is_late(dossier: Dossier, entry: Entry) -> bool:
    """Say whether *entry* belongs before what is folded: only a fold from the start is right."""
    _, course = _course(dossier, entry)
    return course.last is not None and entry.order < course.last


def _course(dossier: Dossier, entry: Entry) -> tuple[str, Course]:
    """Return the name and the state of the course to which *entry* belongs."""
    if type(entry.data) in CARDS:
        return SUPERVISION, dossier.supervision
    return OWN, dossier.course


def fold_all(key: str, entries: Iterable[Entry]) -> Dossier:
    """Return the dossier of *key* from all its facts, in whatever order they come."""
    return reduce(fold, sorted(entries, key=lambda entry: entry.order), Dossier(key=key))
