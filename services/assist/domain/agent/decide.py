"""What assist decides about an agent on the roster: what its course says."""

from services.assist.domain.agent.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.assist.course import AGENT

DECIDER = by_course(AGENT, OFF_COURSE)
