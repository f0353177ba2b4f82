"""Items: a change and where it is published (同源发布), a list, a place in the hall (进驻)."""

from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from msgspec import Struct

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending
from shared.contracts.course import Course
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.item.facts import (
    PLACES,
    ItemChangeSynced,
    ItemDefinitionRevised,
    ItemListPublished,
    StationingChanged,
)
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date

T = TypeVar("T")

Dated = tuple[tuple[date, T], ...]
"""A value since each day."""

VERSIONS_MAX = 64
"""So many versions of one list are kept, and changes of one item."""
WHOLE_LISTS_MAX = 8
"""So many are kept with every item that they name: a list may name a thousand."""
BY_NAME = frozenset({"LICENCE"})
"""The lists whose items are looked at one by one (K07.1)."""

AUTHORISED = "decides"


class Definition(Struct, frozen=True, array_like=True, gc=False):
    """What one version of an item says of it, since the day on which it is in effect."""

    item_code: str
    version: int
    since: date
    spec_covered: bool
    """Whether a specification covers it (K07.1)."""
    online_depth: str | None
    """How far it can be done online; None where that is as it was (K01.5)."""
    terminals: int | None
    """At how many terminals it can be done; None where that is as it was (K15.2)."""

    @classmethod
    def of(cls, fact: ItemDefinitionRevised) -> Self:
        """Return what *fact* says."""
        return cls(
            fact.item_code,
            fact.item_version,
            fact.effective_date,
            fact.spec_covered,
            fact.online_depth,
            None if fact.terminals is None else len({*fact.terminals}),
        )


class ItemChange(Subject, frozen=True, array_like=True, gc=False, tag="itemchange"):
    """One change, from its making to its publication in the last place."""

    COURSE: ClassVar[Course] = ITEM_CHANGE

    places: tuple[str, ...] = ()
    """Where it is published."""
    sync: Ending | None = None
    """When it was published in the last of all places (SLA-33)."""
    definition: Definition | None = None

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case ItemDefinitionRevised() as fact if self.definition is None:
                if not is_meant(fact.effective_date):
                    return {}, False
                return {"definition": Definition.of(fact)}, True
            case ItemChangeSynced(place=place, synced_date=day) if place not in self.places:
                if not is_meant(day):
                    return {}, False
                places = (*self.places, place)
                if len(places) < len(PLACES):
                    return {"places": places}, True
                ending = Ending(day, entry.time, entry.id, decided=False)
                return {"places": places, "sync": ending}, True
            case _:
                return {}, True


class ItemList(Subject, frozen=True, array_like=True, gc=False, tag="itemlist"):
    """One list of items, version by version."""

    COURSE: ClassVar[Course] = ITEM_LIST

    sizes: Dated[int] = ()
    """How many items it had since which day, oldest first; of too many the last ones."""
    codes: Dated[tuple[str, ...]] = ()
    """Which these were, where figures look at each."""


class Stationing(Subject, frozen=True, array_like=True, gc=False, tag="stationing"):
    """Whether one item is filed in the hall, and since when."""

    COURSE: ClassVar[Course] = STATIONING

    places: Dated[str] = ()
    """Where it stood since which day, oldest first, and whether those there may decide."""


def dated(known: Dated[T], day: date, value: T) -> Dated[T]:
    """Return *known* with a *value* since *day*; of one day the last one counts."""
    others = [one for one in known if one[0] != day]
    return tuple(sorted([*others, (day, value)]))[-VERSIONS_MAX:]


def _published(items: ItemList, _: Entry, fact: ItemListPublished) -> Noted:
    day, codes = fact.published_date, fact.item_codes
    if not is_meant(day):
        return {}, False
    changes: dict[str, Any] = {"sizes": dated(items.sizes, day, len(codes))}
    if items.name in BY_NAME:
        changes["codes"] = dated(items.codes, day, codes)[-WHOLE_LISTS_MAX:]
    return changes, True


def _changed(item: Stationing, entry: Entry, fact: StationingChanged) -> Noted:
    word = f"{fact.status}:{AUTHORISED if fact.authorised else 'asks'}"
    return {"places": dated(item.places, business_date(entry.time), word)}, True


ItemList.NOTING = {ItemListPublished: _published}
Stationing.NOTING = {StationingChanged: _changed}
