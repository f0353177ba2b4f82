"""What the command says, in the reader's language."""

import re
from collections.abc import Callable
from importlib.resources import files

from shared.runtime.catalogue import Catalogue, Text
from shared.runtime.language import terminal_language
from shared.runtime.visible import visible

Say = Callable[[str], None]
"""Where a line of progress goes."""

LANGUAGE = terminal_language()
CATALOGUE = Catalogue.read(files("deploy") / "messages")
LOGIN = re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)")
"""Name and password in an address, as a mirror of packages or a DSN may have them."""


def say(code: str, **values: object) -> str:
    """Return the line for *code*."""
    return text(code, **values).title


def text(code: str, **values: object) -> Text:
    """Return the line for *code*, and the way out where there is one."""
    return CATALOGUE.text(LANGUAGE, code, {name: told(value) for name, value in values.items()})


def told(value: object) -> object:
    """Return *value* as it may stand within a line: it begins no other, and gives no login away."""
    return value if isinstance(value, int | float) else visible(LOGIN.sub("…", str(value)))
