"""What may be asked of a site."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.site import facts
from shared.contracts.site.words import SiteKind
from shared.contracts.types import CaseNo, Code, ItemCode

SiteName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""`site:` and how other facts call the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCommand(Command):
    """Something asked of one site."""

    site: SiteName


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStation(SiteCommand):
    """站点启用; *site* follows from what others call it."""

    FACT: ClassVar[type[Fact]] = facts.StationOpened

    site_id: Code
    kind: SiteKind
    demonstration: bool
    date: MeantDay


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeStation(SiteCommand):
    """站点提升."""

    FACT: ClassVar[type[Fact]] = facts.StationUpgraded

    kind: SiteKind
    demonstration: bool
    date: MeantDay


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardSite(SiteCommand):
    """平台接入."""

    FACT: ClassVar[type[Fact]] = facts.PlatformOnboarded

    system: Literal["INTEGRATED_PLATFORM"]
    first_case_no: CaseNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevolveItem(SiteCommand):
    """事项下沉."""

    FACT: ClassVar[type[Fact]] = facts.ItemDevolved

    item_code: ItemCode
    form: facts.DevolutionForm


AnyCommand = OpenStation | UpgradeStation | OnboardSite | DevolveItem
