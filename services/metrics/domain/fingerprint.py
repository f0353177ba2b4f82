"""What a projection was made by: one short text that differs where the code that made it does."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import NewType

Fingerprint = NewType("Fingerprint", str)

DIGEST_BYTES = 8


def fingerprint_of(fold_version: int, parts: Iterable[tuple[str, bytes]]) -> Fingerprint:
    """
    Return the fingerprint of a fold of *fold_version* that is made of *parts*: name and content.

    Content, not what somebody declares of it: whoever forgets to say that a
    figure counts otherwise now would leave stored numbers that nobody mends.
    """
    digest = blake2b(digest_size=DIGEST_BYTES)
    for name, content in sorted(parts):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return Fingerprint(f"{fold_version}-{digest.hexdigest()}")
