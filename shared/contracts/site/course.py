"""The course of a site: it opens, takes to the platform, and offers ever more (catalogue 4.11)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads, stays
from shared.contracts.site import facts as site


class SiteState(StrEnum):
    """Whether a site is open, and on the platform; what it offers its owner remembers."""

    ABSENT = ABSENT
    OPENED = "OPENED"
    ONBOARDED = "ONBOARDED"


S = SiteState

OPEN = (S.OPENED, S.ONBOARDED)

SITE = Course(
    "site",
    "site",
    tuple((state,) for state in S),
    (
        *leads(site.StationOpened, {S.ABSENT: S.OPENED}),
        *stays(site.StationUpgraded, OPEN),
        *leads(site.PlatformOnboarded, {S.OPENED: S.ONBOARDED}),
        *stays(site.ItemDevolved, OPEN, unless=("item_already_devolved",)),
    ),
)
