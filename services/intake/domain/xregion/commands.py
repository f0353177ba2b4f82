"""What may be asked of an application for another place."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.handling.words import ResultType
from shared.contracts.intake.words import CrossRegionMode
from shared.contracts.moments import MeantDay
from shared.contracts.types import CaseNo, Identifier, ItemCode, Name
from shared.contracts.xregion import facts


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossRegionCommand(Command):
    """Something asked of one such application."""

    xr_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectForAnotherPlace(CrossRegionCommand):
    """代收."""

    FACT: ClassVar[type[Fact]] = facts.CrossRegionCollected

    mode: CrossRegionMode
    home_district: facts.DistrictCode
    item_code: ItemCode
    identity_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardHome(CrossRegionCommand):
    """转送属地."""

    FACT: ClassVar[type[Fact]] = facts.CrossRegionForwarded

    method: Literal["NETWORK", "EXPRESS"]
    tracking_no: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAtHome(CrossRegionCommand):
    """属地收件."""

    FACT: ClassVar[type[Fact]] = facts.CrossRegionHomeReceived

    case_no: CaseNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnResult(CrossRegionCommand):
    """结果返还, and once more when it is handed over (送达)."""

    FACT: ClassVar[type[Fact]] = facts.CrossRegionReturned

    result: ResultType
    handed_over_date: MeantDay | None = None


AnyCommand = CollectForAnotherPlace | ForwardHome | ConfirmAtHome | ReturnResult
