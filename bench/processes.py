"""What a process of the bureau uses, seen from outside: with its children, as a server has them."""

from contextlib import suppress

import psutil


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
