"""Whatever people may see of the published language has a name in both languages."""

from enum import StrEnum
from importlib import import_module
from pkgutil import walk_packages

import pytest

from shared import contracts
from shared.contracts.naming import Language, called, fact_called, facts, words
from shared.contracts.registry import FACTS
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import Word
from shared.web.auth import Role


def vocabularies() -> dict[str, type[StrEnum]]:
    """Return every vocabulary and every enumeration of states, by name."""
    found: dict[str, type[StrEnum]] = {"Role": Role}
    for module in walk_packages(contracts.__path__, f"{contracts.__name__}."):
        if module.name.endswith((".words", ".course")):
            found |= {
                name: member
                for name, member in vars(import_module(module.name)).items()
                if isinstance(member, type)
                and issubclass(member, StrEnum)
                and member not in (StrEnum, Word)
                and name == member.__name__
            }
    return found


VOCABULARIES = vocabularies()
PONDERED = "casetrack.intake.case.pondered.v1"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", sorted(VOCABULARIES))
def test_every_word_has_a_name(name: str, language: Language) -> None:
    nameless = [
        code for code in VOCABULARIES[name] if called(VOCABULARIES[name], code, language) == code
    ]

    assert nameless == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_fact_has_a_name(kind: str, language: Language) -> None:
    assert fact_called(kind, language) != kind


def test_nothing_is_named_that_is_not_there() -> None:
    stems = {kind.removeprefix("casetrack.").rpartition(".v")[0] for kind in FACTS}

    assert facts().keys() == stems
    assert {name: list(codes) for name, codes in words().items()} == {
        name: list(vocabulary) for name, vocabulary in VOCABULARIES.items()
    }


def test_every_name_is_told_in_every_language() -> None:
    names = [*facts().values(), *(name for codes in words().values() for name in codes.values())]

    assert {tuple(name) for name in names} == {tuple(Language)}


def test_a_code_of_tomorrow_speaks_for_itself() -> None:
    assert called(AlertLevel, "BLUE", Language.EN) == "BLUE"
    assert (
        fact_called("casetrack.intake.case.pondered.v1", Language.EN)
        == "casetrack.intake.case.pondered.v1"
    )
