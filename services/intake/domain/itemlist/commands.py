"""What may be asked of a list of items."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.item import facts
from shared.contracts.types import Code, ItemCode, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishItemList(Command):
    """清单发布; *itemlist* follows from its kind."""

    FACT: ClassVar[type[Fact]] = facts.ItemListPublished

    itemlist: Code
    list: facts.ItemListKind
    version: Code
    item_codes: Several[ItemCode]
    places: Several[facts.Place] = ()


AnyCommand = PublishItemList
