"""What metrics decides about targets of the bureau's own: of what people report, and set anew."""

from services.metrics.domain.figures.reported import ITEMS
from services.metrics.domain.targets.commands import ReviseTarget, SetTarget, TargetCommands
from services.metrics.domain.targets.refusals import (
    OFF_COURSE,
    ItemNotReported,
    TargetExists,
    TargetUnknown,
)
from shared.commands.by_course import Recollection, by_course
from shared.commands.decider import Owners
from shared.contracts.envelope import Fact
from shared.contracts.plan.course import TARGET, TargetState
from shared.contracts.plan.facts import TargetSet


def _set(target: Recollection, command: SetTarget) -> Fact:
    if target.state != TargetState.ABSENT:
        raise TargetExists(target_id=command.target_id)
    if command.plan_item not in ITEMS:
        raise ItemNotReported(plan_item=command.plan_item, known=", ".join(map(str, ITEMS)))
    return command.stated()


def _revise(target: Recollection, command: ReviseTarget) -> Fact:
    if target.state == TargetState.ABSENT:
        raise TargetUnknown(target_id=command.target_id)
    before = target.all(TargetSet)[-1]
    return command.stated(
        plan_item=before.plan_item,
        name=command.name or before.name,
        unit=command.unit or before.unit,
        due=command.due or before.due,
        org=before.org,
    )


def owners(target: Recollection, command: TargetCommands) -> Owners:
    """Return whose target it is."""
    if isinstance(command, SetTarget):
        return (command.org.org_code,) if command.org else ()
    return [fact.org.org_code for fact in target.all(TargetSet)[-1:] if fact.org]


DECIDER = by_course(TARGET, OFF_COURSE, {SetTarget: _set, ReviseTarget: _revise}, owners)
