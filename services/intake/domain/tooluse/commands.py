"""What may be asked of a use of the tools."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intake import facts
from shared.contracts.intake.words import Tool
from shared.contracts.types import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordToolUse(Command):
    """登记智能工具使用, where the tool itself does not tell us."""

    FACT: ClassVar[type[Fact]] = facts.ToolUsed

    session_id: Identifier
    tool: Tool
    resolved: bool | None = None
    handed_to_human: bool | None = None


AnyCommand = RecordToolUse
