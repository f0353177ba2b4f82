"""Items: a change and where it is published (同源发布), a list, a place in the hall (进驻)."""

from datetime import date
from typing import ClassVar, TypeVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending
from shared.contracts.course import Course
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.item.facts import (
    PLACES,
    ItemChangeSynced,
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

AUTHORISED = "decides"


class ItemChange(Subject, frozen=True, array_like=True, gc=False, tag="itemchange"):
    """One change, from its making to its publication in the last place."""

    COURSE: ClassVar[Course] = ITEM_CHANGE

    places: tuple[str, ...] = ()
    """Where it is published."""
    sync: Ending | None = None
    """When it was published in the last of all places (SLA-33)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
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

    sizes: tuple[tuple[date, int], ...] = ()
    """How many items it had since which day, oldest first; of too many the last ones."""


class Stationing(Subject, frozen=True, array_like=True, gc=False, tag="stationing"):
    """Whether one item is filed in the hall, and since when."""

    COURSE: ClassVar[Course] = STATIONING

    places: tuple[tuple[date, str], ...] = ()
    """Where it stood since which day, oldest first, and whether those there may decide."""


def dated(known: Dated[T], day: date, value: T) -> Dated[T]:
    """Return *known* with a *value* since *day*; of one day the last one counts."""
    others = [one for one in known if one[0] != day]
    return tuple(sorted([*others, (day, value)]))[-VERSIONS_MAX:]


def _published(items: ItemList, _: Entry, fact: ItemListPublished) -> Noted:
    if not is_meant(fact.published_date):
        return {}, False
    return {"sizes": dated(items.sizes, fact.published_date, len(fact.item_codes))}, True


def _changed(item: Stationing, entry: Entry, fact: StationingChanged) -> Noted:
    word = f"{fact.status}:{AUTHORISED if fact.authorised else 'asks'}"
    return {"places": dated(item.places, business_date(entry.time), word)}, True


ItemList.NOTING = {ItemListPublished: _published}
Stationing.NOTING = {StationingChanged: _changed}
