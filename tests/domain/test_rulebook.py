"""Every rule of time has a check, and every check notices when its rule is broken."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.policy.rules import shipped
from tests.support.rulebook import limits_of_the_law, traps, vectors
from tests.support.rulebook.breaking import Mutant
from tests.support.rulebook.law import CHECKS, LAW, TEXTS, forget
from tests.support.rulebook.mutants import MUTANTS

PAGE = Path(__file__).parents[2] / "docs" / "rulebook.md"
BOOK = [
    *(f"T-{number:02}" for number in range(1, 22)),
    *(f"vector {number:02}" for number in range(1, 16)),
    *(f"trap {number}" for number in range(1, 18)),
]
CHAPTERS = (limits_of_the_law, vectors, traps)
"""What enters its rules where it is read."""


@pytest.fixture(autouse=True)
def the_law() -> Iterator[None]:
    """Have what is shipped in force, before and behind each test."""
    LAW.rules = shipped()
    forget()
    yield
    LAW.rules = shipped()
    forget()


def test_every_rule_vector_and_trap_of_the_catalogue_is_in_the_book() -> None:
    assert CHECKS.keys() == {*BOOK}
    assert {mutant.rule for mutant in MUTANTS} == {*BOOK}


@pytest.mark.parametrize("name", BOOK)
def test_it_holds(name: str) -> None:
    CHECKS[name]()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: f"{one.rule}: {one.name}")
def test_it_is_noticed_when(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.breaks(monkeypatch)

    with pytest.raises(AssertionError):
        CHECKS[mutant.rule]()

    monkeypatch.undo()


def test_the_page_of_the_rulebook_says_what_the_tests_say() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert rows[2:] == [(name, TEXTS[name], broken(name)) for name in BOOK]


def broken(name: str) -> str:
    return "; ".join(mutant.name for mutant in MUTANTS if mutant.rule == name)
