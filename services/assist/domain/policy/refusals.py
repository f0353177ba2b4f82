"""
Refusals around one policy.

AssistRejection
└── IssuedDateImpossible
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import off_course
from shared.contracts.policy.course import POLICY_ITEM
from shared.contracts.rejection import Blame


class IssuedDateImpossible(AssistRejection):
    """Nobody lists what is issued tomorrow."""

    code = "issued_date_impossible"
    blame = Blame.COMMAND
    field = "issued_date"


OFF_COURSE = off_course(POLICY_ITEM)
"""A policy may be listed at any time, also anew."""
