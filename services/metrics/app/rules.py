"""What every process of metrics judges by, and where its tables are."""

from services.metrics.domain.picture import Rules
from shared.policy.calendar import official_calendar
from shared.policy.sla import bureau_policy

SEARCH_PATH = "metrics,supervision"


def bureau_rules() -> Rules:
    """Return the rules that are in force."""
    return Rules(bureau_policy(), official_calendar())
