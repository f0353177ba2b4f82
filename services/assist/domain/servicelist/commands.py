"""What may be asked of the list of what is done at home."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.assist import facts
from shared.contracts.envelope import Fact
from shared.contracts.types import Code, ItemCode, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateServiceList(Command):
    """清单更新; *servicelist* is what the one list is called."""

    FACT: ClassVar[type[Fact]] = facts.ServiceListUpdated

    servicelist: Code
    list_version: Code
    item_codes: Annotated[Several[ItemCode], Field(min_length=1)]


AnyCommand = UpdateServiceList
