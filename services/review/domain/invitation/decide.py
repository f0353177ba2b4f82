"""What review decides about an invitation to rate: what its course says."""

from services.review.domain.invitation.refusals import OFF_COURSE
from shared.commands.by_course import by_course
from shared.contracts.review.course import INVITATION

DECIDER = by_course(INVITATION, OFF_COURSE)
