"""Sites and scenes over HTTP: each from its beginning on, under a name that nobody else has."""

from typing import Any

import pytest

from shared.web.auth import Role
from tests.support.intake_service import Hall

ITEM = "11610102MB2X00178C4000131016000"
OTHER = "11610102MB2X00178C4000131021000"
STATION = {
    "site_id": "xc-street-03",
    "kind": "COMMUNITY_STATION",
    "demonstration": False,
    "date": "2024-01-02",
}
UPGRADE = {"kind": "COMMUNITY_STATION", "demonstration": True, "date": "2024-01-02"}
PLATFORM = {"system": "INTEGRATED_PLATFORM", "first_case_no": "XC20240102000001"}
ENTRUSTED = {"item_code": ITEM, "form": "ENTRUSTED"}
SCENE = {
    "scene_id": "YJS-CANYIN",
    "name": "开餐饮店一件事",
    "source": "PROVINCE",
    "one_window": True,
    "one_terminal": True,
    "item_codes": [ITEM, OTHER],
    "published_limit": 7,
}
Words = dict[str, Any]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def answered(hall: Hall, path: str, *words: Words, role: Role = Role.LAW_DESK) -> list[str]:
    """Return what each of the commands with *words* was answered with: its subject, or why not."""
    answers = [(await hall.command(role, f"/v1/{path}", one)).json() for one in words]
    return [one.get("subject") or one["code"] for one in answers]


async def test_a_site_opens_takes_to_the_platform_and_offers_ever_more(hall: Hall) -> None:
    site = "site:xc-street-03"
    told = [
        await answered(hall, f"sites/{site}/upgrades", UPGRADE),
        await answered(hall, "sites", STATION, STATION, role=Role.DIRECTOR),
        await answered(hall, f"sites/{site}/upgrades", UPGRADE, UPGRADE),
        await answered(hall, f"sites/{site}/onboarding", PLATFORM, PLATFORM),
        await answered(
            hall, f"sites/{site}/items", ENTRUSTED, ENTRUSTED, {**ENTRUSTED, "form": "ASSISTED"}
        ),
    ]
    events = (await hall.store.load(f"site-{site}")).events

    assert told == [
        ["site_unknown"],
        [site, "site_already_opened"],
        [site, site],
        [site, "site_already_onboarded"],
        [site, "item_already_devolved", site],
    ]
    assert {(event.subject, event.partitionkey) for event in events} == {(site, site)}
    assert events[-1].data.model_dump() == {
        "site_id": "xc-street-03",
        "item_code": ITEM,
        "form": "ASSISTED",
    }


async def test_a_scene_is_launched_once_with_each_of_its_items_once(hall: Hall) -> None:
    told = await answered(
        hall,
        "scenes",
        {**SCENE, "item_codes": []},
        {**SCENE, "item_codes": [ITEM, ITEM]},
        {**SCENE, "published_limit": 0},
        {**SCENE, "source": "STREET"},
        SCENE,
        SCENE,
    )

    assert told == [
        "invalid_request",
        "item_named_twice",
        "invalid_request",
        "invalid_request",
        "scene:YJS-CANYIN",
        "scene_already_launched",
    ]


@pytest.mark.parametrize(
    ("path", "words", "changed", "code"),
    [
        ("sites", STATION, {"site": "XC20240902000017"}, "invalid_request"),
        ("scenes", SCENE, {"scene": "XC20240902000017"}, "invalid_request"),
        ("sites", STATION, {"kind": "POST_OFFICE"}, "invalid_request"),
        ("sites", STATION, {"date": "1970-01-01"}, "invalid_request"),
        ("sites", STATION, {"date": "2098-01-01"}, "station_date_impossible"),
    ],
)
async def test_what_a_site_or_a_scene_cannot_be_is_declined(
    hall: Hall, path: str, words: Words, changed: Words, code: str
) -> None:
    assert await answered(hall, path, words | changed) == [code]


@pytest.mark.parametrize("path", ["sites", "scenes"])
async def test_who_keeps_no_lists_keeps_neither_sites_nor_scenes(hall: Hall, path: str) -> None:
    words = STATION if path == "sites" else SCENE

    assert (await hall.command(Role.HANDLER, f"/v1/{path}", words)).status_code == 403
