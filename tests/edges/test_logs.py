"""Whatever is written into a log, what is kept is safe to keep."""

import errno
import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from shared.runtime.background import in_background
from shared.runtime.logs import TEXT_CHARACTERS_MAX, configure_logs, scrub

SAID = "张三的电话"
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"  # noqa: S105 - a sample, signed by nobody


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    handlers = logging.getLogger().handlers[:]
    stream = io.StringIO()
    configure_logs("intake", stream)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.getLogger().handlers[:] = handlers


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "personal",
    [
        "11010519491231002X",
        "34052419800101001x",
        "110105491231002",
        "13812345678",
        "6222021234567890123",
        TOKEN,
        f"Bearer {TOKEN}",
    ],
)
def test_nothing_personal_and_no_token_is_kept(stream: io.StringIO, personal: str) -> None:
    structlog.get_logger().info(
        "case_opened", note=f"申请人{personal}，电话", nested={"deep": [personal, {personal: 1}]}
    )

    assert personal not in stream.getvalue()
    assert "申请人" in stream.getvalue()


def test_numbers_that_are_people_are_not_kept_either(stream: io.StringIO) -> None:
    structlog.get_logger().info("called", mobile=13812345678, offset=123456789)

    assert lines(stream)[0]["mobile"] == "[redacted]"
    assert lines(stream)[0]["offset"] == 123456789


def test_what_is_called_a_secret_is_one(stream: io.StringIO) -> None:
    structlog.get_logger().info(
        "started", headers={"Authorization": "x"}, cookie="y", dsn="z", body=b"w"
    )

    line = lines(stream)[0]
    kept = [line["headers"]["Authorization"], line["cookie"], line["dsn"], line["body"]]
    assert kept == ["[redacted]"] * 4


def test_a_password_inside_an_address_is_cut_out() -> None:
    assert scrub("no answer from postgresql://intake:hunter2@db/casetrack") == (
        "no answer from postgresql://[redacted]@db/casetrack"
    )


@pytest.mark.parametrize(
    "trick", ["a\nlevel=error", "a\r\nb", "\x1b[2J", "\u2028", "\u202e", "\x9b"]
)
def test_a_line_stays_one_line_and_moves_no_cursor(stream: io.StringIO, trick: str) -> None:
    structlog.get_logger().info("case_opened", note=trick, k={trick: 1})

    assert len(stream.getvalue().splitlines()) == 1
    assert not set(trick) & set("\r\x1b\u2028\u202e\x9b") & set(stream.getvalue())


def test_a_line_has_an_end(stream: io.StringIO) -> None:
    structlog.get_logger().info("case_opened", note="长 " * 100_000, many=list(range(10_000)))

    assert len(lines(stream)[0]["note"]) <= TEXT_CHARACTERS_MAX + 1
    assert len(lines(stream)[0]["many"]) == 50


def test_a_cut_never_halves_a_number() -> None:
    text = "文" * (TEXT_CHARACTERS_MAX - 10) + "11010519491231002X"

    assert "1101051949" not in scrub(text)


class Applicant(BaseModel):
    name_token: str
    mobile: int


def test_a_failure_is_told_without_the_input_that_caused_it(stream: io.StringIO) -> None:
    try:
        Applicant.model_validate({"name_token": "x", "mobile": SAID})
    except ValidationError:
        structlog.get_logger().exception("message_dead_lettered")

    line = lines(stream)[0]
    assert line["error"] == "ValidationError"
    assert "mobile int_parsing" in line["traceback"]
    assert "张三" not in stream.getvalue()


def test_libraries_speak_through_the_same_door(stream: io.StringIO) -> None:
    logging.getLogger("aiokafka").warning("lost %s for 13812345678", "broker")

    line = lines(stream)[0]
    assert (line["event"], line["library"]) == ("library_said", "aiokafka")
    assert line["message"] == "lost broker for [redacted]"


def test_half_a_surrogate_pair_fails_nobodys_work(stream: io.StringIO) -> None:
    structlog.get_logger().info("event_rejected", detail="half of a pair: \ud800")

    assert lines(stream)[0]["event"] == "event_rejected"


class FullDisk(io.StringIO):
    """A file that no longer takes anything."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, f"no room for {len(text)} characters")


def test_a_line_that_finds_no_room_fails_nobodys_work(stream: io.StringIO) -> None:
    configure_logs("intake", FullDisk())
    structlog.get_logger().info("request_handled")
    logging.getLogger("aiokafka").warning("lost the broker")

    assert stream.getvalue() == ""


class BusyDisk(io.StringIO):
    """A file whose writers wait until somebody else's fsync is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def write(self, text: str) -> int:
        assert self.over.wait(10)
        return super().write(text)


def test_nobody_waits_for_the_disk_with_a_line_and_none_is_lost(stream: io.StringIO) -> None:
    disk = BusyDisk()
    with in_background(disk) as background:
        configure_logs("intake", background)
        for number in range(1000):
            structlog.get_logger().info("request_handled", number=number)
        written_meanwhile = disk.getvalue()
        disk.over.set()

    assert written_meanwhile == ""
    assert [line["number"] for line in lines(disk)] == list(range(1000))
    assert stream.getvalue() == ""


def test_a_disk_that_takes_nothing_does_not_hold_up_the_end(stream: io.StringIO) -> None:
    with in_background(FullDisk()) as background:
        configure_logs("intake", background)
        structlog.get_logger().info("request_handled")

    assert stream.getvalue() == ""
