"""A site inspection: ordered, booked, visited by two or more, concluded."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.intake.domain.inspection import refusals
from services.intake.domain.inspection.commands import (
    AnyCommand,
    ConcludeVisit,
    ExpireDefect,
    FollowUpInspection,
    OrderDefect,
    OrderInspection,
    ScheduleVisit,
    StartVisit,
    SubmitDefect,
)
from services.intake.domain.inspection.decide import decide
from services.intake.domain.inspection.states import INITIAL, Inspection, evolve
from shared.contracts.inspection.course import InspectionState
from shared.contracts.inspection.facts import (
    DefectExpired,
    DefectOrdered,
    DefectSubmitted,
    InspectionCreated,
    InspectionFollowedUp,
    InspectionScheduled,
    Shortcoming,
    VisitConcluded,
    VisitStarted,
)
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.review.words import Satisfaction
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import BUREAU, MONDAY, NINE, NO, PAPER

ID = "inspection-1"
VISIT = NINE + timedelta(days=1)

inspection = DeciderSpec[Inspection, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)

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

TO_RECTIFY = replace(CONCLUDE, result=InspectionResult.RECTIFY)
FOUND = CONCLUDED.model_copy(update={"result": InspectionResult.RECTIFY})
SINK = Shortcoming(code="SPJY-07", requirement="洗手池移至操作间入口")
FRIDAY = MONDAY + timedelta(days=4)
MENDED_BY = date(2024, 9, 14)
"""Ten working days after Monday."""
DEMAND = OrderDefect(
    at=NINE, inspection_id=ID, answer_by=MENDED_BY, defects=(SINK,), deadline=FRIDAY, notice=PAPER
)
DEMANDED = DefectOrdered(inspection_id=ID, defects=(SINK,), deadline=FRIDAY, notice=PAPER)
REPORT = SubmitDefect(at=NINE, inspection_id=ID)
REPORTED = DefectSubmitted(inspection_id=ID, evidence=())
EXPIRE = ExpireDefect(at=NINE, inspection_id=ID)
EXPIRED = DefectExpired(inspection_id=ID, deadline=FRIDAY)
ASK = FollowUpInspection(
    at=NINE, inspection_id=ID, method="PHONE", answered=True, level=Satisfaction.SATISFIED
)
ANSWERED = InspectionFollowedUp(
    inspection_id=ID, method="PHONE", answered=True, level=Satisfaction.SATISFIED
)
UNANSWERED = InspectionFollowedUp(inspection_id=ID, method="PHONE", answered=False)

ordered = inspection.given(CREATED)
scheduled = ordered.given(SCHEDULED)
started = scheduled.given(STARTED)
concluded = started.given(CONCLUDED)
found = started.given(FOUND)
demanded = found.given(DEMANDED)
reported = demanded.given(REPORTED)


def test_an_inspection_goes_from_order_to_conclusion() -> None:
    inspection.when(ORDER).then(CREATED)
    ordered.when(SCHEDULE).then(SCHEDULED)
    scheduled.when(START).then(STARTED)
    started.when(CONCLUDE).then(CONCLUDED)

    assert concluded.state.state == InspectionState.CONCLUDED


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
def test_a_conclusion_needs_a_visit(history: DeciderSpec[Inspection, AnyCommand]) -> None:
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


def test_a_defect_is_ordered_reported_and_looked_at_again() -> None:
    started.when(TO_RECTIFY).then(FOUND)
    found.when(DEMAND).then(DEMANDED)
    demanded.when(REPORT).then(REPORTED)
    reported.when(SCHEDULE).then(SCHEDULED)

    assert reported.given(SCHEDULED, STARTED, CONCLUDED).state.state == InspectionState.CONCLUDED


def test_dates_that_were_given_up_for_one_visit_do_not_count_for_the_next() -> None:
    moved = SCHEDULED.model_copy(update={"reschedule_no": 1})
    again = ordered.given(SCHEDULED, moved, STARTED, FOUND, DEMANDED, REPORTED)

    again.when(SCHEDULE).then(SCHEDULED)


def test_a_defect_has_a_day_that_is_still_to_come() -> None:
    found.when(replace(DEMAND, deadline=MONDAY - timedelta(days=1))).then_rejects(
        refusals.DefectDeadlinePassed, today=MONDAY
    )
    found.when(replace(DEMAND, deadline=None)).then(
        DEMANDED.model_copy(update={"deadline": MENDED_BY})
    )
    found.when(replace(DEMAND, deadline=MONDAY)).then(
        DEMANDED.model_copy(update={"deadline": MONDAY})
    )


def test_a_defect_fails_the_inspection_when_its_day_is_gone() -> None:
    late = NINE + timedelta(days=5)

    demanded.when(replace(EXPIRE, at=NINE + timedelta(days=4))).then_rejects(
        refusals.DefectNotYetDue, deadline=FRIDAY
    )
    demanded.when(replace(EXPIRE, at=late)).then(EXPIRED)
    assert demanded.given(EXPIRED).state.state == InspectionState.CONCLUDED


def test_only_what_can_be_put_right_is_ordered_and_once() -> None:
    concluded.when(DEMAND).then_rejects(refusals.NothingToRectify)
    demanded.when(DEMAND).then_rejects(refusals.DefectAlreadyOrdered)
    scheduled.when(DEMAND).then_rejects(refusals.InspectionNotConcluded)


@pytest.mark.parametrize("command", [REPORT, EXPIRE])
@pytest.mark.parametrize("history", [ordered, found, reported, concluded])
def test_nothing_is_mended_that_is_no_open_defect(
    history: DeciderSpec[Inspection, AnyCommand], command: AnyCommand
) -> None:
    history.when(command).then_rejects(refusals.DefectNotOpen)


def test_a_mended_defect_needs_another_visit() -> None:
    reported.when(START).then_rejects(refusals.InspectionNotScheduled)
    reported.when(CONCLUDE).then_rejects(refusals.InspectionNotStarted)


@pytest.mark.parametrize(
    "history", [concluded, found, demanded, reported, reported.given(SCHEDULED)]
)
def test_a_conclusion_is_followed_up_once_answered(
    history: DeciderSpec[Inspection, AnyCommand],
) -> None:
    history.when(ASK).then(ANSWERED)
    history.given(UNANSWERED).when(ASK).then(ANSWERED)
    history.given(ANSWERED).when(ASK).then_rejects(refusals.InspectionAlreadyAnswered)


def test_each_conclusion_is_followed_up() -> None:
    demanded.given(ANSWERED, EXPIRED).when(ASK).then(ANSWERED)


@pytest.mark.parametrize("history", [ordered, scheduled, started])
def test_nobody_is_asked_about_a_visit_that_was_not_made(
    history: DeciderSpec[Inspection, AnyCommand],
) -> None:
    history.when(ASK).then_rejects(refusals.InspectionNotConcluded)
