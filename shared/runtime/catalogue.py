"""What people read, by language and code: message catalogues of title and detail."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

from shared.contracts.naming import Language

OWN = files("shared.runtime") / "messages"
"""The catalogue of the codes that every service may answer with."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is said about one code."""

    title: str
    detail: str


class _Blanks(dict[str, object]):
    """Values for a template; what is not known stays visible as its name."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Templates of every known code in both languages."""

    texts: Mapping[Language, Mapping[str, Text]]

    @classmethod
    def read(cls, *folders: Traversable) -> Self:
        """Read `zh-CN.json` and `en.json` of *folders*; a later folder wins."""
        return cls({language: _merged(language, folders) for language in Language})

    def text(self, language: Language, code: str, values: Mapping[str, object]) -> Text:
        """Return the text of *code* with *values* filled in; an unknown code speaks for itself."""
        text = self.texts[language].get(code) or Text(title=code, detail="")
        blanks = _Blanks(values)
        return Text(text.title.format_map(blanks), text.detail.format_map(blanks))

    def codes(self, language: Language) -> frozenset[str]:
        return frozenset(self.texts[language])


def _merged(language: Language, folders: Iterable[Traversable]) -> dict[str, Text]:
    merged: dict[str, Text] = {}
    for folder in folders:
        read = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
        merged |= {code: Text(**text) for code, text in read.items()}
    return merged
