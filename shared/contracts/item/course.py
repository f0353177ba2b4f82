"""The course of a change of an item (同源发布、同步更新, catalogue 4.11)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads, stays
from shared.contracts.item import facts as item


class ItemChangeState(StrEnum):
    """Where a change of an item stands; in which places it is published its owner remembers."""

    ABSENT = ABSENT
    REVISED = "REVISED"
    SYNCING = "SYNCING"


C = ItemChangeState

ITEM_CHANGE = Course(
    "itemchange",
    "change",
    tuple((state,) for state in C),
    (
        *leads(item.ItemDefinitionRevised, {C.ABSENT: C.REVISED}),
        *leads(item.ItemChangeSynced, {C.REVISED: C.SYNCING}),
        *stays(item.ItemChangeSynced, (C.SYNCING,), unless=("place_already_synced",)),
    ),
)
