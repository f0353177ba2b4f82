"""A copy of the tree to change: what a how-to asks for is done to it, and counted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("services", "shared", "deploy", "docs", "tests")
# What is compiled already goes along, but for what somebody is just about to write.
NOT_SOURCE = shutil.ignore_patterns("*.pyc.*", "node_modules", "dist", ".*_cache")


class Scratch:
    """The tree in *folder*, as it is here until somebody changes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=NOT_SOURCE)
        shutil.copy(ROOT / "pyproject.toml", folder)
        self._before = self._contents()

    def write(self, place: str, text: str) -> None:
        (self.folder / place).write_text(text, encoding="utf-8")

    def insert(self, place: str, text: str, *, before: str) -> None:
        """Put *text* in front of the one passage *before* in the file at *place*."""
        told = (self.folder / place).read_text(encoding="utf-8")
        assert told.count(before) == 1, f"{place}: {told.count(before)} times {before!r}"
        self.write(place, told.replace(before, text + before))

    def run(self, *arguments: str) -> str:
        """Return what Python says to *arguments* there, without this tree in its way."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        ended = subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def changed(self) -> set[str]:
        """Return the files that are new or say something else than before."""
        now = self._contents()
        return {name for name in {*now, *self._before} if now.get(name) != self._before.get(name)}

    def _contents(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.parts[-3:])
        }
