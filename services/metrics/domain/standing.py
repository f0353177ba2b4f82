"""Whose word counts: who founded a subject, and which facts are doubted until somebody confirms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from operator import attrgetter

from msgspec import Struct

from services.metrics.domain.dossier import Doubt
from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.register import CARDS, READERS
from services.metrics.domain.subjects.subject import Founding, Subject
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.moments import FIRST_INSTANT, is_meant, meant_day_of
from shared.contracts.standing import JUDGEMENTS, is_foreign, speaker_of
from shared.contracts.supervision.facts import FactConfirmed
from shared.contracts.supervision.words import DoubtReason
from shared.policy.calendar import business_date

ORDER = attrgetter("order")
AMENDED_DAYS = frozenset({"received_date", "effective_date", "decision_date"})
"""The fields of a correction that move a clock's days."""

Named = tuple[type[Subject], str]
"""A subject by its kind and its name."""


class Heard(Struct, frozen=True, gc=False):
    """The facts of a dossier, parted by whether they are believed."""

    believed: Sequence[Entry]
    doubts: tuple[Doubt, ...] = ()
    foundings: Mapping[Named, Founding] = {}
    judged: bool = False
    """Whether somebody has confirmed or rejected one of them."""


def hear(entries: Sequence[Entry]) -> Heard:
    """
    Part *entries*, all that is known of a dossier, in whatever order they came.

    A subject is of whoever told of it first, by when we learned of it: that is
    ours to say, so nobody becomes the owner by telling of an earlier instant.
    Of somebody else's subject, or of days that its word does not reach, a
    publisher is believed once the owner says the same, or a person confirms it.
    """
    words = _words(entries)
    foundings = _foundings(entry for entry in entries if _word(entry, words) is not False)
    believed: list[Entry] = []
    doubted: list[tuple[Entry, DoubtReason]] = []
    for entry in entries:
        confirmed = _word(entry, words)
        why = DoubtReason.REJECTED if confirmed is False else _why(entry, foundings)
        if why is None or confirmed:
            believed.append(entry)
        else:
            doubted.append((entry, why))
    doubts = tuple(
        Doubt(entry.id, entry.source, entry.publisher or "", why)
        for entry, why in doubted
        if why is not DoubtReason.FOREIGN or not _said_again(entry, believed)
    )
    return Heard(believed, doubts, foundings, judged=bool(words))


def changes_standing(subjects: Sequence[Subject], entries: Sequence[Entry]) -> bool:
    """
    Say whether *entries*, in order, may change which facts about *subjects* are believed.

    Asked for every fact that is folded, so what is usual is told at a glance: facts
    that no publisher tells, each learned after all that was known before it.
    """
    last = max((one.founded.learned for one in subjects if one.founded), default=FIRST_INSTANT)
    for entry in entries:
        usual = entry.publisher is None and last < entry.learned
        if not usual or entry.data.__class__ in JUDGEMENTS:
            return _may_change_standing(subjects, entries)
        last = entry.learned
    return False


def _may_change_standing(subjects: Sequence[Subject], entries: Sequence[Entry]) -> bool:
    begun: dict[Named, Founding] = {}
    for entry in entries:
        fact = entry.data.__class__
        if fact in JUDGEMENTS:
            return True
        for kind in READERS.get(fact, ()):
            name = kind.named_in(entry)
            founded = _founding_in(subjects, kind, name) or begun.get((kind, name))
            if founded is None:
                if len(entries) > 1:
                    begun |= _foundings([entry])
            elif is_meant(entry.time) and (
                (entry.learned <= founded.learned and _is_earlier(entry, kind, founded))
                or _against(entry, founded)
            ):
                return True
    return False


def _founding_in(subjects: Sequence[Subject], kind: type[Subject], name: str) -> Founding | None:
    for one in subjects:
        if type(one) is kind and one.name == name:
            return one.founded
    return None


def _is_earlier(entry: Entry, kind: type[Subject], founded: Founding) -> bool:
    """Say whether *entry* takes the place of the fact by which a subject of *kind* was founded."""
    return entry.data.__class__ not in kind.NEVER_FIRST and Founding.of(entry) < founded


def _words(entries: Iterable[Entry]) -> Mapping[tuple[str, str], bool]:
    """Return what people have said of facts, by source and id: the last word counts."""
    judgements = [entry for entry in entries if entry.data.__class__ in JUDGEMENTS]
    return {
        (entry.data.fact_source, entry.data.fact_id): entry.data.__class__ is FactConfirmed
        for entry in sorted(judgements, key=ORDER)
    }


def _word(entry: Entry, words: Mapping[tuple[str, str], bool]) -> bool | None:
    """Return what was said of *entry*, if anything; of what we state ourselves nobody says it."""
    if not words or speaker_of(entry.source, entry.publisher) == "":
        return None
    return words.get((entry.source, entry.id))


def _foundings(entries: Iterable[Entry]) -> Mapping[Named, Founding]:
    foundings: dict[Named, Founding] = {}
    for entry in entries:
        for named, founds in _about(entry):
            if founds:
                founded = Founding.of(entry)
                foundings[named] = min(foundings.get(named, founded), founded)
    return foundings


def _about(entry: Entry) -> Iterator[tuple[Named, bool]]:
    """Yield the subjects that *entry* is told to, and whether it may be the first about each."""
    kind_of_fact = entry.data.__class__
    if kind_of_fact in CARDS or not is_meant(entry.time):
        return
    for kind in READERS.get(kind_of_fact, ()):
        yield (kind, kind.named_in(entry)), kind_of_fact not in kind.NEVER_FIRST


def _why(entry: Entry, foundings: Mapping[Named, Founding]) -> DoubtReason | None:
    """Return what is held against *entry*, if anything is."""
    if entry.publisher is None:
        return None
    known = (foundings[named] for named, _ in _about(entry) if named in foundings)
    return next((why for founded in known if (why := _against(entry, founded))), None)


def _against(entry: Entry, founded: Founding) -> DoubtReason | None:
    """Return what is held against *entry* about a subject that was *founded* so."""
    if entry.publisher is None:
        return None
    if is_foreign(entry.publisher, founded.speaker, of_others=entry.of_others):
        return DoubtReason.FOREIGN
    if entry.believed_from is None or business_date(founded.learned) >= entry.believed_from:
        # Before we knew of the subject clocks told nothing: what is entered late as a whole
        # takes nothing back.
        return None
    return DoubtReason.BACKDATED if min(_claims(entry)) < entry.believed_from else None


def _claims(entry: Entry) -> Iterator[date]:
    """Yield the days from which *entry* claims to take effect."""
    yield business_date(entry.time)
    fact = entry.data
    for kind in READERS[fact.__class__]:
        if field := kind.EFFECTIVE.get(fact.__class__):
            yield getattr(fact, field)
    if isinstance(fact, CaseAmended) and fact.field in AMENDED_DAYS:
        with suppress(ValueError):
            yield meant_day_of(fact.new)


def _said_again(entry: Entry, believed: Iterable[Entry]) -> bool:
    """Say whether one that is believed has said the same: then it happened, and was told twice."""
    day = business_date(entry.time)
    return any(
        one.type == entry.type and one.data == entry.data and business_date(one.time) == day
        for one in believed
    )
