"""How what a log names is called here: its cases, each by a number of its own, and its people."""

from itertools import count
from uuid import UUID, uuid5

IDENTITIES = UUID("5ac2f0a4-5d3f-5d0b-8a5e-6f3a3f0c7a10")
"""The name space of our ids: the same log gives the same ids on every machine."""

CASE_NO_CHARACTERS_MAX = 50
DIGEST_CHARACTERS = 12
MARK = "#"


def shortened(name: str, characters_max: int) -> str:
    """Return *name*, or what fits of it and a digest, so that two long names remain two."""
    if len(name) <= characters_max:
        return name
    digest = uuid5(IDENTITIES, name).hex[:DIGEST_CHARACTERS]
    return f"{name[: characters_max - DIGEST_CHARACTERS - 1]}:{digest}"


class CaseNumbers:
    """
    The numbers of one log's cases, given out in the order of the file.

    A case is called as the log calls it; one without a name, or whose name
    another had before, by its place. So the same file gives the same numbers
    every time, and two cases never share one.
    """

    def __init__(self, log: str) -> None:
        self._log = log
        self._given: dict[str, int] = {}
        """Each number, and how many cases wanted it."""

    def next(self, name: str, place: int) -> tuple[str, bool]:
        """Return the number of the *place*-th case, and whether it is the one that *name* gives."""
        called = name or f"{MARK}{place}"
        wanted = self._number(called)
        if wanted not in self._given:
            return self._give(wanted), bool(name)
        for occurrence in count(self._given[wanted] + 1):
            self._given[wanted] = occurrence
            number = self._number(f"{called}{MARK}{occurrence}")
            if number not in self._given:
                return self._give(number), False
        raise AssertionError

    def _number(self, called: str) -> str:
        return shortened(f"{self._log}:{called}", CASE_NO_CHARACTERS_MAX)

    def _give(self, number: str) -> str:
        self._given[number] = 1
        return number
