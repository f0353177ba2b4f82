"""What changes in an item, and where that is published (同源发布, catalogue 4.11)."""

from typing import ClassVar, Literal, get_args

from shared.contracts.envelope import Contract, Fact
from shared.contracts.moments import Day
from shared.contracts.types import Code, Count, ItemCode, LongProse, Several

Place = Literal["ONLINE", "OFFLINE", "PLATFORM"]
"""Where an item is published: 线上, 线下, 平台."""
PLACES: tuple[str, ...] = get_args(Place)


def change_named(item_code: str, item_version: int) -> str:
    """Return the name of the change that made *item_version* of an item."""
    return f"{item_code}@{item_version}"


class ItemChangeFact(Fact):
    """A fact of one change of an item, which its version tells from the others."""

    STREAM: ClassVar[str] = "itemchange"
    ABOUT: ClassVar[str] = "change"

    item_code: ItemCode
    item_version: Count

    @property
    def change(self) -> str:
        return change_named(self.item_code, self.item_version)


class ItemFieldChange(Contract):
    """One field of an item, before and after (变更内容)."""

    field: Code
    old: LongProse
    new: LongProse


class ItemDefinitionRevised(ItemChangeFact):
    """The guide or the limits of an item changed (事项变更)."""

    TYPE: ClassVar[str] = "casetrack.item.definition.revised.v1"

    changes: Several[ItemFieldChange]
    effective_date: Day
    spec_covered: bool


class ItemChangeSynced(ItemChangeFact):
    """The change is published in one place (同步更新)."""

    TYPE: ClassVar[str] = "casetrack.item.change.synced.v1"

    place: Place
    synced_date: Day
