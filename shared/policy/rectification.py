"""How long the answer to a bad rating may take (差评整改时限), in working days."""

from functools import cache
from importlib.resources import files

from pydantic import Field

from shared.policy.sla import PROFILE, Rule


class RectificationLimits(Rule):
    """Counted from the day of the order (转办)."""

    contact_days: int = Field(ge=1)
    """To the first call back (SLA-19)."""
    fix_now_days: int = Field(ge=1)
    """To the removal of a simple cause (SLA-20)."""
    ledger_days: int = Field(ge=1)
    """To the removal of a complex one, which is kept in the ledger (SLA-21)."""


@cache
def rectification_limits() -> RectificationLimits:
    """Return the limits of the bureau that casetrack was built for."""
    source = files("shared.policy") / "profiles" / PROFILE / "rectification.json"
    return RectificationLimits.model_validate_json(source.read_bytes())
