"""What may be asked of a target of the bureau's own."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.plan.facts import Quantity, TargetSet
from shared.contracts.types import Count, Identifier, Name, OrgRef, ShortCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget(Command):
    """设定目标."""

    FACT: ClassVar[type[Fact]] = TargetSet

    target_id: Identifier
    plan_item: Count
    name: Name
    unit: ShortCode
    value: Annotated[Quantity, Field(gt=0)]
    due: MeantDay
    org: OrgRef | None = None
    """Whose it is; none is the organisation of whoever sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseTarget(Command):
    """调整目标; what is not named stays as it was, and so do the item and whose it is."""

    FACT: ClassVar[type[Fact]] = TargetSet

    target_id: Identifier
    value: Quantity
    """0 gives it up."""
    due: MeantDay | None = None
    name: Name | None = None
    unit: ShortCode | None = None


TargetCommands = SetTarget | ReviseTarget
