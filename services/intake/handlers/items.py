"""What intake fills in of a command on items, scenes and sites: the name that its words make."""

from typing import Any

from services.intake.domain.itemchange.commands import ReviseItem
from services.intake.domain.site.commands import OpenStation
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.contracts.item.facts import change_named
from shared.contracts.joint.facts import scene_named
from shared.contracts.site.facts import site_named


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


async def named_scene(_: Desk, __: type[Any], words: Fields) -> Fields:
    """Return the name of the scene that is launched."""
    return {"scene": scene_named(words["scene_id"])}


async def named_site(_: Desk, command: type[Any], words: Fields) -> Fields:
    """Return the name of the site that opens; one that is open has its name."""
    return {"site": site_named(words["site_id"])} if command is OpenStation else {}
