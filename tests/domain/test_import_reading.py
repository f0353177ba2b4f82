"""A XES log is read case by case, whatever it looks like, and bites nobody."""

import gzip
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from deploy.importers.document import Damage, LogUnreadable, bare_name, pieces
from deploy.importers.reading import (
    CASE_EVENTS_MAX,
    DEPTH_MAX,
    TAG_BYTES_MAX,
    VALUE_CHARACTERS_MAX,
    LoggedCase,
    Stray,
    read_log,
)
from tests.support.small_log import Logged, log, trace

TWO = log(
    trace("a", Logged("T02"), Logged("T04"), startdate="2011-10-11T13:42:22.688+02:00"),
    trace("b"),
)
BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def read(document: bytes | str) -> list[LoggedCase | Stray]:
    raw = document.encode() if isinstance(document, str) else document
    return list(read_log(pieces(BufferedReader(BytesIO(raw)))))


def cases(document: bytes | str) -> list[LoggedCase]:
    return [one for one in read(document) if isinstance(one, LoggedCase)]


def strays(document: bytes | str) -> list[tuple[str, int]]:
    return [(one.name, one.number) for one in read(document) if isinstance(one, Stray)]


def damage_of(document: bytes | str) -> Damage:
    with pytest.raises(LogUnreadable) as caught:
        read(document)
    return caught.value.damage


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_is_read_packed_or_not(pack: type[bytes]) -> None:
    first, second = cases(pack(TWO))

    assert first.attributes == {
        "concept:name": "a",
        "startdate": "2011-10-11T13:42:22.688+02:00",
    }
    assert [event.attributes["concept:name"] for event in first.events] == ["T02", "T04"]
    assert (second.events, second.number) == ((), 2)


@pytest.mark.parametrize(
    ("damaged", "damage"),
    [
        (b"", Damage.BROKEN),
        (b"no log at all", Damage.BROKEN),
        (b"PK\x03\x04", Damage.BROKEN),
        (b"\x1f\x8bno gzip", Damage.BROKEN),
        (TWO[:-300], Damage.BROKEN),
        (gzip.compress(TWO)[:-40], Damage.BROKEN),
        (gzip.compress(TWO) + b"and more", Damage.BROKEN),
        (b"<log><trace>&#0;</trace></log>", Damage.BROKEN),
        (b'<?xml version="1.0" encoding="gbk"?><log a="\xff\xff"/>', Damage.BROKEN),
        (b'<?xml version="1.0" encoding="no-such"?><log/>', Damage.BROKEN),
        (b'<?xml version="1.0" encoding="zlib"?><log/>', Damage.BROKEN),
        (b'<?xml version="1.0" encoding="undefined"?><log/>', Damage.BROKEN),
        (log(trace("a"), doctype=BOMB), Damage.DOCUMENT_TYPE),
        (b"<html><trace/></html>", Damage.NO_LOG),
        (b"<log/>", Damage.NO_CASE),
        (b"<log><events><event/></events><objects/></log>", Damage.NO_CASE),
        ("<log>" + "<a>" * DEPTH_MAX, Damage.TOO_DEEP),
        (f"<log><trace a='{'>' * 2 * TAG_BYTES_MAX}'/></log>", Damage.TOO_LONG_A_TAG),
    ],
)
def test_what_is_no_log_is_said_to_be_none(damaged: bytes | str, damage: Damage) -> None:
    assert damage_of(damaged) is damage


def test_what_stood_before_the_damage_is_read() -> None:
    document = log(trace("a"), trace("b"))[:-20]
    parts = read_log(pieces(BufferedReader(BytesIO(document))))
    first = next(parts)

    assert isinstance(first, LoggedCase)
    assert first.attributes["concept:name"] == "a"


@pytest.mark.parametrize("name", ["wabo.xes.gz", "wabo.xes", "wabo"])
def test_the_suffixes_are_no_part_of_a_logs_name(name: str) -> None:
    assert bare_name(Path("somewhere") / name) == "wabo"


def test_an_empty_value_says_nothing() -> None:
    (case,) = cases(
        '<log><trace><string key="concept:name" value=" "/><event><string key="a" value=""/>'
        '<string key="b"/><string key="c" value=" x "/></event></trace></log>'
    )

    assert case.attributes == {}
    assert case.empty == {"concept:name"}
    assert case.events[0].attributes == {"c": " x "}
    assert case.events[0].empty == {"a"}


def test_what_is_nested_is_not_taken_for_the_events_own() -> None:
    (case,) = cases(
        '<log><trace><event><string key="a" value="1"><string key="b" value="2"/></string>'
        '<list key="l"><values><string key="c" value="3"/></values></list></event></trace></log>'
    )

    assert case.events[0].attributes == {"a": "1"}


def test_an_attribute_that_says_two_things_is_marked() -> None:
    (case,) = cases(
        '<log><trace><int key="n" value="1"/><int key="n" value="2"/>'
        '<event><int key="m" value="1"/><int key="m" value="1"/></event></trace></log>'
    )

    assert case.twice == {"n"}
    assert case.events[0].twice == frozenset()


def test_attributes_of_a_case_may_follow_its_events() -> None:
    (case,) = cases('<log><trace><event/><string key="concept:name" value="7"/></trace></log>')

    assert (case.attributes, case.count) == ({"concept:name": "7"}, 1)


def test_prefixes_are_those_that_the_log_gives_its_elements_and_extensions() -> None:
    (case,) = cases(
        '<x:log xmlns:x="http://www.xes-standard.org/">'
        '<x:extension name="Concept" prefix="c" uri="http://www.xes-standard.org/concept.xesext"/>'
        '<x:trace><x:string key="c:name" value="7"/><x:event/></x:trace></x:log>'
    )

    assert (case.attributes, case.count) == ({"concept:name": "7"}, 1)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("GB2312", "gb2312"),
        ("gb18030", "gb18030"),
        ("utf8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
    ],
)
def test_a_log_in_the_encoding_that_it_names_is_read(declared: str, written: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?><log><trace>'
    document += '<string key="concept:name" value="办件"/></trace></log>'
    (case,) = cases(document.encode(written))

    assert case.attributes == {"concept:name": "办件"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<log><event/><trace/><event/></log>", [("event", 0), ("event", 1)]),
        ("<log><trace><trace><event/></trace></trace></log>", [("trace", 1), ("event", 1)]),
        ("<log><trace><event><event/></event></trace></log>", [("event", 1)]),
        (
            "<log><trace/><more><event/><trace/></more></log>",
            [("more", 1), ("event", 1), ("trace", 1)],
        ),
        ("<log><trace><note/><event><note/></event></trace></log>", [("note", 1), ("note", 1)]),
        ('<log><global scope="event"/><classifier/><int key="a"/><trace/></log>', []),
        ("<!-- c --><log><?pi?><!-- <event/> --><trace/></log>", []),
    ],
)
def test_what_stands_where_it_has_no_place_is_named(
    document: str, expected: list[tuple[str, int]]
) -> None:
    assert strays(document) == expected


def test_every_element_knows_its_line() -> None:
    document = "<log>" + "\n" * 70_000 + "<trace>\n<event/></trace>\n<event/></log>"
    stray, case = sorted(read(document), key=lambda one: -one.line)

    assert isinstance(case, LoggedCase)
    assert (stray.line, case.line, case.events[0].line) == (70_003, 70_001, 70_002)


def test_a_case_with_too_many_events_is_counted_and_the_next_one_read() -> None:
    large = "<trace>" + "<event/>" * (CASE_EVENTS_MAX + 1) + "</trace>"
    first, second = cases(f"<log>{large}<trace><event/></trace></log>")

    assert (first.too_large, first.count, first.events) == (True, CASE_EVENTS_MAX + 1, ())
    assert (second.too_large, second.count, len(second.events)) == (False, 1, 1)


@pytest.mark.parametrize("letter", ["n", "许", "é"])
def test_a_value_of_eleven_million_letters_harms_neither_its_event_nor_the_next(
    letter: str,
) -> None:
    long = letter * 11_000_000
    (case,) = cases(
        f'<log><trace><event><string key="a" value="{long}"/><string key="b" value="2"/></event>'
        "<event/></trace></log>"
    )

    assert case.count == 2
    assert case.events[0].attributes == {"a": letter * VALUE_CHARACTERS_MAX, "b": "2"}
