"""
Refusals around one site inspection.

IntakeRejection
├── InspectionAlreadyOrdered
├── InspectionUnknown
├── InspectionNotScheduled
├── InspectionNotStarted
├── InspectionAlreadyStarted
├── InspectionNotConcluded
├── InspectionAlreadyConcluded
├── InspectionAlreadyAnswered
├── TooFewInspectors
├── NothingToRectify
├── DefectAlreadyOrdered
├── DefectDeadlinePassed
├── DefectNotOpen
└── DefectNotYetDue
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.inspection import facts
from shared.contracts.inspection.course import INSPECTION, InspectionState
from shared.contracts.rejection import Blame


class InspectionAlreadyOrdered(IntakeRejection):
    """The inspection's id is taken."""

    code = "inspection_already_ordered"
    field = "inspection_id"


class InspectionUnknown(IntakeRejection):
    """No such inspection was ordered."""

    code = "inspection_unknown"


class InspectionNotScheduled(IntakeRejection):
    """A visit begins when it was booked with the applicant."""

    code = "inspection_not_scheduled"


class InspectionNotStarted(IntakeRejection):
    """A conclusion needs a visit, unless the visit could not be made."""

    code = "inspection_not_started"


class InspectionAlreadyStarted(IntakeRejection):
    """The inspectors are on site."""

    code = "inspection_already_started"


class InspectionNotConcluded(IntakeRejection):
    """What follows from a conclusion needs one."""

    code = "inspection_not_concluded"


class InspectionAlreadyConcluded(IntakeRejection):
    """The conclusion is signed."""

    code = "inspection_already_concluded"


class InspectionAlreadyAnswered(IntakeRejection):
    """The applicant has said how it went."""

    code = "inspection_already_answered"


class TooFewInspectors(IntakeRejection):
    """A site is inspected by two different officials or more (I-03)."""

    code = "too_few_inspectors"
    blame = Blame.COMMAND
    field = "inspectors"


class NothingToRectify(IntakeRejection):
    """The conclusion found nothing that could be put right by a day."""

    code = "nothing_to_rectify"


class DefectAlreadyOrdered(IntakeRejection):
    """The applicant was told before what to put right."""

    code = "defect_already_ordered"


class DefectDeadlinePassed(IntakeRejection):
    """Nobody can put anything right by a day that is gone."""

    code = "defect_deadline_passed"
    blame = Blame.COMMAND
    field = "deadline"


class DefectNotOpen(IntakeRejection):
    """Nothing waits to be put right."""

    code = "defect_not_open"


class DefectNotYetDue(IntakeRejection):
    """The applicant still has time."""

    code = "defect_not_yet_due"


S = InspectionState

VISIT = (facts.InspectionScheduled, facts.VisitStarted, facts.VisitConcluded)

OFF_COURSE = off_course(
    INSPECTION,
    Refused(InspectionAlreadyOrdered, (facts.InspectionCreated,)),
    Refused(InspectionUnknown, states=(S.ABSENT,)),
    Refused(InspectionNotScheduled, (facts.VisitStarted,), (S.CREATED, S.DEFECT_SUBMITTED)),
    Refused(InspectionNotStarted, (facts.VisitConcluded,), (S.CREATED, S.DEFECT_SUBMITTED)),
    Refused(InspectionAlreadyStarted, VISIT, (S.STARTED,)),
    Refused(InspectionAlreadyConcluded, VISIT),
    Refused(DefectNotOpen, INSPECTION.within((S.DEFECT_OPEN,))),
    Refused(InspectionNotConcluded, states=(S.CREATED, S.SCHEDULED, S.STARTED)),
    Refused(DefectAlreadyOrdered, states=(S.DEFECT_OPEN, S.DEFECT_SUBMITTED)),
    Refused(NothingToRectify, INSPECTION.within((S.RECTIFY,))),
)
"""Why nothing comes of it where the course has no row."""
