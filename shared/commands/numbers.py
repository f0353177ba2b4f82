"""
The numbers of subjects: each kind that keys facts has a range of its own.

Facts of one key lie in one dossier, and whoever sees the dossier sees them all. So nobody who
hands in a command gives a subject the number of one of another kind.
"""

from collections.abc import Callable

from shared.contracts.course import Course
from shared.contracts.courses import COURSES
from shared.contracts.rejection import Blame, Rejection

PREFIXES = tuple(course.prefix for course in COURSES if course.prefix)


class NumberOfAnotherKind(Rejection):
    """The number that a command names lies where subjects of another kind have theirs."""

    code = "number_of_another_kind"
    blame = Blame.COMMAND


def number_of(course: Course, named: str | None, mint: Callable[[], str]) -> str:
    """
    Return what a new subject of *course* is called: as it is *named*, else a *mint* of ours.

    Raises:
        NumberOfAnotherKind: it is not in the kind's range. Where others number such
            subjects, too, that is whatever begins like no number of ours.
    """
    if named is None:
        return f"{course.prefix}{mint()}"
    is_ours = named.startswith(course.prefix)
    if not is_ours and not (course.numbered_elsewhere and not named.startswith(PREFIXES)):
        raise NumberOfAnotherKind(number=named, prefix=course.prefix)
    return named
