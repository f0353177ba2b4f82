"""What intake fills in of a command on items: the name of the subject that its words make."""

from typing import Any

from services.intake.domain.itemchange.commands import ReviseItem
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.contracts.item.facts import change_named


async def named_change(_: Desk, command: type[Any], words: Fields) -> Fields:
    """Return the name of the change that is made; one that is published has its name."""
    if command is not ReviseItem:
        return {}
    return {"change": change_named(words["item_code"], words["item_version"])}


async def named_list(_: Desk, __: type[Any], words: Fields) -> Fields:
    """Return the name of the list that is published: it is what its kind is called."""
    return {"itemlist": words["list"]}


async def named_stationing(_: Desk, __: type[Any], words: Fields) -> Fields:
    """Return the name under which an item's place is kept: its code."""
    return {"stationing": words["item_code"]}
