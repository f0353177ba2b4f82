"""A projection says what made it: any change of what it is made of is another fingerprint."""

import pytest

from services.metrics.domain.fingerprint import fingerprint_of

PARTS = [("fold.py", b"1 + 1"), ("figures.py", b"open")]


def test_the_same_parts_in_any_order_have_one_fingerprint() -> None:
    assert fingerprint_of(5, PARTS) == fingerprint_of(5, reversed(PARTS))


@pytest.mark.parametrize(
    "other",
    [
        [*PARTS, ("limits.json", b"")],
        PARTS[:1],
        [("fold.py", b"1 + 2"), PARTS[1]],
        [("fold2.py", b"1 + 1"), PARTS[1]],
        [("fold.py", b"1 + 1\0figures.py\0open")],
    ],
)
def test_another_part_is_another_fingerprint(other: list[tuple[str, bytes]]) -> None:
    assert fingerprint_of(5, other) != fingerprint_of(5, PARTS)


def test_a_person_sees_the_version_of_the_fold() -> None:
    assert fingerprint_of(5, PARTS).startswith("5-")
    assert fingerprint_of(6, PARTS) != fingerprint_of(5, PARTS)
