"""What people call the words and the facts of the published language, in both languages."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

NAMES = files("shared.contracts") / "names"
Called = Mapping[str, str]
"""What one code is called, by language."""


class Language(StrEnum):
    """What people can read casetrack in; Chinese first."""

    ZH_CN = "zh-CN"
    EN = "en"


def called(vocabulary: type[StrEnum], code: str, language: str) -> str:
    """Return what people call *code*; one that nobody has named speaks for itself."""
    return words()[vocabulary.__name__].get(code, {}).get(language, code)


def fact_called(kind: str, language: str) -> str:
    """Return casetrack.intake.application.received.v1 in words."""
    stem = kind.removeprefix("casetrack.").rpartition(".v")[0]
    return facts().get(stem, {}).get(language, kind)


@cache
def words() -> Mapping[str, Mapping[str, Called]]:
    """Return the name of each word, and of each state of a course, by its class."""
    names: dict[str, dict[str, Called]] = json.loads((NAMES / "words.json").read_text("utf-8"))
    return names


@cache
def facts() -> Mapping[str, Called]:
    """Return the name of each fact."""
    names: dict[str, Called] = json.loads((NAMES / "facts.json").read_text("utf-8"))
    return names
