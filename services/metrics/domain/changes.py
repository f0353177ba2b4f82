"""What a fact changes in a dossier, and the dates that it speaks of."""

from datetime import date, datetime
from typing import Any

from shared.policy.calendar import ZONE

Changes = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was a legal one at this point."""


def local_date(instant: datetime) -> date:
    """Return the bureau's calendar day at *instant*."""
    return instant.astimezone(ZONE).date()
