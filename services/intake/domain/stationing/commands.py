"""What may be asked of an item's place in the hall."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.item import facts
from shared.contracts.types import Code, ItemCode, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStationing(Command):
    """事项进驻变更; *stationing* follows from the item."""

    FACT: ClassVar[type[Fact]] = facts.StationingChanged

    stationing: ItemCode
    item_code: ItemCode
    status: facts.StationingStatus
    authorised: bool
    window_kind: Code | None = None
    reason: Prose | None = None


AnyCommand = ChangeStationing
