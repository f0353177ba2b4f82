"""The courses of a change of an item, of a list of items, and of an item's place in the hall."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
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


class ItemListState(StrEnum):
    """Whether a list was ever published."""

    ABSENT = ABSENT
    PUBLISHED = "PUBLISHED"


L = ItemListState

ITEM_LIST = Course(
    "itemlist",
    "itemlist",
    tuple((state,) for state in L),
    (
        *leads(item.ItemListPublished, {L.ABSENT: L.PUBLISHED}),
        *stays(item.ItemListPublished, (L.PUBLISHED,), unless=("list_version_published",)),
    ),
)


class StationingState(StrEnum):
    """Where an item is filed: 进驻大厅, 不进驻, 应进未进."""

    ABSENT = ABSENT
    STATIONED = "STATIONED"
    EXEMPT = "EXEMPT"
    OUTSIDE = "OUTSIDE"


S = StationingState

STATIONED = Guard("stationed", lambda fact: fact.status == "STATIONED")
EXEMPT = Guard("exempt", lambda fact: fact.status == "EXEMPT")

STATIONING = Course(
    "stationing",
    "item_code",
    ((S.ABSENT,), (S.STATIONED, S.EXEMPT, S.OUTSIDE)),
    (
        *leads(item.StationingChanged, dict.fromkeys(S, S.STATIONED), STATIONED),
        *leads(item.StationingChanged, dict.fromkeys(S, S.EXEMPT), EXEMPT),
        *leads(item.StationingChanged, dict.fromkeys(S, S.OUTSIDE)),
    ),
)
