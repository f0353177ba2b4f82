"""JSON as strictly as a gateway must read it: one document, or a batch taken apart."""

import json
import math
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from shared.contracts.unreadable import Flaw, Unreadable

Document = dict[str, Any]

EVENT_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
DIGITS_MAX = 300

DETAIL_CHARACTERS_MAX = 200
"""What we say of a fault may quote the input, so it is cut."""

_SPLIT = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},]', re.DOTALL)
_BATCH = msgspec.json.Decoder(list[msgspec.Raw])


def parse(raw: bytes) -> Document:
    """
    Return the JSON object in *raw*; any doubt about what it says is a refusal.

    Raises:
        Unreadable: not UTF-8 JSON, no object, a name said twice, too deep, too
            large, or with a character or number that cannot be stored.
    """
    if len(raw) > EVENT_BYTES_MAX:
        raise Unreadable(Flaw.TOO_LARGE, "", f"more than {EVENT_BYTES_MAX} bytes")
    try:
        document, plain = _loaded(raw, _QUICK), _is_plain(raw)
    except _LargeNumber:
        document, plain = _loaded(raw, _PATIENT), False
    if not isinstance(document, dict):
        raise Unreadable(Flaw.NOT_AN_OBJECT, "", f"a JSON {type(document).__name__}")
    if not plain:
        _survey(document)
    return document


def write(document: Document) -> bytes:
    """Return *document* as compact UTF-8 JSON, Chinese unescaped."""
    return msgspec.json.encode(document)


def split_batch(raw: bytes) -> list[bytes]:
    """
    Return the members of the JSON array in *raw*, each as its own bytes, unjudged.

    A member that is not JSON (NaN, ten thousand brackets) does not hide its
    neighbours, as long as brackets and quotation marks pair up.
    """
    try:
        return [bytes(member) for member in _BATCH.decode(raw)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return list(_slices(raw.strip()))


def _slices(raw: bytes) -> Iterator[bytes]:
    if not (raw.startswith(b"[") and raw.endswith(b"]")):
        raise Unreadable(Flaw.NOT_JSON, "", "a batch is a JSON array of events")
    depth, start = 0, 1
    for mark in _SPLIT.finditer(raw):
        depth += (mark[0] in b"[{") - (mark[0] in b"]}")
        ends = depth == 0 or (depth == 1 and mark[0] == b",")
        if ends:
            yield raw[start : mark.start()].strip()
            start = mark.end()
        if depth == 0:
            break
    if depth or start != len(raw):
        raise Unreadable(Flaw.NOT_JSON, "", "the brackets of the batch do not pair up")


def _loaded(raw: bytes, decoder: json.JSONDecoder) -> object:
    try:
        return decoder.decode(raw.decode("utf-8"))
    except RecursionError:
        raise Unreadable(Flaw.TOO_DEEP, "", f"more than {DEPTH_MAX} levels") from None
    except ValueError as fault:
        raise Unreadable(Flaw.NOT_JSON, "", str(fault)[:DETAIL_CHARACTERS_MAX]) from None


def _once_each(pairs: Iterable[tuple[str, Any]]) -> Document:
    document: Document = {}
    for name, value in pairs:
        if name in document:
            raise Unreadable(Flaw.DUPLICATE_KEY, printable(name), "said twice")
        document[name] = value
    return document


def _no_number(text: str) -> None:
    raise Unreadable(Flaw.NOT_JSON, "", f"{text} is not JSON")


class _LargeNumber(Exception):  # noqa: N818 - never leaves this module
    """A number that the survey has to look at."""


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX:
        raise _LargeNumber
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _LargeNumber
    return number


_PATIENT = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_no_number)
_QUICK = json.JSONDecoder(
    object_pairs_hook=_once_each,
    parse_constant=_no_number,
    parse_int=_integer,
    parse_float=_fraction,
)


def _is_plain(raw: bytes) -> bool:
    """
    Whether *raw*, which is JSON without a large number, is nothing for the survey.

    Without an escape there is no NUL and no half of a surrogate pair, and few
    brackets are not deep. A survey costs as much as all other reading together.
    """
    return raw.count(b"{") + raw.count(b"[") <= DEPTH_MAX and b"\\u" not in raw


def _survey(document: Document) -> None:
    """Refuse what JSON allows and a store or a reader of ours cannot hold."""
    waiting: list[tuple[str, Any, int]] = [("", document, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        match value:
            case str():
                _storable(path, value)
            case dict() | list() if depth > DEPTH_MAX:
                raise Unreadable(Flaw.TOO_DEEP, path, f"more than {DEPTH_MAX} levels")
            case dict():
                for name, member in value.items():
                    _storable(path, name)
                    waiting.append((f"{path}.{name}" if path else name, member, depth + 1))
            case list():
                waiting.extend((f"{path}.{i}", member, depth + 1) for i, member in enumerate(value))
            case int() | float() if _is_beyond_readers(value):
                raise Unreadable(Flaw.INVALID_DATA, path, "a number that no reader can hold")


def _is_beyond_readers(value: float) -> bool:
    return not -sys.float_info.max <= value <= sys.float_info.max


def _storable(path: str, text: str) -> None:
    if "\0" in text:
        raise Unreadable(Flaw.FORBIDDEN_CHARACTER, printable(path), "NUL")
    if not text.isascii() and any("\ud800" <= mark <= "\udfff" for mark in text):
        raise Unreadable(Flaw.FORBIDDEN_CHARACTER, printable(path), "half of a surrogate pair")


def printable(text: str) -> str:
    """Return *text* as it may stand in a log or a header, cut to a bounded length."""
    return text.encode("ascii", "backslashreplace").decode()[:DETAIL_CHARACTERS_MAX]
