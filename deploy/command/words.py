"""The page's own words, so that a terminal and the page call the same thing by the same name."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from deploy.texts import LANGUAGE
from shared.contracts.naming import Language, called
from shared.contracts.words import ClockName

RATIO = "ratio"
"""The unit of a figure that is told in hundredths."""
LOCALES = files("services.metrics") / "dashboard" / "src" / "locales"


def word(path: str, language: Language = LANGUAGE, **values: object) -> str:
    """Return the words at *path*; a code that nobody has translated is shown as it is."""
    found: Any = _locale(language)
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, str):
        return path.rpartition(".")[2]
    one, _, many = found.partition(" | ")
    said: str = one if values.get("n") == 1 else many or one
    return said.format_map({name: str(value) for name, value in values.items()})


def short_clock(code: str, language: Language) -> str:
    """Return the short name of the clock *code* where the page has one."""
    short = word(f"clock_short.{code}", language)
    return called(ClockName, code, language) if short == code else short


def measured(number: float | None, unit: str) -> str:
    """Return *number* in the *unit* of its figure; a dash where there is none."""
    if number is None:
        return "–"
    return f"{number:.1%}" if unit == RATIO else f"{number:,.10g}"


@cache
def _locale(language: Language) -> Mapping[str, Any]:
    text = (LOCALES / f"{language.value}.json").read_text(encoding="utf-8")
    locale: Mapping[str, Any] = json.loads(text)
    return locale
