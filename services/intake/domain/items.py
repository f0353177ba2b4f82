"""What intake asks of every list of items."""

from collections.abc import Iterable

from services.intake.domain.refusals import ItemNamedTwice
from shared.commands.command import repeated


def require_each_once(item_codes: Iterable[str]) -> None:
    """Refuse a list in which an item stands more than once, naming the one that does most often."""
    item = repeated(item_codes)
    if item is not None:
        raise ItemNamedTwice(item_codes=item)
