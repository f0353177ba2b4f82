"""What every view is, and what several have."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct, field

from shared.contracts.naming import Language

T = TypeVar("T")

ShownInstant = Annotated[datetime, Meta(tz=True)]


class View(Struct, frozen=True, gc=False):
    """
    A part of an answer.

    Whoever reads one ignores what it does not know, so a field may be added; to
    one that is stored with a default, because what was stored before has it not.
    """


class Page(View, Generic[T], frozen=True):
    """A part of a collection, and the cursor of the next one if there is one."""

    items: list[T]
    next_cursor: str | None


class CommandTaken(View, frozen=True):
    """What a command came to."""

    subject: str
    stream: str
    version: int
    event_ids: tuple[str, ...]


class Both(View, frozen=True):
    """The same in both languages."""

    zh: str = field(name="zh-CN")
    en: str

    def said(self, language: Language) -> str:
        return self.zh if language is Language.ZH_CN else self.en
