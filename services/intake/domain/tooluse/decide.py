"""What intake decides about a use of the tools: what its course says."""

from services.intake.domain.tooluse.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.intake.course import TOOL_USE

DECIDER = by_course(TOOL_USE, OFF_COURSE)
