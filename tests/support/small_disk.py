"""A real file system of a few megabytes that fills up and is emptied as a test likes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

FILL_TRIES_MAX = 100


@dataclass(frozen=True)
class SmallDisk:
    """The file system mounted at *place*."""

    place: Path
    megabytes: int

    def fill(self) -> None:
        """Leave no room: the disk shrinks to what lies on it, so nothing has to be written."""
        for _ in range(FILL_TRIES_MAX):
            # Fails where somebody wrote between the look and the shrinking.
            if self._resize(f"{self._used_bytes() // 1024}k") and self.free_bytes() == 0:
                return
        pytest.fail(f"{self.place} does not fill up")

    def make_room(self) -> None:
        """Give the disk back its size."""
        assert self._resize(f"{self.megabytes}m")

    def free_bytes(self) -> int:
        seen = os.statvfs(self.place)
        return seen.f_bavail * seen.f_frsize

    def _used_bytes(self) -> int:
        seen = os.statvfs(self.place)
        return (seen.f_blocks - seen.f_bfree) * seen.f_frsize

    def _resize(self, size: str) -> bool:
        return _mount("-o", f"remount,size={size}", str(self.place))


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a file system at *place* within the block; skip the test where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    fresh = ("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))
    if os.geteuid() != 0 or not _mount(*fresh):
        pytest.skip("a small file system can be mounted by root only")
    try:
        yield SmallDisk(place, megabytes)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 - found on the PATH


def _mount(*arguments: str) -> bool:
    command = ["mount", *arguments]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
