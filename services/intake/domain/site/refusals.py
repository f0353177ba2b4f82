"""
Refusals around one site.

IntakeRejection
├── ItemAlreadyDevolved
├── SiteAlreadyOnboarded
├── SiteAlreadyOpened
├── SiteUnknown
└── StationDateImpossible
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.rejection import Blame
from shared.contracts.site import facts
from shared.contracts.site.course import SITE, SiteState


class SiteAlreadyOpened(IntakeRejection):
    """A site opens once; what becomes of it later is an upgrade."""

    code = "site_already_opened"
    field = "site_id"


class SiteUnknown(IntakeRejection):
    """No such site was opened."""

    code = "site_unknown"


class SiteAlreadyOnboarded(IntakeRejection):
    """The platform is in use there already."""

    code = "site_already_onboarded"


class StationDateImpossible(IntakeRejection):
    """What is done tomorrow nobody tells today, nor is a site upgraded before it opens."""

    code = "station_date_impossible"
    blame = Blame.COMMAND
    field = "date"


class ItemAlreadyDevolved(IntakeRejection):
    """The item is handled there in that form already."""

    code = "item_already_devolved"
    field = "item_code"


OFF_COURSE = off_course(
    SITE,
    Refused(SiteAlreadyOpened, (facts.StationOpened,)),
    Refused(SiteUnknown, states=(SiteState.ABSENT,)),
    Refused(SiteAlreadyOnboarded),
)
"""Why nothing comes of it where the course has no row."""
