"""What intake asks of every list of items."""

from collections import Counter
from collections.abc import Iterable

from services.intake.domain.refusals import ItemNamedTwice


def require_each_once(item_codes: Iterable[str]) -> None:
    """Refuse a list in which an item stands more than once, naming the one that does most often."""
    for item, times in Counter(item_codes).most_common(1):
        if times > 1:
            raise ItemNamedTwice(item_codes=item)
