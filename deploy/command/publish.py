"""`casetrack publish`: somebody's events, one JSON document a line, through either door."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from deploy.command.database import kafka_of
from deploy.command.delivery import Delivery, Verdict
from deploy.command.gateway import delivery_as
from deploy.command.output import DIFFERS, out, print_json
from deploy.command.stack import Json
from deploy.command.texts import say
from deploy.local.faults import ServerUnreachable
from deploy.local.settings import LocalSettings
from shared.contracts.envelope import Event
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import INBOX, encode
from shared.contracts.unreadable import Unreadable
from shared.kafka.port import Record, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.runtime.issuer import DEFAULT_PUBLISHER
from shared.runtime.settings import load_settings

LINES_AT_ONCE = 100
PATIENCE_SECONDS = 30.0
SENT = "sent"
"""On Kafka nobody answers: what is refused there comes back as a dead letter."""

STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)


class Door(StrEnum):
    """Where events are handed in."""

    HTTP = "http"
    KAFKA = "kafka"


class KafkaUnreachable(ServerUnreachable):
    """No broker took the events."""

    code = "publish.kafka_unreachable"


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the file, as far as it can be read."""

    number: int
    event: Event


@dataclass(slots=True)
class Outcome:
    """What became of the lines so far."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    sent: int = 0
    rejections: list[dict[str, object]] = field(default_factory=list)

    def note(self, number: int, verdict: Verdict) -> None:
        setattr(self, verdict.status, getattr(self, verdict.status) + 1)
        if verdict.code is not None:
            why = {"id": verdict.id, "code": verdict.code, "field": verdict.field}
            self.rejections.append({"line": number, **why, "detail": verdict.detail})


Send = Callable[[Sequence[Line]], Awaitable[Sequence[Verdict]]]

File = Annotated[
    Path,
    typer.Argument(metavar="FILE|-", help=say("publish.file")),
]
Via = Annotated[Door, typer.Option("--via", help=say("publish.via"))]
Name = Annotated[str, typer.Option("--name", help=say("publish.name"))]
Gateway = Annotated[str, typer.Option("--gateway", help=say("import.gateway"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("publish.help"))(publish)


def publish(
    file: File,
    *,
    via: Via = Door.HTTP,
    name: Name = DEFAULT_PUBLISHER,
    gateway: Gateway = "",
    as_json: Json = False,
) -> None:
    outcome, settings = Outcome(), load_settings(LocalSettings)
    with _opened(file) as opened:
        asyncio.run(_publish(opened, outcome, settings, (via, name, gateway)))
    if as_json:
        print_json(asdict(outcome))
    else:
        _show(outcome)
    if outcome.rejected:
        raise typer.Exit(DIFFERS)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if file == Path("-"):
        yield sys.stdin.buffer
        return
    if not file.is_file():
        raise typer.BadParameter(say("publish.no_file", file=file), param_hint="FILE")
    with file.open("rb") as opened:
        yield opened


async def _publish(
    opened: BinaryIO, outcome: Outcome, settings: LocalSettings, way: tuple[Door, str, str]
) -> None:
    via, name, gateway = way
    async with AsyncExitStack() as stack:
        if via is Door.HTTP:
            delivery = delivery_as(
                name, settings, address=gateway, connections=1, patience_seconds=PATIENCE_SECONDS
            )
            send = _over_http(await stack.enter_async_context(delivery))
        else:
            send = _over_kafka(await stack.enter_async_context(KafkaProducer(kafka_of(settings))))
        lines = _readable(opened, outcome)
        while batch := list(islice(lines, LINES_AT_ONCE)):
            for line, verdict in zip(batch, await send(batch), strict=True):
                outcome.note(line.number, verdict)


def _readable(opened: Iterable[bytes], outcome: Outcome) -> Iterator[Line]:
    """Yield what can be read; the rest is rejected here as the gateway would reject it."""
    for number, raw in enumerate(opened, start=1):
        if not raw.strip():
            continue
        try:
            yield Line(number, read_foreign(raw))
        except Unreadable as fault:
            unread = Verdict(
                status="rejected", code=str(fault.code), field=fault.field, detail=fault.detail
            )
            outcome.note(number, unread)


def _over_http(delivery: Delivery) -> Send:
    async def send(lines: Sequence[Line]) -> Sequence[Verdict]:
        return await delivery.send([encode(line.event) for line in lines])

    return send


def _over_kafka(producer: KafkaProducer) -> Send:
    async def send(lines: Sequence[Line]) -> Sequence[Verdict]:
        records = [
            Record(INBOX, line.event.partitionkey.encode(), encode(line.event), STRUCTURED)
            for line in lines
        ]
        try:
            await producer.send(records)
        except SendUnknown as fault:
            raise KafkaUnreachable(server=INBOX, reason=fault) from fault
        return [Verdict(id=line.event.id, status=SENT) for line in lines]

    return send


def _show(outcome: Outcome) -> None:
    for why in outcome.rejections:
        told = " · ".join(str(value) for name, value in why.items() if value and name != "line")
        out.print("  ✗ " + say("publish.line", number=why["line"]) + f" {told}")
    counts = asdict(outcome)
    shown = [name for name in ("accepted", "duplicate", "rejected", "sent") if counts[name]]
    words = [say(f"publish.{name}", count=counts[name]) for name in shown]
    out.print(" · ".join(words) or say("publish.nothing"))
