"""What intake decides about a list of items: a version is published once, with each item once."""

from services.intake.domain.itemlist.commands import PublishItemList
from services.intake.domain.itemlist.refusals import OFF_COURSE, ListVersionPublished
from services.intake.domain.items import require_each_once
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.item.course import ITEM_LIST
from shared.contracts.item.facts import ItemListPublished


def _publish(published: Recollection, command: PublishItemList) -> Fact:
    if any(one.version == command.version for one in published.all(ItemListPublished)):
        raise ListVersionPublished(version=command.version)
    require_each_once(command.item_codes)
    return command.stated(published_date=command.on)


DECIDER = by_course(ITEM_LIST, OFF_COURSE, {PublishItemList: _publish})
