"""The course of a complaint in the hall (大厅投诉)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads
from shared.contracts.hall import facts as hall


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    ABSENT = ABSENT
    RECEIVED = "RECEIVED"
    CONCLUDED = "CONCLUDED"


C = ComplaintState

COMPLAINT = Course(
    "complaint",
    "complaint_id",
    tuple((state,) for state in C),
    (
        *leads(hall.ComplaintReceived, {C.ABSENT: C.RECEIVED}),
        *leads(hall.ComplaintConcluded, {C.RECEIVED: C.CONCLUDED}),
    ),
    prefix="TS",
)
