"""What a fact changes in a dossier, and the dates that it speaks of."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Changes = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was a legal one at this point."""

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """Return the bureau's calendar day at *instant*."""
    return instant.astimezone(SHANGHAI).date()
