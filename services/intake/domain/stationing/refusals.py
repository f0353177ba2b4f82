"""
Refusals around an item's place in the hall.

IntakeRejection
└── ExemptionUnexplained
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import off_course
from shared.contracts.item.course import STATIONING
from shared.contracts.rejection import Blame


class ExemptionUnexplained(IntakeRejection):
    """All items have to be filed in the hall but for special reasons (除特殊情形外应进必进)."""

    code = "exemption_unexplained"
    blame = Blame.COMMAND
    field = "reason"


OFF_COURSE = off_course(STATIONING)
"""An item may be put into the hall, exempted or taken out at any time."""
