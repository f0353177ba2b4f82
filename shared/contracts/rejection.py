"""
The root of every refusal: a command that was understood and declined.

Rejection   (each service derives its own tree from this)
"""

from enum import StrEnum
from typing import ClassVar


class Blame(StrEnum):
    """What stands in a command's way."""

    HISTORY = "history"
    """What happened before; the same command may be right at another time."""
    COMMAND = "command"
    """What the command says; it will never be right."""
    CALLER = "caller"
    """Who asks; from somebody else the same command may be right."""


class Rejection(Exception):
    """
    Raised by *decide*; the edge turns it into a problem body in the reader's language.

    *code* is a promise to callers. The values fill the placeholders of the
    message catalogue, so they are codes, numbers and dates, never personal data.
    """

    code: ClassVar[str]
    blame: ClassVar[Blame] = Blame.HISTORY
    field: ClassVar[str | None] = None
    """The part of the command at fault, dotted, where one is."""

    def __init__(self, **values: object) -> None:
        super().__init__(self.code, values)
        self.values = values


class SamePerson(Rejection):
    """Another person has to do this than the one whose work it is about (职责分离)."""

    code = "same_person"
    blame = Blame.CALLER
