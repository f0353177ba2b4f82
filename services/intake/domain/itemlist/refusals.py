"""
Refusals around one list of items.

IntakeRejection
└── ListVersionPublished
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import off_course
from shared.contracts.item.course import ITEM_LIST


class ListVersionPublished(IntakeRejection):
    """The version is out: other items make another version."""

    code = "list_version_published"
    field = "version"


OFF_COURSE = off_course(ITEM_LIST)
"""A list may be published at any time, also anew."""
