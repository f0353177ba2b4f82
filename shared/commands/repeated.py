"""What a list names more than once, where each of its names has to be another."""

from collections import Counter
from collections.abc import Iterable


def repeated(names: Iterable[str]) -> str | None:
    """Return the name that stands there most often; None where each stands there once."""
    for name, times in Counter(names).most_common(1):
        if times > 1:
            return name
    return None
