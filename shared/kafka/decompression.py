"""Unpacking what a producer packed, and no more of it than fits."""

import struct
import zlib
from collections.abc import Callable
from functools import partial

import cramjam

UNPACKED_BYTES_MAX = 32 * 1024 * 1024
"""
Of one batch. A topic takes 2 MiB packed, and events in JSON pack to a tenth.

Some KiB on the wire may unpack to gigabytes.
"""

UNPACKED_BYTES_USUAL = 1024 * 1024
GROWTH = 4

GZIP_FRAMES = 16 + zlib.MAX_WBITS
SNAPPY_BLOCKS = b"\x82SNAPPY\0"
SNAPPY_BLOCKS_AT = 16
BLOCK_LENGTH = struct.Struct(">i")
CUT_SHORT = "failed to write whole buffer"
"""What cramjam says where the output does not fit."""

Into = Callable[[bytes, bytearray], int]


class UnpacksTooLarge(Exception):
    """It unpacks to more than we take: *beginning* is as much as fits."""

    def __init__(self, beginning: bytearray) -> None:
        super().__init__(f"unpacks to more than {UNPACKED_BYTES_MAX} bytes")
        self.beginning = beginning


def decompressed(packed: bytes | memoryview, codec: int) -> bytearray:
    """
    Return what *packed* was packed from, by *codec*'s number in Kafka's format.

    Raises:
        TooLarge: it is more than `UNPACKED_BYTES_MAX`.
        ValueError, zlib.error, cramjam.DecompressionError: it is no such thing.
    """
    if codec not in CODECS:
        raise ValueError(f"the unknown codec {codec}")
    return CODECS[codec](bytes(packed))


def _from_gzip(packed: bytes) -> bytearray:
    unpacked, rest = bytearray(), packed
    while rest:
        member = zlib.decompressobj(GZIP_FRAMES)
        unpacked += member.decompress(rest, UNPACKED_BYTES_MAX + 1 - len(unpacked))
        if len(unpacked) > UNPACKED_BYTES_MAX:
            raise UnpacksTooLarge(unpacked)
        if not member.eof:
            raise ValueError("a stream that is cut off")
        rest = member.unused_data
    return unpacked


def _from_snappy(packed: bytes) -> bytearray:
    """Undo both forms: one block, as most clients write it, and many, as Java's client does."""
    if not packed.startswith(SNAPPY_BLOCKS):
        return bytearray(_snappy_block(packed, bytearray()))
    unpacked, at = bytearray(), SNAPPY_BLOCKS_AT
    while at < len(packed):
        (length,) = BLOCK_LENGTH.unpack_from(packed, at)
        at += BLOCK_LENGTH.size
        if not 0 < length <= len(packed) - at:
            raise ValueError("a block that is cut off")
        unpacked += _snappy_block(packed[at : at + length], unpacked)
        at += length
    return unpacked


def _snappy_block(packed: bytes, before: bytearray) -> bytes:
    if len(before) + cramjam.snappy.decompress_raw_len(packed) > UNPACKED_BYTES_MAX:
        raise UnpacksTooLarge(before)
    return bytes(cramjam.snappy.decompress_raw(packed))


def _filled(packed: bytes, decompress_into: Into) -> bytearray:
    # The frame need not say how much there is in it, so the room grows until it fits.
    room = max(UNPACKED_BYTES_USUAL, GROWTH * len(packed))
    while True:
        unpacked = bytearray(min(room, UNPACKED_BYTES_MAX))
        try:
            del unpacked[decompress_into(packed, unpacked) :]
        except cramjam.DecompressionError as fault:
            if CUT_SHORT not in str(fault):
                raise
            if len(unpacked) == UNPACKED_BYTES_MAX:
                raise UnpacksTooLarge(unpacked) from fault
        else:
            return unpacked
        room *= GROWTH


CODECS: dict[int, Callable[[bytes], bytearray]] = {
    0: bytearray,
    1: _from_gzip,
    2: _from_snappy,
    3: partial(_filled, decompress_into=cramjam.lz4.decompress_into),
    4: partial(_filled, decompress_into=cramjam.zstd.decompress_into),
}
"""By their numbers in a batch's attributes."""
