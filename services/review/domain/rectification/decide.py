"""What is decided about a rectification: command by command, in the order of its course."""

from typing import assert_never

from services.review.domain import refusals
from services.review.domain.rectification.commands import (
    AnyCommand,
    AssignRectification,
    CloseRectification,
    CompleteMeasure,
    ExtendDeadline,
    FollowUp,
    OpenRectification,
    RecordContact,
    RecordFinding,
    ReopenRectification,
    SendFeedback,
    Step,
)
from services.review.domain.rectification.states import (
    Absent,
    Closed,
    Completed,
    Contacted,
    FedBack,
    FollowedUp,
    Opened,
    Rectification,
    Stage,
    Verified,
)
from shared.contracts.envelope import Fact
from shared.contracts.rectification.facts import (
    ContactMade,
    DeadlineExtended,
    FeedbackSent,
    FindingRecorded,
    MeasureCompleted,
    RectificationAssigned,
    RectificationClosed,
    RectificationFollowedUp,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause


def decide(rectification: Rectification, command: AnyCommand) -> list[Fact]:
    """
    Return what *command* adds, or raise what stands in its way.

    Opening what is open adds nothing: a bad rating may ask for it any number of times.
    """
    if isinstance(command, OpenRectification):
        if not isinstance(rectification, Absent):
            return []
        return [command.stated(RectificationOpened, cause=BadReviewCause.OTHER)]
    match rectification:
        case Absent():
            raise refusals.RectificationUnknown
        case Closed():
            raise refusals.RectificationClosedBefore
        case _:
            return [_decided(rectification, command)]


def _decided(stage: Stage, command: Step) -> Fact:  # noqa: C901, PLR0911 - the contents
    match command:
        case AssignRectification():
            return command.stated(RectificationAssigned)
        case RecordContact():
            return command.stated(ContactMade, attempt_no=stage.attempts + 1)
        case RecordFinding():
            return _find(stage, command)
        case ExtendDeadline():
            return _extend(stage, command)
        case CompleteMeasure():
            return _complete(stage, command)
        case SendFeedback():
            return _feed_back(stage, command)
        case FollowUp():
            return _follow_up(stage, command)
        case CloseRectification():
            return _close(stage, command)
        case ReopenRectification():
            return _reopen(stage, command)
        case _:
            assert_never(command)


def _find(stage: Stage, command: RecordFinding) -> FindingRecorded:
    match stage:
        case Opened():
            raise refusals.ReviewerNotContacted
        case Contacted() | Verified():
            if command.finding is VerifyFinding.LEDGER and command.ledger_no is None:
                raise refusals.LedgerNumberMissing
            return command.stated(FindingRecorded)
        case _:
            raise refusals.MeasureAlreadyCompleted


def _extend(stage: Stage, command: ExtendDeadline) -> DeadlineExtended:
    match stage:
        case Verified(finding=VerifyFinding.LEDGER):
            return command.stated(DeadlineExtended)
        case _:
            raise refusals.DeadlineNotExtendable


def _complete(stage: Stage, command: CompleteMeasure) -> MeasureCompleted:
    match stage:
        case Opened() | Contacted():
            raise refusals.CauseNotVerified
        case Verified():
            return command.stated(MeasureCompleted)
        case _:
            raise refusals.MeasureAlreadyCompleted


def _feed_back(stage: Stage, command: SendFeedback) -> FeedbackSent:
    match stage:
        case Completed():
            return command.stated(FeedbackSent)
        case FedBack() | FollowedUp():
            raise refusals.FeedbackAlreadySent
        case _:
            raise refusals.MeasureNotCompleted


def _follow_up(stage: Stage, command: FollowUp) -> RectificationFollowedUp:
    match stage:
        case FedBack() | FollowedUp(reached=False):
            return command.stated(RectificationFollowedUp)
        case FollowedUp():
            raise refusals.AlreadyFollowedUp
        case _:
            raise refusals.FeedbackNotSent


def _close(stage: Stage, command: CloseRectification) -> RectificationClosed:
    if not isinstance(stage, FollowedUp):
        raise refusals.NotFollowedUp
    return command.stated(RectificationClosed, reopened_times=stage.reopened_times)


def _reopen(stage: Stage, command: ReopenRectification) -> RectificationReopened:
    match stage:
        case FollowedUp(reached=True, dissatisfied=True):
            return command.stated(RectificationReopened)
        case FollowedUp():
            raise refusals.ReviewerNotDissatisfied
        case _:
            raise refusals.NotFollowedUp
