"""The change of an item, and where it is published (同源发布、同步更新)."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending
from shared.contracts.course import Course
from shared.contracts.item.course import ITEM_CHANGE
from shared.contracts.item.facts import PLACES, ItemChangeSynced
from shared.contracts.moments import is_meant


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
