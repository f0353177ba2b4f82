"""What broken, hostile and merely foreign senders make of a good document, by seeded chance."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

WORDS: Sequence[Any] = (
    None,
    True,
    0,
    -1,
    1e15,
    10**400,
    "",
    " ",
    "0",
    "20260302",
    "0001-01-01",
    "1900-01-01",
    "9999-12-31",
    "2026-03-02T09:00+08:00",
    "2026-03-02T23:59:59.9999999+08:00",
    "0001-01-01T00:00:00+08:00",
    "9999-12-31T23:59:60Z",
    "nul\0",
    "half \ud83d",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x9b31m",
    "\u202etxt.exe",
    "[link=http://127.0.0.1:1]x[/]",
    "'; DROP TABLE events; --",
    "🙂" * 300,
    "n" * 70_000,
    [],
    {},
    [[[[[[[[[[]]]]]]]]]],
)
"""Values that some reader, store, bus or terminal has stumbled over."""

MARKS: Sequence[bytes] = (
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\\u0000",
    b"\\ud800",
    b'"',
    b"{",
    b"]",
    b",",
    b"1e400",
    b"NaN",
    b"\x1b[2J",
    b"[" * 200,
)
"""Bytes to put somewhere."""


def mutated(document: dict[str, Any], chance: Random) -> bytes:
    """Return *document* with one to three things wrong or strange, as bytes on their way."""
    changed = json.loads(json.dumps(document))
    for _ in range(chance.randint(1, 3)):
        _change_member(changed, chance)
    raw = json.dumps(changed, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return chance.choice(BREAKS)(raw, chance) if chance.random() < 0.4 else raw


def _change_member(document: dict[str, Any], chance: Random) -> None:
    """Change one member of *document*, at any depth; its identity stays what it is."""
    place: Any = document
    while True:
        names = [name for name in place if name not in ("id", "source")]
        if not names:
            return
        name = chance.choice(names)
        if isinstance(place[name], dict) and place[name] and chance.random() < 0.8:
            place = place[name]
            continue
        chance.choice(CHANGES)(place, name, chance)
        return


def _replaced(place: dict[str, Any], name: str, chance: Random) -> None:
    place[name] = chance.choice(WORDS)


def _left_out(place: dict[str, Any], name: str, _chance: Random) -> None:
    del place[name]


def _renamed(place: dict[str, Any], name: str, chance: Random) -> None:
    place[name.swapcase() if chance.random() < 0.5 else f"{name}x"] = place.pop(name)


def _added(place: dict[str, Any], name: str, chance: Random) -> None:
    place[f"{name}extra"] = chance.choice(WORDS)


CHANGES: Sequence[Callable[[dict[str, Any], str, Random], None]] = (
    _replaced,
    _replaced,
    _left_out,
    _renamed,
    _added,
)


def _cut(raw: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def _flipped(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]


def _marked(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + chance.choice(MARKS) + raw[at:]


def _doubled(raw: bytes, chance: Random) -> bytes:
    start, end = sorted((chance.randrange(len(raw)), chance.randrange(len(raw))))
    return raw[:end] + raw[start:end] + raw[end:]


def _emptied(_raw: bytes, _chance: Random) -> bytes:
    return b""


BREAKS: Sequence[Callable[[bytes, Random], bytes]] = (_cut, _flipped, _marked, _doubled, _emptied)
