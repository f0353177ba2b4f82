"""Where a row of the limits looks: in a field of its subject or of the case, for which facts."""

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from shared.policy.rule import Rule

Whereabouts = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
"""Where a subject keeps a value, ``terms.committed_limit``; ``case.`` leads to its case."""

CASE = "case"
OF_THE_CASE = f"{CASE}."

Lookup = Callable[[Any, Any], Any]
"""Return what a subject, or its case, keeps; None where a part of it is not known."""


def reading(path: str) -> Lookup:
    """Return how *path* is read."""
    of_the_case = path.startswith(OF_THE_CASE)
    first, *rest = map(attrgetter, path.removeprefix(OF_THE_CASE).split("."))
    if not rest:
        return (lambda _, case: first(case)) if of_the_case else (lambda subject, _: first(subject))

    def read(subject: Any, case: Any) -> Any:  # noqa: ANN401 - whatever is kept there
        found = first(case if of_the_case else subject)
        for part in rest:
            if found is None:
                return None
            found = part(found)
        return found

    return read


class Needed(StrEnum):
    """What a row looks for in a field."""

    DAY = "DAY"
    AMOUNT = "AMOUNT"
    MOMENT = "MOMENT"
    """A day or an instant that somebody named."""
    UNIT = "UNIT"
    ENDING = "ENDING"
    EXTENSIONS = "EXTENSIONS"
    NAME = "NAME"


class NamedField(NamedTuple):
    """A field that a row names, and at which place of the row."""

    place: str
    path: str
    needed: Needed


class NamedFact(NamedTuple):
    """A fact of a kind of subject that a row names, and at which place of the row."""

    place: str
    subject: str
    fact: str


class NamedWord(NamedTuple):
    """A field of the facts on which a row begins, at which place of the row, and for what."""

    place: str
    name: str
    by_day: bool
    """Whether it has to say a day, and not a number."""


class Stated(Rule):
    """
    A value that the fact itself says in *stated*, on which the limit begins.

    Where such facts say none, it is the value of the one from which it counts (`since`).
    """

    stated: str


class FieldOf(Rule):
    """A value that is not the same for all: the subject keeps it in *field*."""

    field: Whereabouts

    @cached_property
    def read(self) -> Lookup:
        return reading(self.field)
