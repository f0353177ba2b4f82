"""The fifteen published vectors (domain.md 2.1): from a start and a limit to the due day."""

from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from shared.contracts.words import ClockName
from tests.support.clock_facts import ClockFacts, clock, day, extension, hold, instant, terms
from tests.support.rulebook.law import LAW, rule


class Vector(NamedTuple):
    start: str
    limit: int
    pauses: tuple[tuple[str, str], ...]
    due: str
    yellow: str


STOPPED = (("2024-09-10", "2024-09-20"),)
WITHIN_A_DAY = (("2024-09-10", "2024-09-10"),)
ADJOINING = (("2024-09-10", "2024-09-12"), ("2024-09-12", "2024-09-13"))
VECTORS = (
    Vector("2024-09-02", 20, (), "2024-09-30", "2024-09-25"),
    Vector("2024-09-02", 20, STOPPED, "2024-10-15", "2024-10-10"),
    Vector("2024-09-02", 20, WITHIN_A_DAY, "2024-09-30", "2024-09-25"),
    Vector("2024-09-02", 20, ADJOINING, "2024-10-10", "2024-09-29"),
    Vector("2024-09-02", 30, STOPPED, "2024-10-29", "2024-10-22"),
    Vector("2024-02-08", 20, (), "2024-03-13", "2024-03-07"),
    Vector("2024-04-26", 5, (), "2024-05-07", "2024-05-06"),
    Vector("2024-09-14", 5, (), "2024-09-24", "2024-09-23"),
    Vector("2024-10-11", 1, (), "2024-10-12", "2024-10-12"),
    Vector("2024-12-30", 20, (), "2025-01-27", "2025-01-22"),
    Vector("2025-01-24", 5, (), "2025-02-07", "2025-02-06"),
    Vector("2025-09-28", 10, (), "2025-10-17", "2025-10-15"),
    Vector("2026-02-14", 5, (), "2026-02-28", "2026-02-27"),
    Vector("2026-09-18", 10, (), "2026-10-09", "2026-09-30"),
    Vector("2024-09-20", 20, (), "2024-10-23", "2024-10-17"),
)
EXTENDED = 30
"""Twenty days and an extension of ten."""


def found(vector: Vector, name: ClockName) -> tuple[date | None, object, object, bool]:
    """Return what *vector* comes to: the day, the two instants, and whether it is provisional."""
    holds = tuple(hold(*span, name=f"H{number}") for number, span in enumerate(vector.pauses))
    extended = vector.limit == EXTENDED
    limit = vector.limit - 10 * extended
    one = clock(
        ClockFacts(
            "XC1",
            terms(vector.start, committed=limit, statutory=limit),
            holds,
            (extension("2024-09-27"),) if extended else (),
        ),
        name,
        policy=LAW.rules.policy_on(date.max),
        calendar=LAW.rules.calendar,
    )
    return one.due, one.near_at, one.due_at, one.provisional


def agrees(vector: Vector) -> None:

    for name in (ClockName.COMMITTED, ClockName.STATUTORY):
        assert found(vector, name) == (
            day(vector.due),
            instant(vector.yellow),
            instant(vector.due) + timedelta(days=1),
            False,
        )


for number, vector in enumerate(VECTORS, 1):
    rule(
        f"vector {number:02}",
        f"{vector.limit} working days from {vector.start} end on {vector.due}",
    )(partial(agrees, vector))
