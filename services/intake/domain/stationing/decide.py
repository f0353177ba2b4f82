"""What intake decides about an item's place in the hall: an exemption says why."""

from services.intake.domain.stationing.commands import ChangeStationing
from services.intake.domain.stationing.refusals import OFF_COURSE, ExemptionUnexplained
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.item.course import STATIONING


def _change(_: Recollection, command: ChangeStationing) -> Fact:
    if command.status == "EXEMPT" and not command.reason:
        raise ExemptionUnexplained
    return command.stated()


DECIDER = by_course(STATIONING, OFF_COURSE, {ChangeStationing: _change})
