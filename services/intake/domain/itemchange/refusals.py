"""
Refusals around one change of an item.

IntakeRejection
├── ItemAlreadyRevised
├── ItemChangeUnknown
└── PlaceAlreadySynced
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.item import facts
from shared.contracts.item.course import ITEM_CHANGE


class ItemAlreadyRevised(IntakeRejection):
    """The version is taken: another change makes another version."""

    code = "item_already_revised"
    field = "change"


class ItemChangeUnknown(IntakeRejection):
    """No such change was made."""

    code = "item_change_unknown"


class PlaceAlreadySynced(IntakeRejection):
    """The change is published there already."""

    code = "place_already_synced"


OFF_COURSE = off_course(
    ITEM_CHANGE,
    Refused(ItemAlreadyRevised, (facts.ItemDefinitionRevised,)),
    Refused(ItemChangeUnknown),
)
"""Why nothing comes of it where the course has no row."""
