"""How a live screen is written: its language, its marks, its panels."""

from dataclasses import dataclass

from rich import box
from rich.console import RenderableType
from rich.panel import Panel

from deploy.command.output import SafeConsole, Styled
from deploy.command.words import word
from deploy.texts import CATALOGUE
from shared.contracts.naming import Language

GAP = 2
"""Columns between those of a table."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the screen can be written on."""

    language: Language
    plain: bool = False
    """Without UTF-8: ASCII marks."""
    helping: bool = False

    @property
    def nothing(self) -> str:
        """What stands where there is no number and no time."""
        return "-" if self.plain else "–"

    def say(self, code: str, **values: object) -> str:
        return CATALOGUE.text(self.language, code, values).title

    def word(self, path: str, **values: object) -> str:
        return word(path, self.language, **values)


def look_of(console: SafeConsole, language: Language) -> Look:
    """Return what *console* can show: where Chinese cannot be written, English is."""
    try:
        "今·█".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return Look(Language.EN, plain=True)
    return Look(language, plain=console.options.ascii_only)


def panel(content: RenderableType, title: str) -> Panel:
    """Return *content* in a frame that is called *title*."""
    return Panel(
        content,
        title=Styled(f" {title} ", style="ink.bold"),
        title_align="left",
        border_style="line",
        box=box.SQUARE,
        padding=(0, 1),
    )
