"""What every figure can be narrowed to and grouped by."""

from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

from services.metrics.domain.dossier import Dossier

IDENTITY_BYTES = 8
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
    """Return where *dossier* belongs: its case says so, and all that is beside it goes with it."""
    case = dossier.case
    return Dimensions(
        organisation=case.org_code,
        window=case.window,
        item=case.item_code,
        channel=case.channel,
        site=case.site,
    )
