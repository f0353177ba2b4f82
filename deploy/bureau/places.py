"""Where the bureau serves people beside its hall, and what they can have done as one matter."""

from datetime import date
from typing import NamedTuple

from deploy.bureau.errand import Errand
from deploy.bureau.items import ITEMS
from shared.contracts.site.facts import site_named
from shared.web.auth import Role

OPENED_ON = "2019-05-06"
SITES = (
    *((f"xc-street-{number:02}", "STREET_CENTER") for number in range(1, 6)),
    *((f"xc-community-{number:02}", "COMMUNITY_STATION") for number in range(1, 17)),
)
"""By the names that others call them by, and of which kind they are."""
OFF_THE_PLATFORM = "xc-community-16"
AT_CENTRES = ((ITEMS[2].code, "AUTHORISED"), (ITEMS[0].code, "ENTRUSTED"))
"""Which items are handled at the centre of a street, and how."""


class Reform(NamedTuple):
    """One scene: what people call it, who ordered it, and whether it is one matter online, too."""

    name: str
    source: str
    online: bool = True


REFORMS = (
    (Reform("企业信息变更一件事", "STATE"), Reform("新生儿出生一件事", "PROVINCE")),
    (Reform("开办餐饮店一件事", "STATE"), Reform("公民婚育一件事", "PROVINCE")),
    (Reform("教育入学一件事", "STATE", online=False), Reform("企业开办一件事", "PROVINCE")),
    (Reform("开办药店一件事", "CITY"), Reform("企业准营一件事", "PROVINCE")),
    (Reform("开办便利店一件事", "DISTRICT"), Reform("员工录用一件事", "PROVINCE")),
    (Reform("企业注销登记一件事", "STATE"), Reform("涉企不动产登记一件事", "PROVINCE")),
    (Reform("开办理发店一件事", "DISTRICT"), Reform("企业简易注销一件事", "PROVINCE")),
    (Reform("开办健身馆一件事", "CITY", online=False), Reform("灵活就业一件事", "PROVINCE")),
    (Reform("开办书店一件事", "DISTRICT"), Reform("军人退役一件事", "PROVINCE")),
    (Reform("户外广告一件事", "CITY"), Reform("二手房转移登记一件事", "PROVINCE")),
    (Reform("开办宾馆一件事", "CITY"), Reform("企业职工退休一件事", "PROVINCE")),
    (Reform("开办影院一件事", "DISTRICT"), Reform("公民身后一件事", "PROVINCE")),
)
"""What is launched in each month."""
PROMISED_DAYS = 7


async def open_sites(errand: Errand) -> None:
    """Open the centres and stations that there are; one of them waits for the platform."""
    for site_id, kind in SITES:
        site = await _opened(errand, site_id, kind, OPENED_ON)
        if site_id != OFF_THE_PLATFORM:
            system = "INTEGRATED_PLATFORM"
            await errand.ask(Role.DIRECTOR, f"sites/{site}/onboarding", system=system)
        for item, form in AT_CENTRES if kind == "STREET_CENTER" else ():
            words = {"item_code": item, "form": form}
            await errand.ask(Role.LAW_DESK, f"sites/{site}/items", **words)


async def build(errand: Errand, today: date) -> None:
    """Build two stations this year; the first is made a demonstration of the standard later."""
    year = today.year
    station, kind = f"xc-community-{year}", "COMMUNITY_STATION"
    first, second, third = date(year, 3, 11), date(year, 4, 8), date(year, 5, 20)
    if first <= today:
        await _opened(errand, station, kind, first.isoformat())
    if second <= today:
        await _opened(errand, f"xc-relay-{year}", "RELAY_STATION", second.isoformat())
    if third <= today:
        words = {"kind": kind, "demonstration": True, "date": third.isoformat()}
        await errand.ask(Role.DIRECTOR, f"sites/{site_named(station)}/upgrades", **words)


async def launch(errand: Errand, today: date) -> None:
    """Launch what is one matter from this month on, and what was from those before."""
    months = enumerate(REFORMS[: today.month])
    for number, reform in ((month, reform) for month, reforms in months for reform in reforms):
        await errand.ask(
            Role.LAW_DESK,
            "scenes",
            scene_id=f"YJS-{today.year}-{number + 1:02}-{reform.source}",
            name=reform.name,
            source=reform.source,
            one_window=True,
            one_terminal=reform.online,
            item_codes=[ITEMS[number].code, ITEMS[number + 1].code],
            published_limit=PROMISED_DAYS,
        )


async def _opened(errand: Errand, site_id: str, kind: str, day: str) -> str:
    words = {"site_id": site_id, "kind": kind, "demonstration": False, "date": day}
    return await errand.ask(Role.DIRECTOR, "sites", **words)
