"""What every figure can be narrowed to and grouped by."""

from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.commitment import Commitment
from services.metrics.domain.subjects.committee import Referral
from services.metrics.domain.subjects.hall import Appointment, Complaint, Visit
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.order import Directive
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.register import AnySubject
from services.metrics.domain.subjects.report import ProgressReport
from services.metrics.domain.subjects.review import Invitation, Rating
from services.metrics.domain.subjects.site import Site
from services.metrics.domain.subjects.target import OwnTarget
from services.metrics.domain.subjects.task import Task

IDENTITY_BYTES = 8
BESIDE_CASES = (Inspection, Referral, Commitment, Invitation, Rating, Rectification)
"""Kinds that lie in the dossier of a case; other systems may call them as they call the case."""
KEPT_MAX = 65_536
"""Combinations whose numbers are remembered: every row asks for one."""

Dimension = Literal["organisation", "section", "window", "item", "channel", "site"]


class Dimensions(NamedTuple):
    """Where the work of one dossier is done, in the order of every table and filter."""

    organisation: str = ""
    section: str = ""
    """No fact names one yet: empty until one does."""
    window: str = ""
    item: str = ""
    channel: str = ""
    site: str = ""


@lru_cache(KEPT_MAX)
def identity_of(dimensions: Dimensions) -> int:
    """Return the number by which rows name *dimensions*, the same for everyone without asking."""
    digest = blake2b("\0".join(dimensions).encode(), digest_size=IDENTITY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


DIMENSIONS: tuple[Dimension, ...] = (
    "organisation",
    "section",
    "window",
    "item",
    "channel",
    "site",
)

Narrowed = tuple[str | None, str | None, str | None, str | None, str | None, str | None]
"""One value for each dimension, None for all of them."""

EVERYWHERE: Narrowed = (None, None, None, None, None, None)


def narrowed_to(
    *,
    organisation: str | None = None,
    section: str | None = None,
    window: str | None = None,
    item: str | None = None,
    channel: str | None = None,
    site: str | None = None,
) -> Narrowed:
    """Return what the given values narrow to."""
    return organisation, section, window, item, channel, site


def dimensions_of(dossier: Dossier) -> Dimensions:
    """
    Return where *dossier* belongs: its case says so, and all that is beside it goes with it.

    Where its key is the number of something else, that says so, whatever was put beside it: nobody
    takes it elsewhere. Where nothing has that number, the first that names something does.
    """
    case = dossier.case
    keying = [one for one in dossier.subjects if one.name == dossier.key and _keys_itself(one)]
    own = Dimensions()
    if case.received_on is not None and not keying:
        return Dimensions(
            organisation=case.org_code,
            window=case.window,
            item=case.item_code,
            channel=case.channel,
            site=case.site,
        )
    for subject in keying or dossier.subjects:
        own = Dimensions(*map(_first, own, _named_by(subject)))
    return own


def _keys_itself(subject: AnySubject) -> bool:
    return not isinstance(subject, (Case, *BESIDE_CASES))


def _first(known: str, named: str) -> str:
    return known or named


def _named_by(subject: AnySubject) -> Dimensions:
    """Return what *subject* itself says of where it belongs; no referral or promise says it."""
    match subject:
        case Rating():
            return Dimensions(
                organisation=subject.org_code, window=subject.window, item=subject.item_code
            )
        case Inspection() | Rectification() | Directive() | ProgressReport() | OwnTarget():
            return Dimensions(organisation=subject.org_code)
        case Task(site=site) | Site(site_id=site):
            return Dimensions(site=site)
        case Appointment():
            return Dimensions(item=subject.item_code, channel=subject.channel)
        case Visit() | Complaint():
            return Dimensions(window=subject.window, site=subject.site)
        case _:
            return Dimensions()
