"""The command's texts: alike in both languages, for all that it says and every fault there is."""

import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import deploy
from deploy import setup
from deploy.command.__main__ import MODULES
from deploy.command.ending import Interrupted
from deploy.faults import Fault, NpmUnreachable, every_fault, told
from deploy.texts import CATALOGUE
from shared.contracts.naming import Language
from shared.runtime.language import terminal_language

CODES = sorted(CATALOGUE.codes(Language.ZH_CN) | CATALOGUE.codes(Language.EN))
SOURCES = sorted(Path(deploy.__file__).parent.glob("**/*.py"))
SAID = re.compile(r'\b(?:say|text)\(\s*"([a-z_.]+)"')
for _module in MODULES.values():  # every fault of the command is known once it is imported
    import_module(f"deploy.command.{_module}")
SHIPPED = [
    fault
    for fault in every_fault()
    if fault.__module__.startswith("deploy.") and not issubclass(fault, Interrupted)
]


def blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_line_is_there_in_both_languages() -> None:
    assert CATALOGUE.codes(Language.ZH_CN) == CATALOGUE.codes(Language.EN)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_tell_the_same_values(code: str) -> None:
    chinese, english = (CATALOGUE.texts[language][code] for language in Language)

    assert blanks(chinese.title + chinese.detail) == blanks(english.title + english.detail)


def test_the_command_says_nothing_that_the_catalogue_does_not_know() -> None:
    said = {
        f"{path.name}: {code}"
        for path in SOURCES
        for code in SAID.findall(path.read_text(encoding="utf-8"))
        if code not in (setup.LINES["en"] if path.name == "setup.py" else CODES)
    }

    assert not said


@pytest.mark.parametrize("fault", SHIPPED)
def test_every_fault_has_a_line_and_a_way_out(fault: type[Fault]) -> None:
    text = CATALOGUE.texts[Language.ZH_CN][fault.code]

    assert text.title
    assert text.detail


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"LANG": "en_GB.UTF-8"},
        {"LC_ALL": "C.UTF-8", "LANG": "en_GB.UTF-8"},
        {"LC_MESSAGES": "en_US", "LANG": "zh_CN.UTF-8"},
        {"CASETRACK_LANG": "zh-CN", "LANG": "en_GB.UTF-8"},
    ],
)
def test_the_set_up_speaks_the_language_of_the_command(
    monkeypatch: pytest.MonkeyPatch, wishes: dict[str, str]
) -> None:
    for name in setup.WISHES:
        monkeypatch.delenv(name, raising=False)
    for name, wish in wishes.items():
        monkeypatch.setenv(name, wish)

    assert terminal_language().startswith(setup.language())


def test_a_narrower_fault_that_was_written_down_is_read_as_itself() -> None:
    fault = told({"code": NpmUnreachable.code, "registry": "npm", "what": "page", "reason": "-"})

    assert isinstance(fault, NpmUnreachable)
    assert fault.values == {"registry": "npm", "what": "page", "reason": "-"}
