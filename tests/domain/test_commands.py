"""What a command says, the fact says too."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from services.assist.api import paths as assist
from services.intake.api import paths as intake
from services.review.api import paths as review
from shared.commands.command import Command
from shared.commands.counter import Path
from shared.contracts.envelope import Contract, Fact
from shared.contracts.rectification.facts import RectificationReopened
from shared.contracts.registry import FACTS
from shared.contracts.types import CaseRef

NOON = datetime(2024, 9, 2, 4, tzinfo=UTC)
CONTRACTS: list[type[Contract]] = [CaseRef, *FACTS.values()]
SAID = {name for contract in CONTRACTS for name in contract.model_fields} | {
    fact.ABOUT for fact in FACTS.values()
}
PATHS = [
    path
    for collection in (
        *intake.COLLECTIONS,
        *assist.COLLECTIONS,
        *review.COLLECTIONS,
    )
    for path in (collection.first, *collection.paths.values())
    if path is not None
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    FACT: ClassVar[type[Fact]] = RectificationReopened

    rect_id: str
    case_no: str
    reason: str


REOPEN = Reopen(at=NOON, rect_id="R1", case_no="XC1", reason="back again")


def test_a_fact_is_stated_in_the_words_of_its_command() -> None:
    stated = REOPEN.stated()

    assert stated == RectificationReopened(rect_id="R1", reason="back again")


def test_a_word_that_the_fact_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match="RectificationReopened has no reasn, rond"):
        REOPEN.stated(reasn="of late", rond=2)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.command.__name__)
def test_nothing_is_asked_that_no_fact_could_say(path: Path) -> None:
    asked = {field.name for field in fields(path.command)} - path.ours - {"at"}

    assert asked <= SAID
