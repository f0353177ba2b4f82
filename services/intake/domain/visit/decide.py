"""What intake decides about a visit to the hall: what its course says."""

from services.intake.domain.visit.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.intake.course import VISIT

DECIDER = by_course(VISIT, OFF_COURSE)
