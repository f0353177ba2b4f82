"""What intake fills in of a command on a change of an item: the name that its words make."""

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
