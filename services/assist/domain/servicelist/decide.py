"""What assist decides about the list: a version is published once, with each item once."""

from services.assist.domain.servicelist.commands import UpdateServiceList
from services.assist.domain.servicelist.refusals import (
    OFF_COURSE,
    ServiceListVersionPublished,
    ServiceNamedTwice,
)
from shared.commands.by_course import Recollection, by_course
from shared.commands.command import repeated
from shared.contracts.assist.course import SERVICE_LIST
from shared.contracts.assist.facts import ServiceListUpdated
from shared.contracts.envelope import Fact


def _update(published: Recollection, command: UpdateServiceList) -> Fact:
    if any(one.list_version == command.list_version for one in published.all(ServiceListUpdated)):
        raise ServiceListVersionPublished(list_version=command.list_version)
    item = repeated(command.item_codes)
    if item is not None:
        raise ServiceNamedTwice(item_codes=item)
    return command.stated(published_date=command.on)


DECIDER = by_course(SERVICE_LIST, OFF_COURSE, {UpdateServiceList: _update})
