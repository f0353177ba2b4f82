"""What may be asked of the committee's rules of procedure."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.committee import facts
from shared.contracts.envelope import Fact
from shared.contracts.types import Code, Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCommitteeRules(Command):
    """议事规则修订; *committeerules* are the committee's one set."""

    FACT: ClassVar[type[Fact]] = facts.CommitteeRulesRevised

    committeerules: Code
    rules_version: Code
    document: Doc


AnyCommand = ReviseCommitteeRules
