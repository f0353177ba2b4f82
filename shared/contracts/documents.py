"""JSON as strictly as a gateway must read it: one document, or a batch taken apart."""

import json
import math
import re
import sys
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.contracts.unreadable import Flaw, Unreadable

Document = dict[str, Any]

EVENT_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
DIGITS_MAX = 300

DETAIL_CHARACTERS_MAX = 200
"""What we say of a fault may quote the input, so it is cut."""

_BATCH = msgspec.json.Decoder(list[msgspec.Raw])

PIECE_BYTES = 256 * 1024
"""A batch is taken apart in pieces of so much work: a few milliseconds."""
STEP_BYTES = 256
"""What stopping at a bracket costs, in bytes that are only passed over."""

SPACE = b" \t\r\n"
_QUOTE, _COMMA, _NOTHING = b'",\0'
# Python 3.11 before 3.11.5 loses its place in a group that is possessive, so only classes are.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_AMONG_MEMBERS = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*", re.DOTALL)
_IN_A_MEMBER = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*", re.DOTALL)
_IN_A_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{]++|[\]}]++")


def parse(raw: bytes) -> Document:
    """
    Return the JSON object in *raw*; any doubt about what it says is a refusal.

    Raises:
        Unreadable: not UTF-8 JSON, no object, a name said twice, too deep, too
            large, or with a character or number that cannot be stored.
    """
    if len(raw) > EVENT_BYTES_MAX:
        raise Unreadable(Flaw.TOO_LARGE, "", f"more than {EVENT_BYTES_MAX} bytes")
    _refuse_mark(raw)
    plain = _is_plain(raw)
    if plain and (ours := _in_our_spelling(raw)) is not None:
        return ours
    try:
        document = _loaded(raw, _QUICK)
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


def batch_pieces(raw: bytes) -> Iterator[list[bytes]]:
    """
    Yield the members of the JSON array in *raw* as they come to their ends, unjudged.

    A member that is not JSON (NaN, ten thousand brackets) does not hide its
    neighbours, as long as brackets and quotation marks pair up.

    Nothing is decoded, so that whoever takes them may stop after any piece: the
    work behind each is bounded, whatever *raw* holds, and may have ended no member.
    What is one piece anyway, and JSON, is cut by a parser a good deal quicker.

    Raises:
        Unreadable: no array, or what does not pair up.
    """
    _refuse_mark(raw)
    if len(raw) <= PIECE_BYTES and (members := _cut_at_once(raw)) is not None:
        yield members
        return
    start = len(raw) - len(raw.lstrip(SPACE)) + 1
    if raw[start - 1 : start] != b"[":
        raise Unreadable(Flaw.NOT_JSON, "", "a batch is a JSON array of events")
    walk, ended, effort = _Walk(raw, start), [], 0
    while walk.depth:
        effort -= walk.at
        if walk.is_at_an_end():
            ended.append(raw[start : walk.at].strip(SPACE))
            start = walk.at = walk.at + 1
        effort += walk.at + STEP_BYTES
        if effort > PIECE_BYTES:
            yield ended
            ended, effort = [], 0
    if raw[start:].strip(SPACE):
        raise Unreadable(Flaw.NOT_JSON, "", "something follows the batch")
    yield [] if raw[: start - 1].strip(SPACE) == b"[" else ended


def _cut_at_once(raw: bytes) -> list[bytes] | None:
    """Return the members of *raw*, or None where it is no JSON and has to be walked through."""
    try:
        return [bytes(member) for member in _BATCH.decode(raw)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


@dataclass(slots=True)
class _Walk:
    """Where we are in a batch, and within how many brackets."""

    raw: bytes
    at: int
    depth: int = 1
    quoted: bool = False

    def is_at_an_end(self) -> bool:
        """Go on to the next mark, at most a piece further; tell whether it ends a member."""
        begun = self.at
        self.at = self._text().match(self.raw, begun, begun + PIECE_BYTES).end()  # type: ignore[union-attr] # it matches nothing, too
        mark = self.raw[self.at] if self.at < len(self.raw) else _NOTHING
        if mark == _QUOTE:
            self.quoted = not self.quoted
            self.at += 1
        elif not self.quoted and self._turns(mark):
            return True
        if self.at == begun:
            raise Unreadable(Flaw.NOT_JSON, "", "the brackets of the batch do not pair up")
        return False

    def _text(self) -> re.Pattern[bytes]:
        if self.quoted:
            return _IN_A_STRING
        return _AMONG_MEMBERS if self.depth == 1 else _IN_A_MEMBER

    def _turns(self, mark: int) -> bool:
        """Pass the brackets that stand here; tell whether a member ends, and stay where it does."""
        if mark == _COMMA:
            return self.depth == 1
        brackets = _BRACKETS.match(self.raw, self.at)
        if brackets is None:
            return False
        number = brackets.end() - self.at
        if mark in b"[{":
            self.depth += number
        elif number >= self.depth:
            self.at += self.depth - 1
            self.depth = 0
            return True
        else:
            self.depth -= number
        self.at = brackets.end()
        return False


def _refuse_mark(raw: bytes) -> None:
    if raw.startswith(BOM_UTF8):
        raise Unreadable(Flaw.NOT_JSON, "", "a byte order mark stands before the JSON")


def _in_our_spelling(raw: bytes) -> Document | None:
    """Return the object in *raw* if `write` would write just that: then no name is said twice."""
    digits = len(raw) - len(raw.translate(None, b"0123456789"))
    if digits > DIGITS_MAX or b'": ' in raw:
        return None
    try:
        document = msgspec.json.decode(raw)
        is_ours = isinstance(document, dict) and write(document) == raw
    except (msgspec.MsgspecError, ValueError, OverflowError):
        return None
    return document if is_ours else None


def _loaded(raw: bytes, decoder: json.JSONDecoder) -> object:
    try:
        return decoder.decode(raw.decode("utf-8"))
    except RecursionError:
        raise Unreadable(Flaw.TOO_DEEP, "", f"more than {DEPTH_MAX} levels") from None
    except ValueError as fault:
        raise Unreadable(Flaw.NOT_JSON, "", str(fault)[:DETAIL_CHARACTERS_MAX]) from None


def _once_each(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise Unreadable(Flaw.DUPLICATE_KEY, printable(twice), "said twice")
    return document


def _no_number(text: str) -> None:
    raise Unreadable(Flaw.NOT_JSON, "", f"{text} is not JSON")


class _LargeNumber(Exception):
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
    if found := forbidden_in(text):
        raise Unreadable(Flaw.FORBIDDEN_CHARACTER, printable(path), found)


def forbidden_in(text: str) -> str:
    """Return what stands in *text* that no store and no reader of ours can hold; mostly nothing."""
    if "\0" in text:
        return "NUL"
    if not text.isascii() and any("\ud800" <= mark <= "\udfff" for mark in text):
        return "half of a surrogate pair"
    return ""


def printable(text: str) -> str:
    """Return *text* as it may stand in a log or a header, cut to a bounded length."""
    return text.encode("ascii", "backslashreplace").decode()[:DETAIL_CHARACTERS_MAX]
