"""How long the answer to a bad rating may take (差评整改时限), in working days."""

from dataclasses import dataclass

from shared.contracts.rectification.facts import ContactMade
from shared.policy.sla import APPEAL, CONTACT, FIX_NOW, LEDGER, Policy


@dataclass(frozen=True, slots=True)
class RectificationLimits:
    """Counted from the day of the order (转办)."""

    contact_days: int
    """To the first call back."""
    fix_now_days: int
    """To the removal of a simple cause."""
    ledger_days: int
    """To the removal of a complex one, which is kept in the ledger."""
    attempts_enough: int
    """Whoever was called so often in vain counts as contacted."""
    appeal_days: int | None = None
    """From the day on which it was handed to somebody to an appeal; None is without bound."""


def rectification_limits(policy: Policy) -> RectificationLimits:
    """Return the limits under *policy*."""
    limits = policy.by_id
    contact, fix_now, ledger = (limits[name] for name in (CONTACT, FIX_NOW, LEDGER))
    calls = [stop.times for stop in contact.stopping.get(ContactMade.TYPE, ())]
    appeal = limits.get(APPEAL)
    return RectificationLimits(
        contact.number,
        fix_now.number,
        ledger.number,
        max(calls, default=1),
        appeal.number if appeal else None,
    )
