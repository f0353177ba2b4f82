"""What review decides about a complaint in the hall: what it turns out to be about."""

from services.review.domain.complaint.commands import ConcludeComplaint
from services.review.domain.complaint.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.hall.facts import ComplaintReceived


def _conclude(complaint: Recollection, command: ConcludeComplaint) -> Fact:
    (received,) = complaint.all(ComplaintReceived)
    return command.stated(five_zero=command.five_zero or received.five_zero)


DECIDER = by_course(COMPLAINT, OFF_COURSE, {ConcludeComplaint: _conclude})
