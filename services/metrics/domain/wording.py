"""The words in which deadlines are explained, in both languages."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from shared.contracts.handling.words import HoldReason
from shared.contracts.naming import Language, called
from shared.contracts.words import LimitUnit

LANGUAGES = tuple(language.value for language in Language)
VOCABULARIES: Mapping[str, type[StrEnum]] = {"hold": HoldReason, "unit": LimitUnit}
"""What a blank of this name holds a word of."""


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the catalogue of *language*: templates by code."""
    folder = files("services.metrics.domain") / "messages"
    catalogue: dict[str, str] = json.loads((folder / f"{language}.json").read_text("utf-8"))
    return catalogue


def say(language: str, code: str, **values: object) -> str:
    """Return the words of *code*; a value that is a code, a date or bilingual is put into words."""
    catalogue = words(language)
    return catalogue[code].format_map(
        {name: _worded(language, name, value) for name, value in values.items()}
    )


def day(language: str, on: date, *, full: bool = False) -> str:
    """Return *on* as people write it; the year only where *full*."""
    catalogue = words(language)
    return catalogue["date.full" if full else "date"].format(
        year=on.year, month=catalogue.get(f"month.{on.month}", on.month), day=on.day
    )


def amount(language: str, n: int, unit: str) -> str:
    """Return *n* days of *unit* in words."""
    catalogue = words(language)
    return catalogue[f"amount.{unit}.one" if n == 1 else f"amount.{unit}"].format(n=n)


def named(language: str, holiday: str) -> str:
    """Return what *holiday* is called; a name that only its notice knows stays as it is."""
    return words(language).get(f"name.{holiday}", holiday)


def _worded(language: str, name: str, value: object) -> object:
    if isinstance(value, date):
        return day(language, value)
    if isinstance(value, Mapping):
        return value[language]
    word = words(language).get(f"{name}.{value}")
    if word is None and (vocabulary := VOCABULARIES.get(name)):
        return called(vocabulary, str(value), language)
    return value if word is None else word
