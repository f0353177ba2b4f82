"""Short stories of the sites, of scenes, and of the joint cases in them."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.metrics.domain.entry import Entry
from shared.contracts.envelope import Fact
from shared.contracts.joint import facts as joint
from shared.contracts.site import facts as site
from tests.support.examples import like_the_example
from tests.support.figure_stories import DAY, card, told


def at_site(fact: type[Fact], **changes: object) -> Fact:
    return like_the_example(fact, site_id="s1", **changes)


def devolved(item_code: str, form: str, site_id: str = "s1") -> Fact:
    return like_the_example(site.ItemDevolved, site_id=site_id, item_code=item_code, form=form)


def scene(source: str, *, window: bool = True, terminal: bool = True) -> Fact:
    return like_the_example(
        joint.SceneLaunched,
        scene_id=f"yjs-{source}",
        source=source,
        one_window=window,
        one_terminal=terminal,
    )


def together(fact: type[Fact], **changes: object) -> Fact:
    return like_the_example(fact, joint_case_id="j1", **changes)


STATION = at_site(site.StationOpened, kind="COMMUNITY_STATION", date="2024-09-02")
ON_PLATFORM = at_site(site.PlatformOnboarded)

FORM = together(joint.JointCaseOpened)
LINKED = together(joint.SubcaseLinked)

AT_SITES: Mapping[str, Sequence[Entry]] = {
    "a station that takes to the platform, shows the standard and becomes a centre": told(
        STATION,
        ON_PLATFORM,
        at_site(site.StationUpgraded, demonstration=True, date="2024-09-22"),
        at_site(site.StationUpgraded, demonstration=True, date="2024-10-02"),
        at_site(site.StationUpgraded, kind="STREET_CENTER", demonstration=False, date="2024-10-12"),
        every=10 * DAY,
    ),
    "a centre that shows the standard from its first day": told(
        at_site(site.StationOpened, kind="STREET_CENTER", demonstration=True, date="2024-09-02"),
        at_site(
            site.StationUpgraded, kind="COMMUNITY_STATION", demonstration=True, date="2024-09-03"
        ),
    ),
    "a station that another system opens twice": told(
        STATION, at_site(site.StationOpened, kind="RELAY_STATION", date="2024-09-03")
    ),
    "a site on the platform of which nobody said that it opened": told(ON_PLATFORM, ON_PLATFORM),
    "a relay station": told(
        at_site(site.StationOpened, kind="RELAY_STATION", date="2024-09-02"), ON_PLATFORM
    ),
    "a station that becomes a relay station": told(
        STATION,
        ON_PLATFORM,
        at_site(site.StationUpgraded, kind="RELAY_STATION", date="2024-09-05"),
    ),
    "a relay station of a day that nobody means": told(
        at_site(site.StationOpened, kind="RELAY_STATION").model_copy(
            update={"date": date(1970, 1, 1)}
        )
    ),
    "items that come to a site, one of them told twice": told(
        STATION,
        devolved("116101020001", "ENTRUSTED"),
        devolved("116101020001", "ENTRUSTED"),
        devolved("116101020001", "ASSISTED"),
        devolved("116101020002", "ASSISTED"),
    ),
    "an item that comes to another site, too": told(
        devolved("116101020001", "ENTRUSTED", site_id="s2"),
        devolved("116101020003", "AUTHORISED", site_id="s2"),
    ),
    "a scene of the state": told(scene("STATE", terminal=False)),
    "a scene of the city that is told twice": told(scene("CITY"), scene("CITY")),
    "a scene of the district": told(scene("DISTRICT", window=False)),
    "a scene of the province": told(scene("PROVINCE")),
    "a scene of the province at the window alone": told(scene("PROVINCE", terminal=False)),
    "a joint case that is closed in time": told(
        FORM, LINKED, together(joint.JointCaseClosed, closed_date="2024-09-04")
    ),
    "a joint case that is closed late": told(
        FORM,
        LINKED,
        together(joint.JointCaseClosed, closed_date="2024-12-11"),
        every=50 * DAY,
    ),
    "a joint case that is past its limit": [
        *told(FORM, LINKED),
        card("SLA-06", "j1", basis="STATUTORY", at=80 * DAY),
    ],
    "a joint case within its limit": told(FORM, LINKED),
}
