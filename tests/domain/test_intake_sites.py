"""What is granted and declined of sites and scenes."""

from datetime import date

import pytest

from services.intake.domain.refusals import ItemNamedTwice
from services.intake.domain.scene.commands import LaunchScene
from services.intake.domain.scene.decide import DECIDER as SCENES
from services.intake.domain.scene.refusals import SceneAlreadyLaunched
from services.intake.domain.site.commands import (
    DevolveItem,
    OnboardSite,
    OpenStation,
    UpgradeStation,
)
from services.intake.domain.site.decide import DECIDER as SITES
from services.intake.domain.site.refusals import (
    ItemAlreadyDevolved,
    SiteAlreadyOnboarded,
    SiteAlreadyOpened,
    SiteUnknown,
    StationDateImpossible,
)
from shared.commands.by_course import Recollection
from shared.commands.command import Command
from shared.contracts.joint.facts import SceneLaunched
from shared.contracts.moments import FIRST_DAY
from shared.contracts.site.facts import (
    ItemDevolved,
    PlatformOnboarded,
    StationOpened,
    StationUpgraded,
)
from tests.support.courses import LATER, command_of
from tests.support.decider import DeciderSpec
from tests.support.examples import like_the_example

site = DeciderSpec[Recollection, Command](SITES.initial, SITES.decide, SITES.evolve)
scene = DeciderSpec[Recollection, Command](SCENES.initial, SCENES.decide, SCENES.evolve)

OPENED = like_the_example(StationOpened)
UPGRADED = like_the_example(StationUpgraded)
ONBOARDED = like_the_example(PlatformOnboarded)
DEVOLVED = like_the_example(ItemDevolved)
LAUNCHED = like_the_example(SceneLaunched)
TODAY = LATER.date()
TOMORROW = date(2024, 9, 17)
EVE = date(2024, 9, 1)


def test_a_site_opens_once() -> None:
    site.given().when(command_of(OpenStation)).then(OPENED)
    site.given(OPENED).when(command_of(OpenStation)).then_rejects(
        SiteAlreadyOpened, site_id="xc-street-03"
    )


def test_what_was_never_opened_is_unknown() -> None:
    for kind in (UpgradeStation, OnboardSite, DevolveItem):
        site.given().when(command_of(kind)).then_rejects(SiteUnknown)


def test_a_site_opens_on_a_day_that_has_come() -> None:
    site.given().when(command_of(OpenStation, date=TOMORROW)).then_rejects(
        StationDateImpossible, date=TOMORROW, earliest=FIRST_DAY, latest=TODAY
    )


def test_a_site_is_upgraded_as_often_as_it_changes() -> None:
    site.given(OPENED, ONBOARDED, UPGRADED).when(command_of(UpgradeStation)).then(UPGRADED)


@pytest.mark.parametrize("day", [EVE, TOMORROW])
def test_a_site_is_upgraded_after_it_opened_and_before_tomorrow(day: date) -> None:
    site.given(OPENED).when(command_of(UpgradeStation, date=day)).then_rejects(
        StationDateImpossible, date=day, earliest=date(2024, 9, 2), latest=TODAY
    )


def test_a_site_takes_to_the_platform_once() -> None:
    site.given(OPENED).when(command_of(OnboardSite)).then(ONBOARDED)
    site.given(OPENED, ONBOARDED).when(command_of(OnboardSite)).then_rejects(SiteAlreadyOnboarded)


def test_an_item_comes_to_a_site_in_each_form_once() -> None:
    assisted = like_the_example(ItemDevolved, form="ASSISTED")

    site.given(OPENED, DEVOLVED).when(command_of(DevolveItem, form="ASSISTED")).then(assisted)
    site.given(OPENED, assisted, DEVOLVED).when(command_of(DevolveItem)).then_rejects(
        ItemAlreadyDevolved, item_code=DEVOLVED.model_dump()["item_code"]
    )


def test_a_scene_is_launched_once() -> None:
    scene.given().when(command_of(LaunchScene)).then(LAUNCHED)
    scene.given(LAUNCHED).when(command_of(LaunchScene)).then_rejects(
        SceneAlreadyLaunched, scene_id="YJS-CANYIN"
    )


def test_a_scene_has_each_item_once() -> None:
    scene.given().when(command_of(LaunchScene, item_codes=("1161", "1162", "1161"))).then_rejects(
        ItemNamedTwice, item_codes="1161"
    )
