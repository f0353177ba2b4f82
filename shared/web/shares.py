"""How much of a service one caller may take up, so that there is something left for the others."""

from collections import Counter

from shared.web.problems import TOO_MANY, Problem

REQUESTS_PER_CALLER_MAX = 500
"""Under way at a time: half of the connections that a server has."""


class Shares:
    """The requests that are under way, by who sent them."""

    def __init__(self, requests_max: int = REQUESTS_PER_CALLER_MAX) -> None:
        self._requests_max = requests_max
        self._under_way: Counter[str] = Counter()

    def take(self, subject: str) -> None:
        """
        Count one more request of *subject*.

        Raises:
            Problem: as many as may be are under way already.
        """
        if self._under_way[subject] >= self._requests_max:
            raise Problem(*TOO_MANY, headers={"retry-after": "1"})
        self._under_way[subject] += 1

    def give_back(self, subject: str) -> None:
        """Count one less: it has been answered."""
        self._under_way[subject] -= 1
        if not self._under_way[subject]:
            del self._under_way[subject]
