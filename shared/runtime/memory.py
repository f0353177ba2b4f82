"""How a process of large batches holds the memory that it works with."""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""The parameters of mallopt(3)."""
KEPT_BYTES_MAX = 256 * 1024 * 1024
HEAP_BYTES_MAX = 32 * 1024 * 1024
"""The largest single piece that glibc lets the heap hold."""


def keep_memory() -> None:
    """
    Keep what one batch has used for the next one.

    Glibc gives large pieces back at once and is given them again page by page,
    each with a fault: that was a fourteenth of the fold. Another C library goes
    its own way.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(TRIM_THRESHOLD, KEPT_BYTES_MAX)
        mallopt(MMAP_THRESHOLD, HEAP_BYTES_MAX)
