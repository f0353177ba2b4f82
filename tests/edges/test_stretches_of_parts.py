"""Names of parts that overlap: each part is looked for once, whichever names stand for it."""

import pytest

from services.metrics.adapters.columns import LAST, bounds


@pytest.mark.parametrize(
    "parts",
    [
        ["a/due:*"],
        ["a/due:*", "a/due:9"],
        ["a/due:9", "a/due:*", "a/due:9:x", "a/due:9:*"],
        ["a/due", "a/due:*"],
    ],
)
def test_what_lies_within_many_is_looked_for_once(parts: list[str]) -> None:
    assert bounds(parts) == (["a/due", "a/due:"], ["a/due", f"a/due:{LAST}"])


def test_parts_that_only_begin_alike_are_looked_for_each() -> None:
    assert bounds(["a/due", "a/due:9", "a/du:*"]) == (
        ["a/due", "a/due:9", "a/du", "a/du:"],
        ["a/due", "a/due:9", "a/du", f"a/du:{LAST}"],
    )
