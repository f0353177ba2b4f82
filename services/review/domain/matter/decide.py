"""What review decides about an unfinished matter: what its course says."""

from services.review.domain.matter.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.unfinished.course import MATTER

DECIDER = by_course(MATTER, OFF_COURSE)
