"""The command's texts: the same in both languages, for every fault that there is."""

from string import Formatter

import pytest

from deploy.command.texts import CATALOGUE
from deploy.local.faults import Fault
from shared.runtime.language import Language

CODES = sorted(CATALOGUE.codes(Language.ZH_CN) | CATALOGUE.codes(Language.EN))


def blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_line_is_there_in_both_languages() -> None:
    assert CATALOGUE.codes(Language.ZH_CN) == CATALOGUE.codes(Language.EN)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_tell_the_same_values(code: str) -> None:
    chinese, english = (CATALOGUE.texts[language][code] for language in Language)

    assert blanks(chinese.title + chinese.detail) == blanks(english.title + english.detail)


@pytest.mark.parametrize("fault", Fault.__subclasses__())
def test_every_fault_has_a_line_and_a_way_out(fault: type[Fault]) -> None:
    text = CATALOGUE.texts[Language.ZH_CN][fault.code]

    assert text.title
    assert text.detail
