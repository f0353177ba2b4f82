"""What the command says, in the reader's language."""

from importlib.resources import files

from shared.runtime.catalogue import Catalogue, Text
from shared.runtime.language import terminal_language

LANGUAGE = terminal_language()
CATALOGUE = Catalogue.read(files("deploy.command") / "messages")


def say(code: str, **values: object) -> str:
    """Return the line for *code*."""
    return text(code, **values).title


def text(code: str, **values: object) -> Text:
    """Return the line for *code*, and the way out where there is one."""
    return CATALOGUE.text(LANGUAGE, code, values)
