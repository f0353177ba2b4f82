"""The site (站点): since when it is what, whether it is on the platform, which items it handles."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from msgspec import Struct

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.item import Dated, dated
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.site.course import SITE
from shared.contracts.site.facts import (
    NAMED,
    ItemDevolved,
    PlatformOnboarded,
    StationOpened,
    StationUpgraded,
)
from shared.policy.calendar import business_date

DEVOLVED_MAX = 1024
"""So many items of one site are kept, in whichever form: more than a district has."""

DEMONSTRATION = "demonstration"


class Devolved(Struct, frozen=True, array_like=True, gc=False):
    """An item that is handled at a site, in which form, and since when."""

    day: date
    form: str
    item_code: str


class Site(Subject, frozen=True, array_like=True, gc=False, tag="site"):
    """One site, from its opening on."""

    COURSE: ClassVar[Course] = SITE
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {
        StationOpened: "date",
        StationUpgraded: "date",
    }

    opening: tuple[date, str] | None = None
    """On which day it opened, and as what (K03.1)."""
    standings: Dated[str] = ()
    """What it was since which day, oldest first, and whether it showed the standard (K01.1)."""
    onboarded_on: date | None = None
    """Since when it is on the platform (K01.1)."""
    devolved: tuple[Devolved, ...] = ()
    """Which items are handled there (K03.2)."""

    @property
    def site_id(self) -> str:
        """How other facts call it."""
        return self.name.removeprefix(NAMED)


def _opened(site: Site, _: Entry, fact: StationOpened) -> Noted:
    if site.opening is not None:
        return {}, False
    return {"opening": (fact.date, fact.kind.value), **_standing(site, fact)}, True


def _upgraded(site: Site, _: Entry, fact: StationUpgraded) -> Noted:
    return _standing(site, fact), True


def _standing(site: Site, fact: StationOpened | StationUpgraded) -> dict[str, Any]:
    word = f"{fact.kind}:{DEMONSTRATION}" if fact.demonstration else fact.kind.value
    return {"standings": dated(site.standings, fact.date, word)}


def _onboarded(site: Site, entry: Entry, _: PlatformOnboarded) -> Noted:
    if site.onboarded_on is not None:
        return {}, False
    return {"onboarded_on": business_date(entry.time)}, True


def _devolved(site: Site, entry: Entry, fact: ItemDevolved) -> Noted:
    if any((one.form, one.item_code) == (fact.form, fact.item_code) for one in site.devolved):
        return {}, False
    devolved = Devolved(business_date(entry.time), fact.form, fact.item_code)
    return {"devolved": (*site.devolved, devolved)[:DEVOLVED_MAX]}, True


Site.NOTING = {
    StationOpened: _opened,
    StationUpgraded: _upgraded,
    PlatformOnboarded: _onboarded,
    ItemDevolved: _devolved,
}
