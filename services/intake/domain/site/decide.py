"""What intake decides about a site: it opens once, and an item comes there in each form once."""

from collections.abc import Mapping
from datetime import date

from services.intake.domain.site.commands import (
    DevolveItem,
    OnboardSite,
    OpenStation,
    SiteCommand,
    UpgradeStation,
)
from services.intake.domain.site.refusals import (
    OFF_COURSE,
    ItemAlreadyDevolved,
    StationDateImpossible,
)
from shared.commands.by_course import Recollection, Statement, by_course
from shared.contracts.envelope import Fact
from shared.contracts.moments import FIRST_DAY
from shared.contracts.site.course import SITE
from shared.contracts.site.facts import ItemDevolved, StationOpened


def _open(_: Recollection, command: OpenStation) -> Fact:
    _require_past(command, FIRST_DAY)
    return command.stated()


def _upgrade(site: Recollection, command: UpgradeStation) -> Fact:
    _require_past(command, _opening(site).date)
    return _stated(site, command)


def _devolve(site: Recollection, command: DevolveItem) -> Fact:
    offered = {(fact.item_code, fact.form) for fact in site.all(ItemDevolved)}
    if (command.item_code, command.form) in offered:
        raise ItemAlreadyDevolved(item_code=command.item_code)
    return _stated(site, command)


def _stated(site: Recollection, command: SiteCommand) -> Fact:
    """Return the fact of *command*, on the site that was opened."""
    return command.stated(site_id=_opening(site).site_id)


def _opening(site: Recollection) -> StationOpened:
    return site.all(StationOpened)[0]


def _require_past(command: OpenStation | UpgradeStation, earliest: date) -> None:
    if not earliest <= command.date <= command.on:
        raise StationDateImpossible(date=command.date, earliest=earliest, latest=command.on)


RULES: Mapping[type[SiteCommand], Statement] = {
    OpenStation: _open,
    UpgradeStation: _upgrade,
    OnboardSite: _stated,
    DevolveItem: _devolve,
}

DECIDER = by_course(SITE, OFF_COURSE, RULES)
