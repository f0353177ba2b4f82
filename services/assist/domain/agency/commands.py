"""What may be asked of an agency; on which day and for which services, its history says."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intermediary import facts
from shared.contracts.types import Code, Prose, Several, VaultToken


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyCommand(Command):
    """Something asked of one agency."""

    agency_token: VaultToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyForAdmission(AgencyCommand):
    """申请入驻."""

    FACT: ClassVar[type[Fact]] = facts.AgencyApplied

    service_codes: Annotated[Several[Code], Field(min_length=1)]
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitAgency(AgencyCommand):
    """准予入驻."""

    FACT: ClassVar[type[Fact]] = facts.AgencyAdmitted

    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAgency(AgencyCommand):
    """不予入驻, which is owed a reason."""

    FACT: ClassVar[type[Fact]] = facts.AgencyRefused

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAgency(AgencyCommand):
    """清退, which is owed a reason."""

    FACT: ClassVar[type[Fact]] = facts.AgencyRemoved

    reason: Prose


AnyCommand = ApplyForAdmission | AdmitAgency | RefuseAgency | RemoveAgency
