"""What review decides about a rectification."""

from collections.abc import Callable, Mapping
from typing import Any

from services.review.domain.rectification.commands import (
    AnyCommand,
    CloseRectification,
    ExtendDeadline,
    FollowUp,
    OpenRectification,
    RecordContact,
    RecordFinding,
    RectificationCommand,
    ReopenRectification,
    StrikeOut,
)
from services.review.domain.rectification.refusals import (
    OFF_COURSE,
    AlreadyFollowedUp,
    DeadlineNotExtendable,
    LedgerNumberMissing,
    NotFollowedUp,
    ReviewerNotContacted,
    ReviewerNotDissatisfied,
)
from services.review.domain.rectification.states import Rectification
from shared.commands.off_course import require_on_course
from shared.contracts.envelope import Fact
from shared.contracts.rectification.course import (
    BEFORE_THE_CALL,
    RECTIFICATION,
    RectificationState,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause


def decide(order: Rectification, command: AnyCommand) -> list[Fact]:
    """
    Return what *command* adds, or raise what stands in its way.

    Opening what is open adds nothing: a bad rating may ask for it any number of times.
    """
    if isinstance(command, OpenRectification) and order.state != RectificationState.ABSENT:
        return []
    require_on_course(RECTIFICATION, order.state, command, OFF_COURSE)
    rule = RULES.get(type(command))
    return [rule(order, command) if rule else command.stated()]


def owners(order: Rectification, _: AnyCommand) -> tuple[str, ...]:
    """Return the organisation that has to put it right."""
    return (order.org,) if order.org else ()


def _open(_: Rectification, command: OpenRectification) -> Fact:
    return command.stated(cause=BadReviewCause.OTHER)


def _contact(order: Rectification, command: RecordContact) -> Fact:
    return command.stated(attempt_no=order.attempts + 1)


def _find(order: Rectification, command: RecordFinding) -> Fact:
    in_vain = order.attempts < command.attempts_enough
    if order.state in BEFORE_THE_CALL and in_vain:
        raise ReviewerNotContacted(attempts_enough=command.attempts_enough)
    if command.finding is VerifyFinding.LEDGER and command.ledger_no is None:
        raise LedgerNumberMissing
    return command.stated()


def _extend(order: Rectification, command: ExtendDeadline) -> Fact:
    if order.finding is not VerifyFinding.LEDGER:
        raise DeadlineNotExtendable
    return command.stated()


def _follow_up(order: Rectification, command: FollowUp) -> Fact:
    if order.state == RectificationState.FOLLOWED_UP and order.is_reached:
        raise AlreadyFollowedUp
    return command.stated()


def _close(order: Rectification, command: CloseRectification) -> Fact:
    if order.state != RectificationState.FOLLOWED_UP:
        raise NotFollowedUp
    return command.stated(reopened_times=order.reopened_times)


def _strike_out(order: Rectification, command: StrikeOut) -> Fact:
    return command.stated(reopened_times=order.reopened_times, struck_out=True)


def _reopen(order: Rectification, command: ReopenRectification) -> Fact:
    if not order.is_dissatisfied:
        raise ReviewerNotDissatisfied
    return command.stated()


RULES: Mapping[type[RectificationCommand], Callable[[Rectification, Any], Fact]] = {
    OpenRectification: _open,
    RecordContact: _contact,
    RecordFinding: _find,
    ExtendDeadline: _extend,
    FollowUp: _follow_up,
    CloseRectification: _close,
    StrikeOut: _strike_out,
    ReopenRectification: _reopen,
}
"""What a command needs beside the course; the others are granted as they stand."""
