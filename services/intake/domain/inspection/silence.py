"""What the passing of time asks of an inspection: a defect is not put right (整改逾期, SLA-15)."""

from services.intake.domain.case.silence import Timer, end_of
from services.intake.domain.inspection.commands import ExpireDefect
from services.intake.domain.inspection.states import Inspection
from shared.contracts.inspection.course import InspectionState
from shared.contracts.inspection.facts import DefectOrdered

WAITING_SINCE = (DefectOrdered,)
"""The fact behind which the applicant's time runs; all others can only end it."""


def timer(inspection_id: str, inspection: Inspection) -> Timer | None:
    """Return what time will ask of *inspection* as it stands; None where nobody has to act."""
    if inspection.state != InspectionState.DEFECT_OPEN or inspection.deadline is None:
        return None
    at = end_of(inspection.deadline)
    return None if at is None else Timer(ExpireDefect(at=at, inspection_id=inspection_id))
