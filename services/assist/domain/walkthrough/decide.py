"""What assist decides about a walk: what its course says."""

from collections.abc import Collection

from services.assist.domain.walkthrough.commands import CompleteWalkthrough
from services.assist.domain.walkthrough.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.activity.course import WALKTHROUGH


def owners(_: Recollection, command: CompleteWalkthrough) -> Collection[str]:
    """Return the organisation whose leader walks."""
    return (command.leader_org.org_code,)


DECIDER = by_course(WALKTHROUGH, OFF_COURSE, owners=owners)
