"""What a process of the bureau uses, seen from outside: with its children, as a server has them."""

from contextlib import suppress

import psutil

TABLES = "/data/base/"
"""Where PostgreSQL keeps tables, below its home."""


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return *process* and all below it."""
    return [process, *process.children(recursive=True)]


def memory_of(process: psutil.Process) -> int:
    """Return the bytes in use of one process; pages that several share are shared out."""
    with suppress(psutil.Error):
        info = process.memory_full_info()
        # Where the system says so.
        return int(getattr(info, "pss", info.uss))
    return 0


def handles_of(process: psutil.Process) -> int:
    """
    Return how many handles one process holds.

    PostgreSQL keeps the tables that it has touched open while it has room for them
    (`max_files_per_process`): such a cache fills and is no leak. One that is deleted counts.
    """
    with suppress(psutil.Error):
        kept = sum(TABLES in one.path for one in process.open_files())
        return int(process.num_fds()) - kept
    return 0
