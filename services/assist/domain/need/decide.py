"""What assist decides about a need: its resolution repeats what was raised, and says when."""

from services.assist.domain.need.commands import ResolveNeed
from services.assist.domain.need.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.outreach.course import NEED
from shared.contracts.outreach.facts import NeedRaised


def _resolve(need: Recollection, command: ResolveNeed) -> Fact:
    raised = need.all(NeedRaised)[0]
    return command.stated(
        outreach_id=raised.outreach_id, kind=raised.kind, resolved_date=command.on
    )


DECIDER = by_course(NEED, OFF_COURSE, {ResolveNeed: _resolve})
