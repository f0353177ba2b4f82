"""How long a channel is left alone after a try that failed."""

import hashlib

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 900.0
DOUBLINGS_MAX = 10


def wait_seconds(key: str, failures: int) -> float:
    """
    Return how long to wait after so many *failures* in a row, the first being 1.

    Twice as long each time, and of that between half and all, as *key* has it:
    channels that died together do not come back together.
    """
    doubled = FIRST_SECONDS * float(1 << min(failures - 1, DOUBLINGS_MAX))
    longest = min(doubled, LONGEST_SECONDS)
    digest = hashlib.sha256(f"{key}/{failures}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 0xFFFF_FFFF
    return longest * (0.5 + share / 2)
