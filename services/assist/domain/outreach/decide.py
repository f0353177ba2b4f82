"""What assist decides about a visit: what its course says."""

from services.assist.domain.outreach.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.outreach.course import OUTREACH

DECIDER = by_course(OUTREACH, OFF_COURSE)
