"""A XES log is read case by case, packed or not, and bites nobody."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest

from deploy.command.xes.reading import LogUnreadable, bare_name, opened, read_cases
from tests.support.small_log import Logged, log, trace

TWO = log(
    trace("a", Logged("T02"), Logged("T04"), startdate="2011-10-11T13:42:22.688+02:00"),
    trace("b"),
)
BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_is_read_packed_or_not(pack: type[bytes]) -> None:
    first, second = read_cases(opened(BytesIO(pack(TWO))))

    assert first.attributes == {
        "concept:name": "a",
        "startdate": "2011-10-11T13:42:22.688+02:00",
    }
    assert [event["concept:name"] for event in first.events] == ["T02", "T04"]
    assert second.events == ()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no log at all",
        b"<html></html>",
        TWO[:-300],
        gzip.compress(TWO)[:-40],
        log(trace("a"), doctype=BOMB),
    ],
    ids=["empty", "text", "html", "broken off", "packed and broken off", "with entities"],
)
def test_what_is_no_log_is_said_to_be_none(damaged: bytes) -> None:
    with pytest.raises(LogUnreadable):
        list(read_cases(opened(BytesIO(damaged))))


def test_what_stood_before_the_damage_is_read() -> None:
    cases = read_cases(BytesIO(log(trace("a"), trace("b"), " " * 100_000)[:-10]))

    assert next(cases).attributes["concept:name"] == "a"


@pytest.mark.parametrize("name", ["wabo.xes.gz", "wabo.xes", "wabo"])
def test_the_suffixes_are_no_part_of_a_logs_name(name: str) -> None:
    assert bare_name(Path("somewhere") / name) == "wabo"
