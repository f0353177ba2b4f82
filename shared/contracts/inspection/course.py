"""The course of a site inspection (domain.md 3.3)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.inspection import facts as inspection
from shared.contracts.inspection.words import InspectionResult


class InspectionState(StrEnum):
    """Where a site inspection stands."""

    ABSENT = ABSENT
    CREATED = "CREATED"
    SCHEDULED = "SCHEDULED"
    STARTED = "STARTED"
    RECTIFY = "RECTIFY"
    DEFECT_OPEN = "DEFECT_OPEN"
    DEFECT_SUBMITTED = "DEFECT_SUBMITTED"
    CONCLUDED = "CONCLUDED"
    FOLLOWED_UP = "FOLLOWED_UP"


S = InspectionState

TO_BE_RECTIFIED = Guard("to_be_rectified", lambda fact: fact.result is InspectionResult.RECTIFY)
SETTLED = Guard("settled", lambda fact: fact.result is not InspectionResult.RECTIFY)
FAULTY = Guard(
    "faulty", lambda fact: fact.result in (InspectionResult.FAIL, InspectionResult.RECTIFY)
)
UNPROVEN = Guard(
    "unproven",
    lambda fact: fact.result is not InspectionResult.NOT_DONE and not fact.evidence,
)
NEVER_TOOK_PLACE = Guard("never_took_place", lambda fact: fact.result is InspectionResult.NOT_DONE)

INSPECTION = Course(
    "inspection",
    "inspection_id",
    tuple((state,) for state in S),
    (
        *leads(inspection.InspectionCreated, {S.ABSENT: S.CREATED}),
        *leads(
            inspection.InspectionScheduled,
            dict.fromkeys((S.CREATED, S.SCHEDULED, S.DEFECT_SUBMITTED), S.SCHEDULED),
        ),
        *leads(inspection.VisitStarted, {S.SCHEDULED: S.STARTED}),
        *leads(inspection.VisitConcluded, {S.STARTED: S.RECTIFY}, TO_BE_RECTIFIED),
        *leads(inspection.VisitConcluded, {S.STARTED: S.CONCLUDED}, SETTLED),
        *leads(
            inspection.VisitConcluded,
            {S.SCHEDULED: S.CONCLUDED},
            NEVER_TOOK_PLACE,
            unless=("inspection_not_started",),
        ),
        *leads(inspection.DefectOrdered, {S.RECTIFY: S.DEFECT_OPEN}),
        *leads(inspection.DefectSubmitted, {S.DEFECT_OPEN: S.DEFECT_SUBMITTED}),
        *leads(
            inspection.DefectExpired, {S.DEFECT_OPEN: S.CONCLUDED}, unless=("defect_not_yet_due",)
        ),
        *leads(inspection.InspectionFollowedUp, {S.CONCLUDED: S.FOLLOWED_UP}),
        # Whoever did not answer is asked again, and while something is to be put right, too.
        *stays(
            inspection.InspectionFollowedUp,
            (S.FOLLOWED_UP, S.RECTIFY, S.DEFECT_OPEN, S.DEFECT_SUBMITTED),
            unless=("inspection_already_answered",),
        ),
        *stays(
            inspection.InspectionFollowedUp,
            (S.SCHEDULED,),
            unless=("inspection_not_concluded", "inspection_already_answered"),
        ),
    ),
    marks=((inspection.VisitConcluded, FAULTY), (inspection.VisitConcluded, UNPROVEN)),
    prefix="KY",
)
