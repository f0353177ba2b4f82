"""What may be asked of a change of an item."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intake.words import Terminal
from shared.contracts.item import facts
from shared.contracts.moments import MeantDay
from shared.contracts.types import Count, ItemCode, Several

ChangeName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""The item's code, `@` and its version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChangeCommand(Command):
    """Something asked of one change."""

    change: ChangeName


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseItem(ItemChangeCommand):
    """事项变更; *change* follows from the item and its version."""

    FACT: ClassVar[type[Fact]] = facts.ItemDefinitionRevised

    item_code: ItemCode
    item_version: Count
    changes: Several[facts.ItemFieldChange]
    effective_date: MeantDay
    spec_covered: bool
    online_depth: facts.OnlineDepth | None = None
    terminals: Several[Terminal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncItemChange(ItemChangeCommand):
    """同步更新."""

    FACT: ClassVar[type[Fact]] = facts.ItemChangeSynced

    place: facts.Place


AnyCommand = ReviseItem | SyncItemChange
