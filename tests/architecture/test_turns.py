"""The order in which a whole run takes the files of tests knows those that there are."""

from tests.support.plans import ROOT
from tests.support.turns import ALONE, FIRST, LONGEST, RINGS, turn

TESTS = ROOT / "tests"


def test_every_ring_has_its_place() -> None:
    rings = {file.relative_to(TESTS).parts[0] for file in TESTS.rglob("test_*.py")}

    assert rings == set(RINGS)


def test_what_comes_first_is_there() -> None:
    assert [name for name in FIRST if not (TESTS / name).exists()] == []


def test_whatever_keeps_the_topics_for_minutes_is_done_before_others_want_them() -> None:
    keeping = {
        file.relative_to(TESTS).as_posix()
        for ring in ("chaos", "journey")
        for file in (TESTS / ring).glob("test_*.py")
        if "bureau_topics" in file.read_text(encoding="utf-8")
    }

    assert keeping == set(ALONE)


def test_what_waits_and_what_computes_lie_at_the_two_ends() -> None:
    files = ["tests/domain/test_fold.py", "tests/browser/test_today.py", f"tests/{LONGEST[0]}"]

    assert sorted(files, key=turn) == files[::-1]
