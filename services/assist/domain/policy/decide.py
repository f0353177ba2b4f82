"""What assist decides about a policy: it is listed on the day on which somebody lists it."""

from services.assist.domain.policy.commands import ListPolicy
from services.assist.domain.policy.refusals import OFF_COURSE, IssuedDateImpossible
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.policy.course import POLICY_ITEM


def _list(_: Recollection, command: ListPolicy) -> Fact:
    if command.issued_date > command.on:
        raise IssuedDateImpossible(issued_date=command.issued_date, latest=command.on)
    return command.stated(listed_date=command.on)


DECIDER = by_course(POLICY_ITEM, OFF_COURSE, {ListPolicy: _list})
