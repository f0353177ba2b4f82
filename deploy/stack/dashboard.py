"""Builds the dashboard's page once for each state of its source."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.command import interruption
from deploy.command.ending import ended
from deploy.command.output import err
from deploy.stack.node import Node, find_node, succeed
from deploy.stack.places import CHECKOUT
from deploy.texts import Say, text

SOURCE = CHECKOUT / "services" / "metrics" / "dashboard"
NAMES = CHECKOUT / "shared" / "contracts" / "names"
PAGE = SOURCE / "dist"
BUILT = PAGE / ".built"
PACKAGES = SOURCE / "node_modules"
INSTALLED = PACKAGES / ".installed"
NOT_SOURCE = frozenset({PAGE.name, PACKAGES.name})


def build_page(say: Say = err.print) -> Path:
    """
    Return the folder of the built page, which is made anew only where its source has changed.

    Raises:
        Fault: the npm registry did not answer, or the page could not be built.
    """
    with _alone():
        state = _digest(source_files())
        if not _holds(BUILT, state):
            _build(say)
            BUILT.write_text(state)
    return PAGE


def _build(say: Say) -> None:
    node = find_node()
    _install(node, say)
    say(text("dashboard.building").title)
    succeed(node.run(["node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit"], SOURCE), "dashboard")
    built = succeed(node.run(["node_modules/vite/bin/vite.js", "build"], SOURCE), "dashboard")
    say("\n".join(line for line in built.splitlines() if line.startswith("page:")))


def _install(node: Node, say: Say) -> None:
    state = _digest([SOURCE / "package-lock.json"])
    if _holds(INSTALLED, state):
        return
    say(text("dashboard.packages").title)
    node.install(SOURCE, what="dashboard")
    INSTALLED.write_text(state)


def source_files() -> list[Path]:
    """Return what the page follows from: where none of it has changed, nothing is built."""
    own = (top for top in SOURCE.iterdir() if top.name not in NOT_SOURCE)
    return sorted(
        path
        for top in (*own, NAMES)
        for path in (top.rglob("*") if top.is_dir() else [top])
        if path.is_file()
    )


def _digest(files: list[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        found.update(str(path.relative_to(CHECKOUT)).encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _holds(stamp: Path, state: str) -> bool:
    return stamp.exists() and stamp.read_text() == state


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process build at a time; the next one finds it built."""
    with (SOURCE / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def main() -> None:
    interruption.listen()
    with ended():
        build_page()


if __name__ == "__main__":
    main()
