"""What intake decides about a case, from its receipt to its archive."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from services.intake.domain.case.aids import ApplyCreditMode
from services.intake.domain.case.command import CaseCommand, DatedCommand
from services.intake.domain.case.commands import (
    AcceptApplication,
    AmendCase,
    AnyCommand,
    ApproveExtension,
    ArchiveCase,
    CloseCase,
    CompleteStep,
    DeliverResult,
    DenyExtension,
    DiscloseDecision,
    ExpireCorrection,
    IssueResult,
    MakeDecision,
    ReceiveApplication,
    ReceiveCorrection,
    RejectApplication,
    RequestCorrection,
    RequestExtension,
    StartStep,
)
from services.intake.domain.case.holds import AnnounceHearing, CloseHold, OfferHearing, OpenHold
from services.intake.domain.case.limits import complete_since, deemed_after, last_day, promise_date
from services.intake.domain.case.refusals import (
    OFF_COURSE,
    AmendmentUnreadable,
    CaseAlreadyClosed,
    CaseAlreadyDelivered,
    CaseNotApproved,
    CaseNotClosed,
    CaseNotUnderWay,
    CorrectionAlreadyRequested,
    CorrectionDeadlinePassed,
    CorrectionNotYetDue,
    CorrectionUnanswered,
    CreditModeAlreadyApplied,
    DayImpossible,
    ExaminationNotBegun,
    ExtensionTooLong,
    HearingAlreadyOffered,
    HearingBeforeNotice,
    HearingNotOpen,
    HoldAlreadyOpened,
    HoldNotInGuide,
    HoldNotOpen,
    HoldStillOpen,
    InstantApprovalUntimed,
    MaterialMissing,
    NotYetDeemed,
    RemediesNotTold,
    ReturnNotBackwards,
    RightAgencyMissing,
    StepNotOpen,
    StepStillOpen,
    SupplementHoldUsed,
)
from services.intake.domain.case.states import Case, Examination, readable
from services.intake.domain.commitment import decide as promise
from services.intake.domain.commitment.commands import CommitmentCommand
from services.intake.domain.refusals import (
    DeliveredDateImpossible,
    ExtensionAlreadyGranted,
    ExtensionNotRequested,
    ExtensionTooLate,
)
from shared.commands.off_course import require_on_course
from shared.contracts.credit.words import CreditMode
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import CASE, UNDER_WAY, Phase
from shared.contracts.handling.words import Decision, HoldReason, StepAction
from shared.contracts.intake.words import AcceptanceMode, RejectReason
from shared.contracts.rejection import SamePerson
from shared.contracts.types import CaseRef
from shared.contracts.words import CaseType

EXTENSION_DAYS_MAX = 10
"""Working days (T-09)."""
JOINT_EXTENSION_DAYS_MAX = 15
"""Working days, where authorities decide jointly (T-10)."""

T = TypeVar("T")


def decide(case: Case, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to *case*, or raise the refusal that stands in its way."""
    require_on_course(CASE, case.phase, command, OFF_COURSE)
    if isinstance(command, CommitmentCommand):
        return promise.decide(case.commitment, command)
    rule = RULES.get(type(command))
    return [rule(case, command) if rule else command.stated()]


def owners(case: Case, command: AnyCommand) -> tuple[str, ...]:
    """Return the organisation that handles *case*, or would handle the one that is received."""
    if isinstance(command, ReceiveApplication):
        return (command.handling_org.org_code,)
    return (case.filing.org,) if case.filing else ()


def _known(told: T | None) -> T:
    """Return what was *told* on the way to the phase in which it is asked for."""
    assert told is not None, "the course leads nowhere past it"  # noqa: S101 - a bug, not an input
    return told


def _day(command: DatedCommand, named: date | None, since: date = date.min) -> date:
    """Return the day on which it happened: the one *named*, not before *since*, else today."""
    if named is None:
        return command.on
    earliest = max(since, command.believed_from)
    if not earliest <= named <= command.on:
        raise DayImpossible(earliest=earliest, latest=command.on)
    return named


def _receive(_: Case, command: ReceiveApplication) -> Fact:
    ref = CaseRef(
        case_no=command.case_no,
        item_code=command.item_code,
        item_version=command.item_version,
        case_type=command.case_type,
        joint_case_id=command.joint_case_id,
        project_code=command.project_code,
    )
    return command.stated(case=ref, received_date=_day(command, command.received_date))


def _request_correction(case: Case, command: RequestCorrection) -> Fact:
    """
    State the one notice that the law allows, with the day by which it wants an answer.

    Where the applicant's answer was incomplete another round is recorded
    rather than refused: it breaks the rule, and supervisors must see it.
    """
    filing = _known(case.filing)
    deadline = command.deadline or command.answer_by
    if case.phase == Phase.CORRECTION_PENDING:
        if not filing.answered:
            raise CorrectionUnanswered
    elif filing.notices:
        raise CorrectionAlreadyRequested
    if deadline < command.on:
        raise CorrectionDeadlinePassed(today=command.on)
    return command.stated(round=filing.notices + 1, deadline=deadline)


def _receive_correction(case: Case, command: ReceiveCorrection) -> Fact:
    filing = _known(case.filing)
    delivered = command.delivered_date or command.on
    if not filing.received_date <= delivered <= command.on:
        raise DeliveredDateImpossible(earliest=filing.received_date, latest=command.on)
    return command.stated(round=filing.notices, delivered_date=delivered)


def _expire_correction(case: Case, command: ExpireCorrection) -> Fact:
    filing = _known(case.filing)
    if filing.answer_by is not None and command.on <= filing.answer_by:
        raise CorrectionNotYetDue(deadline=filing.answer_by)
    return command.stated(round=filing.notices, deadline=filing.answer_by or command.on)


def _accept(case: Case, command: AcceptApplication) -> Fact:
    """
    State the acceptance, with the date to which the bureau commits itself.

    The limits run from the day on which the last corrected material came
    (T-07), and in silence from the day of receipt (T-05), not from the day on
    which a clerk clicks.
    """
    filing = _known(case.filing)
    deemed = command.mode is AcceptanceMode.DEEMED
    if deemed and command.on <= (
        after := deemed_after(filing, command.silence_days, command.calendar)
    ):
        raise NotYetDeemed(after=after)
    corrected = filing.completed_on is not None
    effective = complete_since(filing) if corrected or deemed else command.on
    return command.stated(
        case=filing.case,
        effective_date=effective,
        promise_date=promise_date(command, effective),
    )


def _reject(_: Case, command: RejectApplication) -> Fact:
    if command.reason is RejectReason.NOT_OUR_POWER and command.right_agency is None:
        raise RightAgencyMissing
    return command.stated()


def _start_step(case: Case, command: StartStep) -> Fact:
    examination = _known(case.examination)
    if examination.step is not None:
        raise StepStillOpen(step_no=examination.step_no)
    return command.stated(step_no=examination.step_no + 1)


def _complete_step(case: Case, command: CompleteStep) -> Fact:
    examination = _known(case.examination)
    if examination.step is None or examination.step_no != command.step_no:
        raise StepNotOpen(step_no=command.step_no)
    returned = command.action is StepAction.RETURN
    if returned != (command.return_to is not None) or (command.return_to or 0) >= command.step_no:
        raise ReturnNotBackwards(step_no=command.step_no)
    return command.stated(step=examination.step)


def _open_hold(case: Case, command: OpenHold) -> Fact:
    examination = _known(case.examination)
    if command.hold_id in examination.holds_seen:
        raise HoldAlreadyOpened(hold_id=command.hold_id)
    if command.reason is HoldReason.SUPPLEMENT and examination.supplement_used:
        raise SupplementHoldUsed
    if command.off_guide:
        raise HoldNotInGuide(item_code=examination.case.item_code)
    if command.requested_by == command.approved_by:
        raise SamePerson
    return command.stated()


def _close_hold(case: Case, command: CloseHold) -> Fact:
    if case.examination is None or command.hold_id not in case.examination.open_holds:
        under_way = case.phase in UNDER_WAY
        raise HoldNotOpen(hold_id=command.hold_id) if under_way else CaseNotUnderWay
    return command.stated()


def _offer_hearing(case: Case, command: OfferHearing) -> Fact:
    examination = _known(case.examination)
    if examination.hearing_offered is not None:
        raise HearingAlreadyOffered(told=examination.hearing_offered)
    return command.stated(told_date=_day(command, command.told_date, examination.effective_date))


def _announce_hearing(case: Case, command: AnnounceHearing) -> Fact:
    """
    State the notice of time and place.

    One that leaves fewer days than the law wants is recorded rather than
    refused: it breaks the rule, and supervisors must see it.
    """
    examination = _known(case.examination)
    if command.hold_id not in examination.hearings & examination.open_holds:
        raise HearingNotOpen(hold_id=command.hold_id)
    notified = _day(command, command.notified_date, examination.effective_date)
    if command.hearing_date < notified:
        raise HearingBeforeNotice(notified=notified)
    return command.stated(notified_date=notified)


def _request_extension(case: Case, command: RequestExtension) -> Fact:
    _require_extensible(_known(case.examination), command.days)
    return command.stated()


def _approve_extension(case: Case, command: ApproveExtension) -> Fact:
    """
    State the one extension that the law allows, granted while the limit still runs.

    Where the statutory clock has stood still its end is not refused here:
    the clocks know the stretches, and let a late approval heal nothing.
    """
    examination = _known(case.examination)
    _require_extensible(examination, command.days)
    if examination.extension_requested is None:
        raise ExtensionNotRequested
    limit, unit = examination.statutory_limit, examination.statutory_unit
    due = last_day(command.calendar, examination.effective_date, limit, unit)
    if command.on > due and not examination.stood_still:
        raise ExtensionTooLate(due=due)
    return command.stated(approved_date=command.on)


def _require_extensible(examination: Examination, days: int) -> None:
    joint = examination.case.joint_case_id is not None
    days_max = JOINT_EXTENSION_DAYS_MAX if joint else EXTENSION_DAYS_MAX
    if examination.extension_days:
        raise ExtensionAlreadyGranted(days=examination.extension_days)
    if days > days_max:
        raise ExtensionTooLong(days=days, days_max=days_max)


def _deny_extension(case: Case, command: DenyExtension) -> Fact:
    if _known(case.examination).extension_requested is None:
        raise ExtensionNotRequested
    return command.stated()


def _make_decision(case: Case, command: MakeDecision) -> Fact:
    examination = _known(case.examination)
    immediate = examination.case.case_type is CaseType.IMMEDIATE
    if case.phase == Phase.ACCEPTED and not immediate:
        raise ExaminationNotBegun
    if examination.open_holds:
        raise HoldStillOpen(hold_id=min(examination.open_holds))
    if case.commitment.awaited:
        raise MaterialMissing
    denied = command.decision is Decision.DENIED
    if denied and not (command.remedies_told and command.reasons):
        raise RemediesNotTold
    return command.stated(
        decision_date=_day(command, command.decision_date, examination.effective_date)
    )


def _close(case: Case, command: CloseCase) -> Fact:
    if case.closed:
        raise CaseAlreadyClosed
    return command.stated(closed_date=_day(command, command.closed_date, case.decided_on))


def _issue(case: Case, command: IssueResult) -> Fact:
    if case.phase in (Phase.DELIVERED, Phase.ARCHIVED):
        raise CaseAlreadyDelivered
    if case.decision is not Decision.APPROVED:
        raise CaseNotApproved
    return command.stated()


def _deliver(case: Case, command: DeliverResult) -> Fact:
    day = _day(command, command.delivered_date, case.decided_on)
    return command.stated(delivered_date=day)


def _disclose(case: Case, command: DiscloseDecision) -> Fact:
    day = _day(command, command.published_date, case.decided_on)
    return command.stated(published_date=day)


def _archive(case: Case, command: ArchiveCase) -> Fact:
    if not case.closed:
        raise CaseNotClosed
    return command.stated()


def _amend(_: Case, command: AmendCase) -> Fact:
    if not readable(command.field, command.new):
        raise AmendmentUnreadable(field=command.field)
    return command.stated()


def _apply_credit(case: Case, command: ApplyCreditMode) -> Fact:
    if command.mode in case.credit_modes:
        raise CreditModeAlreadyApplied(mode=command.mode)
    timed = command.seconds_to_decide is not None
    if timed != (command.mode is CreditMode.INSTANT_APPROVAL):
        raise InstantApprovalUntimed
    return command.stated()


RULES: Mapping[type[CaseCommand], Callable[[Case, Any], Fact]] = {
    ReceiveApplication: _receive,
    RequestCorrection: _request_correction,
    ReceiveCorrection: _receive_correction,
    ExpireCorrection: _expire_correction,
    AcceptApplication: _accept,
    RejectApplication: _reject,
    StartStep: _start_step,
    CompleteStep: _complete_step,
    OpenHold: _open_hold,
    CloseHold: _close_hold,
    OfferHearing: _offer_hearing,
    AnnounceHearing: _announce_hearing,
    RequestExtension: _request_extension,
    ApproveExtension: _approve_extension,
    DenyExtension: _deny_extension,
    MakeDecision: _make_decision,
    CloseCase: _close,
    IssueResult: _issue,
    DeliverResult: _deliver,
    DiscloseDecision: _disclose,
    ArchiveCase: _archive,
    AmendCase: _amend,
    ApplyCreditMode: _apply_credit,
}
"""What a command needs beside the course; the others are granted as they stand."""
