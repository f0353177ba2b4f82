"""Receivers of deliveries, written from the vendors' descriptions, each over TLS on a port."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.support.certificates import LOOPBACK, Authority
from tests.support.ports import free_port

TOKEN, ROBOT_SECRET = "a-token", "SEC-of-a-robot"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four byte").decode()
MINUTE = 60


def signed(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


@dataclass
class Vendor:
    """One receiver; *moods* says how it answers next, and well where it says nothing."""

    kind: str
    now: Callable[[], datetime]
    port: int = field(default_factory=free_port)
    received: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: int = 0
    _accepted_at: list[datetime] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}" + ("/hear" if self.kind == "webhook" else "")

    async def open(self, trust: ssl.SSLContext | None) -> None:
        app = web.Application()
        app.router.add_post("/{tail:.*}", self.answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=trust).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        body = await request.read()
        mood = self.moods.pop(0) if self.moods else ""
        if mood == "hang":
            await asyncio.sleep(30)
        if mood.isdigit():
            return web.Response(status=int(mood), headers={"location": "https://127.0.0.1/"})
        if mood == "chatter":
            return web.Response(body=b" " * 100_000)
        judge: Callable[[web.Request, bytes], tuple[int, str]] = getattr(self, f"_{self.kind}")
        code, said = judge(request, body)
        if said:
            self.refused.append(said)
        else:
            document = json.loads(body)
            self.received.append(document)
            self.keys.append(request.headers.get("webhook-id", ""))
            self._accepted_at.append(self.now())
        if self.kind == "webhook":
            return web.Response(status=code)
        name = "code" if self.kind == "feishu" else "errcode"
        return web.json_response({name: code, "errmsg": said or "ok"})

    def _too_many(self, per_minute: int) -> bool:
        now = self.now()
        fresh = [one for one in self._accepted_at if (now - one).total_seconds() < MINUTE]
        return len(fresh) >= per_minute

    def _webhook(self, request: web.Request, body: bytes) -> tuple[int, str]:
        told = request.headers
        key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
        message = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
        if f"v1,{signed(key, message)}" not in told["webhook-signature"].split():
            return 401, "signature"
        late = abs(self.now().timestamp() - int(told["webhook-timestamp"]))
        return (401, "timestamp") if late > 5 * MINUTE else (204, "")

    def _wecom(self, request: web.Request, body: bytes) -> tuple[int, str]:
        if request.path != "/cgi-bin/webhook/send" or request.query.get("key") != TOKEN:
            return 93000, "invalid webhook url"
        content = json.loads(body)["markdown"]["content"]
        if len(content.encode()) > 4096:
            return 40058, "markdown.content exceed max length 4096"
        return (45009, "api freq out of limit") if self._too_many(20) else (0, "")

    def _dingtalk(self, request: web.Request, body: bytes) -> tuple[int, str]:
        query = request.query
        if request.path != "/robot/send" or query.get("access_token") != TOKEN:
            return 300001, "token is not exist"
        stamp = query.get("timestamp", "0")
        expected = signed(ROBOT_SECRET.encode(), f"{stamp}\n{ROBOT_SECRET}".encode())
        late = abs(self.now().timestamp() * 1000 - int(stamp))
        if query.get("sign") != expected or late > 3_600_000:
            return 310000, "sign not match"
        json.loads(body)["markdown"]["title"]
        return (130101, "send too fast") if self._too_many(20) else (0, "")

    def _feishu(self, request: web.Request, body: bytes) -> tuple[int, str]:
        document = json.loads(body)
        if request.path != f"/open-apis/bot/v2/hook/{TOKEN}":
            return 19001, "param invalid: incoming webhook access token invalid"
        key = f"{document.get('timestamp')}\n{ROBOT_SECRET}".encode()
        if document.get("sign") != signed(key, b""):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        if len(body) > 20_480:
            return 9499, "Bad Request"
        document["card"]["elements"][0]["content"]
        return (11232, "frequency limited psm") if self._too_many(100) else (0, "")


@dataclass
class Mailbox:
    """A mail server over TLS, that takes letters from whoever has the password."""

    port: int = field(default_factory=free_port)
    letters: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    starttls: ssl.SSLContext | None = None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves."""
        try:
            if self.moods and self.moods[0] == "hang":
                self.moods.pop(0)
                await reader.read()
                return
            await _say(writer, "220 mail.test ESMTP")
            while line := (await reader.readline()).decode().strip():
                await self._answer(line, reader, writer)
        finally:
            writer.close()

    async def _answer(
        self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        word = line.split(" ", maxsplit=1)[0].upper()
        match word:
            case "EHLO":
                await _say(writer, "250-mail.test", "250-STARTTLS", "250 AUTH PLAIN")
            case "STARTTLS" if self.starttls is not None:
                await _say(writer, "220 go on")
                await writer.start_tls(self.starttls)
            case "AUTH":
                given = base64.b64decode(line.rsplit(maxsplit=1)[-1]).split(b"\0")[1:]
                right = given == [b"casetrack", b"a-password"]
                await _say(writer, "235 welcome" if right else "535 who are you")
            case "MAIL":
                await _say(writer, self.moods.pop(0) if self.moods else "250 fine")
            case "DATA":
                await _say(writer, "354 go on")
                self.letters.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                await _say(writer, "250 taken")
            case "QUIT":
                await _say(writer, "221 bye")
            case _:
                await _say(writer, "250 fine")


async def _say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


def tls(folder: Path, name: str = "vendor", ended: timedelta | None = None) -> ssl.SSLContext:
    """Return what a server of the authority in *folder* shows; `authority.pem` vouches for it."""
    issued = Authority(folder).issue(name, LOOPBACK, ended=ended)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    return context


@asynccontextmanager
async def mailbox(trust: ssl.SSLContext, *, starttls: bool = False) -> AsyncIterator[Mailbox]:
    """Give a mail server."""
    box = Mailbox(starttls=trust if starttls else None)
    server = await asyncio.start_server(
        box.talk, "127.0.0.1", box.port, ssl=None if starttls else trust
    )
    async with server:
        yield box
