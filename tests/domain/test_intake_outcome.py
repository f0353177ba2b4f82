"""After the decision: closing, issuing, serving, publishing, archiving, setting aside."""

from dataclasses import replace

import pytest

from services.intake.domain.case import refusals
from services.intake.domain.case.commands import (
    AmendCase,
    AnyCommand,
    ArchiveCase,
    CloseCase,
    DeliverResult,
    DiscloseDecision,
    IssueResult,
    RevokeDecision,
)
from services.intake.domain.case.decide import decide
from services.intake.domain.case.states import INITIAL, Case, evolve
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.handling.words import DeliveryMode, ResultType
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    ACCEPTED,
    APPROVED,
    ARCHIVED,
    CLOSED,
    DELIVERED,
    DENIED,
    DISCLOSED,
    HANDLING,
    ISSUED,
    NINE,
    NO,
    PAPER,
    RECEIVED,
    REVOKED,
)

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)
undecided = case.given(RECEIVED, ACCEPTED, HANDLING)
approved = undecided.given(APPROVED)
denied = undecided.given(DENIED)

CLOSE = CloseCase(at=NINE, case_no=NO, result_type=ResultType.CERTIFICATE_ISSUED, onsite_visits=1)
ISSUE = IssueResult(
    at=NINE,
    case_no=NO,
    instrument="PAPER",
    licence_name="食品经营许可证",
    licence_no_token="licence-1",
)
DELIVER = DeliverResult(at=NINE, case_no=NO, mode=DeliveryMode.WINDOW)
DISCLOSE = DiscloseDecision(at=NINE, case_no=NO, platform="信用中国")
ARCHIVE = ArchiveCase(at=NINE, case_no=NO, electronic=True, archive_no="A-1")
REVOKE = RevokeDecision(at=NINE, case_no=NO, cause="FRAUD", document=PAPER)
AMEND = AmendCase(
    at=NINE,
    case_no=NO,
    field="received_date",
    old="2024-09-02",
    new="2024-09-03",
    reason="录入错误",
    approved_by="st-0001",
    is_error=True,
)
AMENDED = CaseAmended(
    case_no=NO,
    field="received_date",
    old="2024-09-02",
    new="2024-09-03",
    reason="录入错误",
    approved_by="st-0001",
    is_error=True,
)


def test_a_decided_case_is_closed_once() -> None:
    approved.when(CLOSE).then(CLOSED)
    approved.given(CLOSED).when(CLOSE).then_rejects(refusals.CaseAlreadyClosed)


def test_a_result_may_be_served_before_the_case_is_closed() -> None:
    served = approved.given(DELIVERED)

    served.when(CLOSE).then(CLOSED)
    closed = served.given(CLOSED).state
    assert (closed.phase, closed.closed) == (Phase.DELIVERED, True)


def test_an_approval_has_a_licence_to_issue() -> None:
    approved.when(ISSUE).then(ISSUED)
    approved.given(CLOSED).when(ISSUE).then(ISSUED)


def test_a_denial_has_no_licence_to_issue() -> None:
    denied.when(ISSUE).then_rejects(refusals.CaseNotApproved)
    denied.given(CLOSED).when(ISSUE).then_rejects(refusals.CaseNotApproved)


def test_a_licence_is_issued_before_it_is_served() -> None:
    approved.given(DELIVERED).when(ISSUE).then_rejects(refusals.CaseAlreadyDelivered)


def test_a_result_is_served_once() -> None:
    approved.given(CLOSED).when(DELIVER).then(DELIVERED)
    approved.given(DELIVERED).when(DELIVER).then_rejects(refusals.CaseAlreadyDelivered)


def test_a_denial_is_served_too() -> None:
    denied.when(DELIVER).then(DELIVERED)


def test_a_decision_is_published_at_any_time_after_it() -> None:
    approved.when(DISCLOSE).then(DISCLOSED)
    approved.given(CLOSED, DELIVERED, ARCHIVED).when(DISCLOSE).then(DISCLOSED)


def test_issuing_and_publishing_do_not_move_a_case() -> None:
    assert approved.given(ISSUED, DISCLOSED).state == approved.state


def test_another_system_may_archive_what_was_never_closed() -> None:
    assert approved.given(DELIVERED, ARCHIVED).state.phase == Phase.ARCHIVED


def test_a_closed_case_goes_to_the_archive() -> None:
    approved.given(CLOSED).when(ARCHIVE).then(ARCHIVED)
    approved.given(CLOSED, DELIVERED).when(ARCHIVE).then(ARCHIVED)
    assert approved.given(CLOSED, ARCHIVED).state.phase == Phase.ARCHIVED


def test_what_is_not_closed_or_lies_there_already_is_not_archived() -> None:
    approved.when(ARCHIVE).then_rejects(refusals.CaseNotClosed)
    approved.given(DELIVERED).when(ARCHIVE).then_rejects(refusals.CaseNotClosed)
    approved.given(CLOSED, ARCHIVED).when(ARCHIVE).then_rejects(refusals.CaseNotClosed)


@pytest.mark.parametrize("standing", [approved, approved.given(CLOSED, DELIVERED, ARCHIVED)])
def test_a_decision_can_be_set_aside_even_in_the_archive(
    standing: DeciderSpec[Case, AnyCommand],
) -> None:
    standing.when(REVOKE).then(REVOKED)
    assert standing.given(REVOKED).state.phase == Phase.REVOKED


@pytest.mark.parametrize("command", [CLOSE, ISSUE, DELIVER, DISCLOSE, ARCHIVE, REVOKE])
def test_nothing_follows_from_a_decision_that_was_set_aside(command: AnyCommand) -> None:
    approved.given(REVOKED).when(command).then_rejects(refusals.DecisionAlreadyRevoked)


@pytest.mark.parametrize("command", [CLOSE, ISSUE, DELIVER, DISCLOSE, ARCHIVE, REVOKE])
def test_nothing_follows_where_nothing_was_decided(command: AnyCommand) -> None:
    undecided.when(command).then_rejects(refusals.CaseNotDecided)
    case.given().when(command).then_rejects(refusals.CaseUnknown)


def test_a_recorded_value_is_corrected_beside_the_old_one_at_any_time() -> None:
    case.given(RECEIVED).when(AMEND).then(AMENDED)
    assert undecided.given(AMENDED).state.phase == undecided.state.phase


@pytest.mark.parametrize(
    ("field", "new"),
    [("statutory_limit", "-1"), ("committed_limit", "soon"), ("received_date", "yesterday")],
)
def test_a_correction_says_what_its_field_can_say(field: str, new: str) -> None:
    case.given(RECEIVED).when(replace(AMEND, field=field, new=new)).then_rejects(
        refusals.AmendmentUnreadable, field=field
    )


def test_nothing_is_corrected_in_a_case_that_nobody_received() -> None:
    case.given().when(replace(AMEND, field="item_code")).then_rejects(refusals.CaseUnknown)
