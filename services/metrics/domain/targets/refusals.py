"""
Refusals around targets of the bureau's own.

Rejection
└── TargetRejection
    ├── ItemNotReported
    ├── TargetExists
    └── TargetUnknown
"""

from shared.commands.off_course import off_course
from shared.contracts.plan.course import TARGET
from shared.contracts.rejection import Blame, Rejection


class TargetRejection(Rejection):
    """A target that was understood and declined."""


class ItemNotReported(TargetRejection):
    """Nobody reports anything of that item, so nothing could bring the target nearer."""

    code = "item_not_reported"
    blame = Blame.COMMAND
    field = "plan_item"


class TargetExists(TargetRejection):
    """The number is taken, though it is ours; who means another value sets that target anew."""

    code = "target_exists"
    field = "target_id"


class TargetUnknown(TargetRejection):
    """There is no such target to set anew."""

    code = "target_unknown"
    field = "target_id"


OFF_COURSE = off_course(TARGET)
"""The course has a row for each state; what stands in the way is said by the rules."""
