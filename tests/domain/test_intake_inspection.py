"""A site inspection: ordered, booked, visited by two or more, concluded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.domain import refusals
from services.intake.domain.inspection import (
    INITIAL,
    AnyCommand,
    Concluded,
    ConcludeVisit,
    OrderInspection,
    ScheduleVisit,
    StartVisit,
    State,
    decide,
    evolve,
)
from shared.contracts.inspection.facts import (
    InspectionCreated,
    InspectionScheduled,
    VisitConcluded,
    VisitStarted,
)
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import BUREAU, NINE, NO

ID = "inspection-1"
VISIT = NINE + timedelta(days=1)

inspection = DeciderSpec[State, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)

ORDER = OrderInspection(
    at=NINE,
    inspection_id=ID,
    case_nos=(NO,),
    mode=InspectionMode.ON_SITE,
    checklist_id="checklist-1",
    org=BUREAU,
    place_token="place-1",
)
CREATED = InspectionCreated(
    inspection_id=ID,
    case_nos=(NO,),
    mode=InspectionMode.ON_SITE,
    checklist_id="checklist-1",
    attempt_no=1,
    org=BUREAU,
    joint_orgs=(),
    place_token="place-1",
)
SCHEDULE = ScheduleVisit(
    at=NINE, inspection_id=ID, visit_start=VISIT, inspectors=("st-0007", "st-0008")
)
SCHEDULED = InspectionScheduled(
    inspection_id=ID,
    visit_start=VISIT,
    contact_at=NINE,
    inspectors=("st-0007", "st-0008"),
    reschedule_no=0,
)
START = StartVisit(at=VISIT, inspection_id=ID, evidence_started=True)
STARTED = VisitStarted(inspection_id=ID, arrived_at=VISIT, evidence_started=True)
CONCLUDE = ConcludeVisit(
    at=VISIT, inspection_id=ID, result=InspectionResult.PASS, applicant_signed=True
)
CONCLUDED = VisitConcluded(
    inspection_id=ID, result=InspectionResult.PASS, checks=(), evidence=(), applicant_signed=True
)
NOT_DONE = replace(CONCLUDE, result=InspectionResult.NOT_DONE, not_done_reason="申请人不在场")

ordered = inspection.given(CREATED)
scheduled = ordered.given(SCHEDULED)
started = scheduled.given(STARTED)
concluded = started.given(CONCLUDED)


def test_an_inspection_goes_from_order_to_conclusion() -> None:
    inspection.when(ORDER).then(CREATED)
    ordered.when(SCHEDULE).then(SCHEDULED)
    scheduled.when(START).then(STARTED)
    started.when(CONCLUDE).then(CONCLUDED)

    assert concluded.state == Concluded()


def test_another_date_is_counted() -> None:
    scheduled.when(replace(SCHEDULE, reschedule_by="APPLICANT")).then(
        SCHEDULED.model_copy(update={"reschedule_no": 1, "reschedule_by": "APPLICANT"})
    )


@pytest.mark.parametrize("inspectors", [(), ("st-0007",), ("st-0007", "st-0007")])
def test_a_site_is_inspected_by_two_officials(inspectors: tuple[str, ...]) -> None:
    ordered.when(replace(SCHEDULE, inspectors=inspectors)).then_rejects(
        refusals.TooFewInspectors, inspectors_min=2
    )


def test_a_visit_that_could_not_be_made_is_concluded_without_one() -> None:
    scheduled.when(NOT_DONE).then(
        CONCLUDED.model_copy(
            update={"result": InspectionResult.NOT_DONE, "not_done_reason": "申请人不在场"}
        )
    )


@pytest.mark.parametrize("history", [ordered, scheduled])
def test_a_conclusion_needs_a_visit(history: DeciderSpec[State, AnyCommand]) -> None:
    history.when(CONCLUDE).then_rejects(refusals.InspectionNotStarted)


def test_a_visit_needs_a_date() -> None:
    ordered.when(START).then_rejects(refusals.InspectionNotScheduled)


def test_an_inspection_is_ordered_once() -> None:
    ordered.when(ORDER).then_rejects(refusals.InspectionAlreadyOrdered, inspection_id=ID)


@pytest.mark.parametrize("command", [SCHEDULE, START])
def test_inspectors_on_site_are_neither_booked_nor_sent_again(command: AnyCommand) -> None:
    started.when(command).then_rejects(refusals.InspectionAlreadyStarted)


@pytest.mark.parametrize("command", [SCHEDULE, START, CONCLUDE])
def test_what_is_signed_is_over_and_what_was_not_ordered_never_began(command: AnyCommand) -> None:
    concluded.when(command).then_rejects(refusals.InspectionAlreadyConcluded)
    inspection.when(command).then_rejects(refusals.InspectionUnknown)


def test_a_fact_out_of_turn_leaves_the_inspection_where_it_is() -> None:
    assert ordered.given(STARTED).state == ordered.state
