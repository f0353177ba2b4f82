"""What is shipped to the browser: words for everything, nothing from elsewhere, nothing too new."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.stack.browser import RECIPE
from deploy.stack.dashboard import SOURCE

LOCALES = SOURCE / "src" / "locales"
LOCKS = (SOURCE / "package-lock.json", RECIPE / "package-lock.json")

# Newer than Chrome 87, Firefox 78 or Safari 14, which government desktops still run.
TOO_NEW_STYLE = re.compile(r":has\(|@container|@layer|oklch\(|color-mix\(")
# Names of XML's own vocabularies and of documentation look like addresses and are never asked.
ADDRESS = re.compile(r"""(?:src|href|url)\s*[=(:]\s*["'(]?https?://(?!www\.w3\.org)[^"')]+""")


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads((LOCALES / f"{language}.json").read_text())
    return words


def _keys(words: dict[str, Any], above: str = "") -> set[str]:
    found = set()
    for name, value in words.items():
        path = f"{above}.{name}"
        found |= _keys(value, path) if isinstance(value, dict) else {path}
    return found


def test_both_languages_say_the_same_things() -> None:
    assert _keys(_words("zh-CN")) == _keys(_words("en"))


def test_styles_use_nothing_that_an_old_browser_lacks(built_page: Path) -> None:
    found = [TOO_NEW_STYLE.findall(path.read_text()) for path in built_page.rglob("*.css")]

    assert [name for names in found for name in names] == []


def test_nothing_is_fetched_from_elsewhere(built_page: Path) -> None:
    texts = [path.read_text() for path in built_page.rglob("*") if path.suffix in {".html", ".css"}]

    assert [found for text in texts for found in ADDRESS.findall(text)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_the_lock_names_every_digest_and_no_registry(lock: Path) -> None:
    packages = json.loads(lock.read_text())["packages"]
    bare = [name for name, entry in packages.items() if name and "integrity" not in entry]

    assert bare == []
    assert "resolved" not in lock.read_text()
