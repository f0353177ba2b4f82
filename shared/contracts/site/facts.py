"""What becomes of a site (站点), where people are served near their homes (catalogue 4.11)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.site.words import SiteKind
from shared.contracts.types import CaseNo, Code, ItemCode

NAMED = "site:"
"""Begins the name of a site, so that it is that of no other subject."""

DevolutionForm = Literal["ENTRUSTED", "AUTHORISED", "ASSISTED"]
"""委托受理, 授权办理, 帮办代办."""


def site_named(site_id: str) -> str:
    """Return the name of the site that other facts call *site_id*."""
    return f"{NAMED}{site_id}"


class SiteFact(Fact):
    """A fact of one site."""

    STREAM: ClassVar[str] = "site"
    ABOUT: ClassVar[str] = "site"

    site_id: Code

    @property
    def site(self) -> str:
        return site_named(self.site_id)


class StationOpened(SiteFact):
    """People are served there since the day that it names (站点启用)."""

    TYPE: ClassVar[str] = "casetrack.site.station.opened.v1"

    kind: SiteKind
    demonstration: bool
    date: Day


class StationUpgraded(SiteFact):
    """It is of another kind, or a demonstration of the standard, since that day (站点提升)."""

    TYPE: ClassVar[str] = "casetrack.site.station.upgraded.v1"

    kind: SiteKind
    demonstration: bool
    date: Day


class PlatformOnboarded(SiteFact):
    """The integrated platform is in use there (平台接入)."""

    TYPE: ClassVar[str] = "casetrack.site.platform.onboarded.v1"

    system: Literal["INTEGRATED_PLATFORM"]
    first_case_no: CaseNo | None = None


class ItemDevolved(SiteFact):
    """An item is handled there, in one of three forms (事项下沉)."""

    TYPE: ClassVar[str] = "casetrack.site.item.devolved.v1"

    item_code: ItemCode
    form: DevolutionForm
