"""No command takes a day or an instant that nobody can mean, whichever service it is for."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

from services.assist.api import paths as assist
from services.intake.api import paths as intake
from services.review.api import paths as review
from shared.commands.counter import Path

COLLECTIONS = (*assist.COLLECTIONS, *intake.COLLECTIONS, *review.COLLECTIONS)
GOOD = {"2026-03-02", "2026-03-02T09:00:00+08:00"}
BAD = (
    *("0", "20260302", "1900-01-01", "9999-12-31", "2026-W10-1", "2026-03-02 09:00:00+08:00"),
    *("2026-03-02T09:00+08:00", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00"),
)


def asked(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield what *path* asks of time: the field, and how it is read."""
    hints = get_type_hints(path.command, include_extras=True)
    for field in fields(path.command):
        if field.name not in {*path.ours, "at"} and holds_moment(hints[field.name]):
            yield f"{path.command.__name__}.{field.name}", hints[field.name]


def holds_moment(annotation: Any) -> bool:  # noqa: ANN401 - an annotation
    if isinstance(annotation, type) and issubclass(annotation, date):
        return True
    return any(map(holds_moment, get_args(annotation)))


ASKED = {
    name: annotation
    for collection in COLLECTIONS
    for path in (collection.first, *collection.paths.values())
    if path is not None
    for name, annotation in asked(path)
}


@pytest.mark.parametrize("name", ASKED)
def test_a_command_takes_a_day_that_can_be_meant(name: str) -> None:
    reading = TypeAdapter(ASKED[name])
    taken = set()
    for text in (*GOOD, *BAD):
        try:
            reading.validate_json(f'"{text}"', strict=True)
            taken.add(text)
        except ValidationError:
            continue

    assert len(taken & GOOD) == 1
    assert taken <= GOOD


def test_commands_ask_for_days_and_instants() -> None:
    assert {"SignMandate.valid_until", "MakeVisit.arrived_at", "ScheduleVisit.visit_start"} <= set(
        ASKED
    )
