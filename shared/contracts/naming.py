"""What people call the words and the facts of the published language, in both languages."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

NAMES = files("shared.contracts") / "names"


class Language(StrEnum):
    """What people can read casetrack in; Chinese first."""

    ZH_CN = "zh-CN"
    EN = "en"


def called(vocabulary: type[StrEnum], code: str, language: str) -> str:
    """Return what people call *code*; one that nobody has named speaks for itself."""
    return _names(language)[vocabulary.__name__].get(code, code)


def fact_called(kind: str, language: str) -> str:
    """Return casetrack.intake.application.received.v1 in words."""
    stem = kind.removeprefix("casetrack.").rpartition(".v")[0]
    return _facts().get(stem, {}).get(language, kind)


@cache
def _names(language: str) -> Mapping[str, Mapping[str, str]]:
    names: dict[str, dict[str, str]] = json.loads((NAMES / f"{language}.json").read_text("utf-8"))
    return names


@cache
def _facts() -> Mapping[str, Mapping[str, str]]:
    names: dict[str, dict[str, str]] = json.loads((NAMES / "facts.json").read_text("utf-8"))
    return names
