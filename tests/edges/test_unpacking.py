"""Whatever lies in a fetch, every record of it is read or passed by, once."""

import struct
import zlib
from collections.abc import Callable

import cramjam
import pytest
from aiokafka import TopicPartition
from aiokafka.codec import snappy_encode
from aiokafka.consumer import fetcher

from shared.kafka.decompression import UNPACKED_BYTES_MAX, UnpacksTooLarge, decompressed
from shared.kafka.unpacking import HEAD, Batches, Illegible, take_any_bytes
from tests.support.record_batches import (
    BROKEN_NAME,
    HEADERS,
    batch,
    packed,
    sealed,
    with_records,
)

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
CODECS = [GZIP, SNAPPY, LZ4, ZSTD]


def read(fetched: bytes, at: int = 0) -> list[tuple[int, bytes | None]]:
    """Return what aiokafka's fetcher makes of *fetched*, read from *at* on."""
    return [(record.offset, record.value) for record in records(fetched, at)]


def records(fetched: bytes, at: int = 0) -> fetcher.PartitionRecords:
    place = TopicPartition("t", 0)
    checked, committed = True, 1
    return fetcher.PartitionRecords(place, Batches(fetched), [], at, None, None, checked, committed)


def test_this_process_reads_by_it() -> None:
    take_any_bytes()

    assert fetcher.MemoryRecords is Batches


@pytest.mark.parametrize("codec", [0, *CODECS])
def test_every_codec_is_read(codec: int) -> None:
    fetched = batch(b"0", None, b"2" * 100_000, first=7, codec=codec)

    assert read(fetched) == [(7, b"0"), (8, None), (9, b"2" * 100_000)]
    assert [tuple(record.headers) for record in records(fetched)] == [tuple(HEADERS)] * 3


def test_what_java_packs_in_many_blocks_is_read() -> None:
    raw = batch(b"0" * 100_000, b"1")

    assert read(packed(raw, SNAPPY, snappy_encode(raw[HEAD.size :]))) == [
        (0, b"0" * 100_000),
        (1, b"1"),
    ]


def test_several_batches_are_read_and_what_is_cut_off_comes_again() -> None:
    fetched = batch(b"0") + batch(b"1", first=1) + batch(b"2", first=2)[:-1]

    assert read(fetched) == [(0, b"0"), (1, b"1")]
    assert not Batches(b"").has_next()


@pytest.mark.parametrize("codec", [0, *CODECS])
def test_a_header_whose_name_is_not_utf8_is_read_with_its_bytes_told(codec: int) -> None:
    raw = batch(b"0", b"1", b"2", name="name")
    body = raw[HEAD.size :]
    second = body.index(b"name", body.index(b"name") + 1)
    body = body[:second] + BROKEN_NAME + body[second + 4 :]
    pack: dict[int, Callable[[bytes], bytes]] = {
        0: bytes,
        GZIP: lambda plain: zlib.compress(plain, wbits=31),
        SNAPPY: lambda plain: bytes(cramjam.snappy.compress_raw(plain)),
        LZ4: lambda plain: bytes(cramjam.lz4.compress(plain)),
        ZSTD: lambda plain: bytes(cramjam.zstd.compress(plain)),
    }
    told = list(records(packed(raw, codec, pack[codec](body))))

    assert [record.value for record in told] == [b"0", b"1", b"2"]
    assert [record.headers[0][0] for record in told] == ["name", "na\\xffe", "name"]


def test_a_record_whose_inside_is_broken_hides_none_of_its_neighbours() -> None:
    raw = batch(b"0", b"one", b"2")
    length_of_value = raw.index(b"one") - 1
    broken = sealed(raw[:length_of_value] + b"\x7e" + raw[length_of_value + 1 :])

    (_, first), (offset, illegible), (_, last) = read(broken)

    assert (first, offset, last) == (b"0", 1, b"2")
    assert isinstance(illegible, Illegible)
    assert (illegible.code, illegible.detail[:8]) == ("illegible", "offset 1")


def test_records_without_an_end_are_passed_by_as_one() -> None:
    raw = batch(b"0", b"1", b"2", first=40)
    second = raw.index(b"key", raw.index(b"key") + 1) - 5
    broken = with_records(raw, raw[HEAD.size : second] + b"\xff" * (len(raw) - second))

    (first, (offset, illegible)) = read(broken + batch(b"3", first=43))[:2]

    assert first == (40, b"0")
    assert offset == 42
    assert isinstance(illegible, Illegible)
    assert "offsets 41 to 42" in illegible.detail
    assert read(broken + batch(b"3", first=43))[-1] == (43, b"3")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1] + b"\xff",
        lambda raw: raw[:16] + b"\x07" + raw[17:],
        lambda raw: raw[:16] + b"\x00" + raw[17:],
        lambda raw: packed(raw, 7, raw[HEAD.size :]),
        lambda raw: packed(raw, ZSTD, raw[HEAD.size :]),
        lambda raw: packed(raw, LZ4, raw[HEAD.size :]),
        lambda raw: packed(raw, SNAPPY, raw[HEAD.size :]),
        lambda raw: packed(raw, SNAPPY, snappy_encode(raw[HEAD.size :])[:-2]),
        lambda raw: packed(raw, GZIP, raw[HEAD.size :]),
        lambda raw: packed(raw, GZIP, zlib.compress(raw[HEAD.size :], wbits=31)[:-9]),
    ],
)
def test_a_batch_that_nobody_can_unpack_is_passed_by_as_one(
    spoil: Callable[[bytes], bytes],
) -> None:
    fetched = spoil(batch(b"0" * 50, b"1", first=5)) + batch(b"2", first=7)

    (_, illegible), good = read(fetched, at=5)

    assert isinstance(illegible, Illegible)
    assert good == (7, b"2")


def test_a_reader_in_the_middle_of_a_broken_batch_passes_it_too() -> None:
    raw = batch(b"0", b"1", b"2")

    ((offset, illegible),) = read(raw[:-1] + b"\xff", at=1)

    assert (offset, type(illegible)) == (2, Illegible)


@pytest.mark.parametrize("cut", [12, 20, 60, 70])
def test_a_first_batch_that_is_cut_off_is_passed_by(cut: int) -> None:
    ((_, illegible),) = read(batch(b"0")[:cut])

    assert isinstance(illegible, Illegible)


def test_a_batch_that_says_that_it_has_no_length_is_passed_by() -> None:
    raw = batch(b"0")

    ((_, illegible),) = read(raw[:8] + struct.pack(">i", -5) + raw[12:])

    assert isinstance(illegible, Illegible)


@pytest.mark.parametrize("codec", CODECS)
def test_a_bomb_is_passed_by_as_too_large_and_what_lies_before_it_is_read(codec: int) -> None:
    fetched = batch(b"good", bytes(UNPACKED_BYTES_MAX + 1), codec=codec, first=3)

    (first, (offset, illegible)) = read(fetched)

    assert offset == 4
    assert isinstance(illegible, Illegible)
    assert illegible.code == "too_large"
    if codec != SNAPPY:  # as one block, it is all or nothing
        assert first == (3, b"good")


def test_as_much_as_fits_is_unpacked() -> None:
    plain = bytes(UNPACKED_BYTES_MAX)

    for codec, pack in ((ZSTD, cramjam.zstd.compress), (LZ4, cramjam.lz4.compress)):
        assert decompressed(bytes(pack(plain)), codec) == plain
        with pytest.raises(UnpacksTooLarge):
            decompressed(bytes(pack(plain + b"\0")), codec)
