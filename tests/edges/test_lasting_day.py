"""A test that counts what a day brings is given one that does not end meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.day import lasting_day

MIDNIGHT = datetime(2026, 12, 31, 16, tzinfo=UTC)
"""When it is 2027 in Xi'an."""


@pytest.mark.parametrize(
    ("before", "day", "waits"),
    [(3600, date(2026, 12, 31), False), (30, date(2027, 1, 1), True), (0, date(2027, 1, 1), False)],
)
def test_shortly_before_midnight_it_is_the_next_one(before: int, day: date, waits: bool) -> None:  # noqa: FBT001 - a table
    passed = [MIDNIGHT - timedelta(seconds=before)]

    def sleep(seconds: float) -> None:
        passed.append(passed[-1] + timedelta(seconds=seconds))

    assert lasting_day(lambda: passed[-1], sleep) == day
    assert (len(passed) > 1) is waits
