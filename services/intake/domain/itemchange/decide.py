"""What intake decides about a change of an item: it is published in each place once."""

from services.intake.domain.itemchange.commands import SyncItemChange
from services.intake.domain.itemchange.refusals import OFF_COURSE, PlaceAlreadySynced
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.item.course import ITEM_CHANGE
from shared.contracts.item.facts import ItemChangeSynced, ItemDefinitionRevised


def _sync(change: Recollection, command: SyncItemChange) -> Fact:
    if any(synced.place == command.place for synced in change.all(ItemChangeSynced)):
        raise PlaceAlreadySynced
    revised = change.all(ItemDefinitionRevised)[0]
    return command.stated(
        item_code=revised.item_code, item_version=revised.item_version, synced_date=command.on
    )


DECIDER = by_course(ITEM_CHANGE, OFF_COURSE, {SyncItemChange: _sync})
