"""Which of our two languages a reader gets."""

import os
from collections.abc import Mapping

from shared.contracts.naming import Language

ACCEPT_CHARACTERS_MAX = 256
"""A longer Accept-Language header is no preference, it is an attack or an accident."""


DEFAULT = Language.ZH_CN


def accepted(header: str | None) -> Language:
    """Return the language that an Accept-Language *header* prefers among ours."""
    if not header or len(header) > ACCEPT_CHARACTERS_MAX:
        return DEFAULT
    wishes = [_wish(part) for part in header.split(",")]
    ranked = sorted(wishes, key=lambda wish: -wish[1])
    return next((found for tag, weight in ranked if weight > 0 and (found := _known(tag))), DEFAULT)


def terminal_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language for a terminal: CASETRACK_LANG, else the locale, else Chinese."""
    for variable in ("CASETRACK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if found := _known(environment.get(variable, "").replace("_", "-")):
            return found
    return DEFAULT


def _known(tag: str) -> Language | None:
    match tag.strip().lower().partition("-")[0].partition(".")[0]:
        case "zh":
            return Language.ZH_CN
        case "en":
            return Language.EN
        case _:
            return None


def _wish(part: str) -> tuple[str, float]:
    tag, _, weight = part.partition(";")
    _, _, number = weight.partition("=")
    try:
        return tag, float(number) if number else 1.0
    except ValueError:
        return tag, 0.0
