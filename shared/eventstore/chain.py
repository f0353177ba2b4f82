"""
The hash chain of a stream, and the digest by which a repetition in the same words is known.

Every row of a stream carries

    hash = SHA-256( previous hash            32 bytes, zeros before version 1
                  ‖ length of the stream name 4 bytes, big-endian, then its UTF-8 bytes
                  ‖ version                   8 bytes, big-endian
                  ‖ published                 1 byte, 0 or 1
                  ‖ body                      the UTF-8 bytes that were published )

so changing, moving, hiding or removing a row shows in every row behind it.
"""

import hashlib
import struct

import msgspec

from shared.contracts.envelope import STANDING

GENESIS = bytes(32)
"""What stands before the first row of every stream."""

ABOUT_THE_JOURNEY = ("recordedtime", "traceparent", "tracestate", *STANDING)
"""Attributes that say how and when a fact reached us, and differ when it is sent again."""


def link(previous: bytes, stream: str, version: int, body: bytes, *, published: bool) -> bytes:
    """Return the hash of a row, given its predecessor's."""
    name = stream.encode()
    head = struct.pack(f">I{len(name)}sq?", len(name), name, version, published)
    return hashlib.sha256(previous + head + body).digest()


def digest_of(body: bytes) -> bytes:
    """
    Return what two tellings of a fact in the same words have in common.

    Neither the order of keys, nor white space, nor the attributes about the
    journey count. Other words may still say the same: `contradictions` knows.
    """
    document = msgspec.json.decode(body)
    for attribute in ABOUT_THE_JOURNEY:
        document.pop(attribute, None)
    return hashlib.sha256(msgspec.json.encode(document, order="deterministic")).digest()
