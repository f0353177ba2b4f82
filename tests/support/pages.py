"""
The pages on what operations need after the first day, read as whoever follows them reads them.

A block `sh` is typed on the machine of the local stack. `sh compose` and `sh kubernetes` want an
engine or a cluster: they are looked at, and not run, and such a page says so. A block `text`
behind a block says what comes out: these lines in this order, others between them, and in each
`…` is whatever stands there.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from deploy.stack.places import CHECKOUT

HOWTO = CHECKOUT / "docs" / "howto"
FENCED = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
UNRUN = "not run"
"""What a page says of blocks that nobody has run here."""
BASH = shutil.which("bash") or "bash"
HERE = ""
ELSEWHERE = ("compose", "kubernetes")
NAMES = {
    "casetrack": f'exec "{sys.executable}" -P -m deploy.command "$@"',
    "python": f'exec "{sys.executable}" "$@"',
}
"""What somebody types, and what it is in a checkout."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is typed in one go, where, and which lines are promised to come out."""

    line: int
    place: str
    commands: str
    promised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of docs/howto."""

    name: str

    @property
    def path(self) -> Path:
        return HOWTO / f"{self.name}.md"

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, *places: str) -> list[Block]:
        """Return in their order the blocks that are for one of *places*."""
        return [block for block in _blocks(self.text) if block.place in places]


def _blocks(text: str) -> Iterator[Block]:
    found = list(FENCED.finditer(text))
    for fence, behind in zip_longest(found, found[1:]):
        if fence[1] != "sh":
            continue
        line = text.count("\n", 0, fence.start()) + 1
        said = behind is not None and behind[1] == "text"
        promised = tuple(behind[3].splitlines()) if behind is not None and said else ()
        yield Block(line, fence[2], fence[3], promised)


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell in *folder*, which sees the checkout's `deploy` and has the command."""

    folder: Path
    environment: Mapping[str, str]

    def follow(self, page: Page, *, seconds_max: float) -> None:
        """Type the page's blocks one after the other; each succeeds and says what is promised."""
        blocks = page.blocks(HERE)
        said = self.folder / "said"
        said.mkdir()
        self._furnish()
        # One shell for all, so that what a block sets is there in the next one.
        script = "".join(
            f'{{\n{block.commands}}} >"{said / str(block.line)}" 2>&1\n' for block in blocks
        )
        ended = subprocess.run(
            [BASH, "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**os.environ, **self.environment, "PATH": self._path()},
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=seconds_max,
        )
        for block in blocks:
            file = said / str(block.line)
            assert file.exists(), f"{page.name}:{block.line} was not reached"
            told = file.read_text()
            assert missing(block.promised, told) == [], f"{page.name}:{block.line}: {told}"
        last = max(said.iterdir(), key=lambda file: int(file.name), default=None)
        assert ended.returncode == 0, (
            f"{page.name}:{last and last.name}: {last and last.read_text()}"
        )

    def _furnish(self) -> None:
        (self.folder / "deploy").symlink_to(CHECKOUT / "deploy")
        programs = self.folder / "bin"
        programs.mkdir()
        for name, what in NAMES.items():
            (programs / name).write_text(f"#!/bin/sh\n{what}\n")
            (programs / name).chmod(0o755)

    def _path(self) -> str:
        before = self.environment.get("PATH", os.environ["PATH"])
        return f"{self.folder / 'bin'}:{before}"


def missing(promised: tuple[str, ...], told: str) -> list[str]:
    """Return the lines *promised* from the first on that does not follow those before it."""
    rest = iter(told.splitlines())
    for number, line in enumerate(promised):
        pattern = ".*".join(map(re.escape, line.strip().split("…")))
        if not any(re.search(pattern, said) for said in rest):
            return list(promised[number:])
    return []
