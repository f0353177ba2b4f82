"""Processes whose clock is wrong, while PostgreSQL's beside them is right."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
COMPILER = shutil.which("cc")


class WrongClock:
    """A library, made in *folder*, that stands between a process and the machine's clock."""

    def __init__(self, folder: Path) -> None:
        assert COMPILER is not None
        self._library = folder / "wrong_clock.so"
        words = ("-shared", "-fPIC", "-o", self._library, SOURCE, "-ldl")
        subprocess.run([COMPILER, *words], check=True)

    def by(self, seconds: int) -> Mapping[str, str]:
        """Return what puts the clock of a process forward by so many *seconds*, or back."""
        return {"LD_PRELOAD": str(self._library), "WRONG_CLOCK_SECONDS": str(seconds)}
