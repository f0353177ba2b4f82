"""What intake decides about an application for another place, beside its course."""

from services.intake.domain.xregion.commands import CollectForAnotherPlace, ReturnResult
from services.intake.domain.xregion.refusals import (
    OFF_COURSE,
    HandedOverDateImpossible,
    IdentityUnchecked,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.intake.words import CrossRegionMode
from shared.contracts.xregion.course import XREGION


def _collect(_: Recollection, command: CollectForAnotherPlace) -> Fact:
    if command.mode is CrossRegionMode.PROXY_COLLECT and not command.identity_checked:
        raise IdentityUnchecked
    return command.stated()


def _return(_: Recollection, command: ReturnResult) -> Fact:
    day = command.handed_over_date
    if day is not None and day > command.on:
        raise HandedOverDateImpossible(handed_over_date=day, latest=command.on)
    return command.stated()


DECIDER = by_course(XREGION, OFF_COURSE, {CollectForAnotherPlace: _collect, ReturnResult: _return})
