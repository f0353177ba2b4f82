"""Requests that nobody means well with: bodies, headers, addresses, and connections that wait."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from tests.support.hostile.mutation import WORDS, mutated

TOKEN = Callable[[Role], Mapping[str, str]]
ANSWER_SECONDS_MAX = 30.0
HELD_MAX = 200

COMMANDS: Sequence[tuple[str, Role, str]] = (
    ("intake", Role.WINDOW_CLERK, "/v1/cases"),
    ("intake", Role.WINDOW_CLERK, "/v1/cases/{name}/acceptance"),
    ("intake", Role.HANDLER, "/v1/cases/{name}/holds"),
    ("intake", Role.APPROVER, "/v1/cases/{name}/decision"),
    ("intake", Role.HANDLER, "/v1/inspections"),
    ("intake", Role.SECRETARIAT, "/v1/meetings"),
    ("assist", Role.WINDOW_CLERK, "/v1/tasks"),
    ("assist", Role.ASSIST_AGENT, "/v1/tasks/{name}/steps"),
    ("review", Role.REVIEW_DESK, "/v1/ratings"),
    ("review", Role.REVIEW_DESK, "/v1/rectifications/{name}/contacts"),
)
ADDRESSES: Sequence[str] = (
    "/v1/cases",
    "/v1/cases/{word}",
    "/v1/cases/{word}/timeline",
    "/v1/cases/{word}/clocks",
    "/v1/kpis",
    "/v1/kpis/{word}",
    "/v1/kpis/K01.1/cases",
    "/v1/alerts",
    "/v1/alerts/{word}",
    "/v1/freshness",
    "/{word}",
)
QUESTIONS: Sequence[str] = (
    "cursor", "rows", "due", "from", "to", "since", "phase", "level", "item", "window", "state",
)  # fmt: skip
HEADERS: Sequence[str] = ("accept-language", "traceparent", "last-event-id", "cookie", "origin")
POST = b"POST /v1/events HTTP/1.1\r\nhost: x\r\n"
HEADS: Sequence[bytes] = (
    b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n" * 50,
    b"GET / HTTP/9.9\r\n\r\n",
    POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
    POST + b"content-length: -1\r\n\r\n",
    POST + b"transfer-encoding: chunked\r\n\r\nffffffffff\r\n",
    b"GET /" + b"a" * 100_000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 1_000,
)
BEGINNINGS: Sequence[bytes] = (
    b"",
    b"POST /v1/ev",
    POST,
    POST + b"content-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
)
"""What a connection says that then goes silent."""


@dataclass
class RequestSender:
    """Asks every service strange things, and keeps each answer that is our fault."""

    client: httpx2.AsyncClient
    addresses: Mapping[str, str]
    token: TOKEN
    faults: list[str] = field(default_factory=list)
    held: list[asyncio.StreamWriter] = field(default_factory=list)

    async def attack(self, event: dict[str, Any], chance: Random) -> None:
        """Send one strange request; *event* is what a well-meant one would bring."""
        ways = (self._publish, self._publish, self._command, self._read, self._read, self._raw)
        way = chance.choice((*ways, self._batch, self._silent))
        # Who hangs up on nonsense is right; who is away is missed by the well-meant ones.
        with suppress(httpx2.TransportError, OSError):
            await way(event, chance)

    async def let_go(self) -> None:
        """Close what was held open."""
        for writer in self.held:
            writer.close()
        self.held.clear()

    async def _publish(self, event: dict[str, Any], chance: Random) -> None:
        kinds = ("cloudevents+json", "json", "cloudevents+json; charset=x", "vnd.x+json")
        headers = {"content-type": f"application/{chance.choice(kinds)}"}
        if chance.random() < 0.4:
            named = {name: text for name, text in event.items() if name != "data"}
            headers |= {f"ce-{name}": _header(value) for name, value in named.items()}
            headers[f"ce-{chance.choice(list(named))}"] = _header(chance.choice(WORDS))
        path = chance.choice(("/v1/events", "/v1/events/validate"))
        await self._post("intake", path, Role.PUBLISHER, mutated(event, chance), headers)

    async def _batch(self, event: dict[str, Any], chance: Random) -> None:
        members = [mutated({**event, "id": SystemIds().new()}, chance) for _ in range(20)]
        raw = b"[" + b",".join(members) + b"]"
        headers = {"content-type": "application/cloudevents-batch+json"}
        await self._post("intake", "/v1/events", Role.PUBLISHER, raw, headers)

    async def _command(self, event: dict[str, Any], chance: Random) -> None:
        service, role, path = chance.choice(COMMANDS)
        name = _quoted(chance.choice(WORDS))
        words = {**event["data"], "note": chance.choice(WORDS)}
        headers = {"content-type": "application/json", "idempotency-key": SystemIds().new()}
        await self._post(service, path.format(name=name), role, mutated(words, chance), headers)

    async def _read(self, _event: dict[str, Any], chance: Random) -> None:
        word = _quoted(chance.choice(WORDS))
        asked = {name: _asked(chance) for name in chance.choices(QUESTIONS, k=2)}
        headers = {chance.choice(HEADERS): _header(chance.choice(WORDS))}
        path = chance.choice(ADDRESSES).format(word=word)
        url = f"{self.addresses['metrics']}{path}?{'&'.join(f'{n}={v}' for n, v in asked.items())}"
        sent = _headers({**self.token(Role.SUPERVISOR), **headers})
        answer = await self.client.get(url, headers=sent)
        self._judge(f"GET {url}", answer.status_code)

    async def _raw(self, _event: dict[str, Any], chance: Random) -> None:
        head = chance.choice(HEADS)
        reader, writer = await self._connect(chance)
        with suppress(ConnectionError, TimeoutError):
            writer.write(head)
            await writer.drain()
            writer.write_eof()
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                told = await reader.read(64)
            if told.startswith(b"HTTP/1.1 "):
                self._judge(f"raw {head[:60]!r}", int(told[9:12]))
        writer.close()

    async def _silent(self, _event: dict[str, Any], chance: Random) -> None:
        """Leave connections behind that say no more."""
        for _ in range(min(20, HELD_MAX - len(self.held))):
            _, writer = await self._connect(chance)
            writer.write(chance.choice(BEGINNINGS))
            self.held.append(writer)

    async def _connect(self, chance: Random) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = urlsplit(chance.choice(list(self.addresses.values())))
        return await asyncio.open_connection(address.hostname, address.port)

    async def _post(
        self, service: str, path: str, role: Role, body: bytes, headers: Mapping[str, str]
    ) -> None:
        answer = await self.client.post(
            f"{self.addresses[service]}{path}",
            content=body,
            headers=_headers({**self.token(role), **headers}),
        )
        self._judge(f"POST {service}{path} {dict(headers)} {body[:2_000]!r}", answer.status_code)

    def _judge(self, asked: str, status: int) -> None:
        if status >= 500:
            self.faults.append(f"{status}: {asked}")


def _asked(chance: Random) -> str:
    """Return a value for a question: a word, or what a cursor of ours could look like."""
    words = [chance.choice(WORDS), chance.choice(("9999-12-31T23:59:59Z", "x", -1))]
    cursor = base64.urlsafe_b64encode(json.dumps(words).encode()).decode().rstrip("=")
    return _quoted(chance.choice((cursor[:4_000], words[0], words[1])))


def _headers(told: Mapping[str, str]) -> httpx2.Headers:
    return httpx2.Headers(told, encoding="utf-8")


def _quoted(word: object) -> str:
    return quote(f"{word}"[:4_000], safe="", errors="replace")


def _header(word: object) -> str:
    """Return *word* as a header can hold it."""
    return "".join(mark for mark in f"{word}" if mark.isprintable())[:1_000].strip()
