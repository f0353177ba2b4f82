"""
Refusals around one application for another place.

IntakeRejection
├── CrossRegionAlreadyCollected
├── CrossRegionUnknown
├── IdentityUnchecked
├── CrossRegionAlreadyForwarded
├── CrossRegionNotForwarded
├── CrossRegionAlreadyReturned
├── HandedOverDateImpossible
└── CrossRegionAlreadyHandedOver
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.rejection import Blame
from shared.contracts.xregion import facts
from shared.contracts.xregion.course import XREGION, CrossRegionState


class CrossRegionAlreadyCollected(IntakeRejection):
    """The application's id is taken."""

    code = "xregion_already_collected"
    field = "xr_id"


class CrossRegionUnknown(IntakeRejection):
    """Nothing was taken in under this id."""

    code = "xregion_unknown"


class IdentityUnchecked(IntakeRejection):
    """Who collects for another place checks who asks (代收代办, X-01)."""

    code = "identity_unchecked"
    blame = Blame.COMMAND
    field = "identity_checked"


class CrossRegionAlreadyForwarded(IntakeRejection):
    """It went on before."""

    code = "xregion_already_forwarded"


class CrossRegionNotForwarded(IntakeRejection):
    """Nobody at home has what did not go on."""

    code = "xregion_not_forwarded"


class CrossRegionAlreadyReturned(IntakeRejection):
    """The authority at home has it, or has answered."""

    code = "xregion_already_returned"


class HandedOverDateImpossible(IntakeRejection):
    """Nothing is handed over tomorrow."""

    code = "handed_over_date_impossible"
    blame = Blame.COMMAND
    field = "handed_over_date"


class CrossRegionAlreadyHandedOver(IntakeRejection):
    """The result was handed over before."""

    code = "xregion_already_handed_over"


X = CrossRegionState

OFF_COURSE = off_course(
    XREGION,
    Refused(CrossRegionAlreadyCollected, (facts.CrossRegionCollected,)),
    Refused(CrossRegionUnknown, states=(X.ABSENT,)),
    Refused(CrossRegionAlreadyForwarded, (facts.CrossRegionForwarded,)),
    Refused(CrossRegionNotForwarded, states=(X.COLLECTED,)),
    Refused(CrossRegionAlreadyReturned, (facts.CrossRegionHomeReceived,)),
    Refused(CrossRegionAlreadyHandedOver, (facts.CrossRegionReturned,)),
)
"""Why nothing comes of it where the course has no row."""
