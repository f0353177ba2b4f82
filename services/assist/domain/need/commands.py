"""What may be asked of a need that was raised on a visit."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.outreach import facts
from shared.contracts.types import Identifier, ShortName


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCommand(Command):
    """Something asked of one need."""

    need_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseNeed(NeedCommand):
    """需求提出."""

    FACT: ClassVar[type[Fact]] = facts.NeedRaised

    outreach_id: Identifier
    kind: ShortName


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveNeed(NeedCommand):
    """需求解决."""

    FACT: ClassVar[type[Fact]] = facts.NeedResolved


AnyCommand = RaiseNeed | ResolveNeed
