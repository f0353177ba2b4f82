"""`casetrack publish`: somebody's events, one JSON document a line, through either door."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.command.database import kafka_of
from deploy.command.ending import Interrupted
from deploy.command.gateway import delivery_as
from deploy.command.lines import NumberedLines
from deploy.command.output import DIFFERS, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.delivery import Delivery, Verdict
from deploy.faults import Fault, ServerDistrusted, ServerUnreachable
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from shared.contracts.envelope import Event
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import INBOX, encode, inbox_of
from shared.contracts.unreadable import Unreadable
from shared.kafka.access import access_to
from shared.kafka.port import Record, SendRefused, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings
from shared.web.issuer import DEFAULT_PUBLISHER

LINES_AT_ONCE = 100
PATIENCE_SECONDS = 30.0
SENT = "sent"
"""On Kafka nobody answers: what is refused there comes back as a dead letter."""

STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)


class Entrance(StrEnum):
    """Where events are handed in."""

    HTTP = "http"
    KAFKA = "kafka"


class PublishInterrupted(Interrupted):
    """Somebody has interrupted the run between two lines of the file."""

    code = "publish.interrupted"


class KafkaUnreachable(ServerUnreachable):
    """No broker took the events."""

    code = "publish.kafka_unreachable"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One event of the file, as far as it can be read."""

    number: int
    event: Event


@dataclass(slots=True)
class Counts:
    """What became of the lines so far."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    sent: int = 0
    rejections: list[dict[str, object]] = field(default_factory=list)
    line: int = 0
    """The last whose verdict is known."""
    read: int = 0
    """The last that was read."""

    def note(self, number: int, verdict: Verdict) -> None:
        setattr(self, verdict.status, getattr(self, verdict.status) + 1)
        if verdict.code is not None:
            why = {"id": verdict.id, "code": verdict.code, "field": verdict.field}
            self.rejections.append({"line": number, **why, "detail": verdict.detail})

    def counts(self) -> dict[str, int]:
        counted = {"accepted": self.accepted, "duplicate": self.duplicate}
        return {**counted, "rejected": self.rejected, "sent": self.sent}

    def document(self) -> dict[str, object]:
        return {**self.counts(), "rejections": self.rejections}

    def told(self) -> str:
        """Return the counts in words; nothing where there is nothing to count."""
        shown = [
            say(f"publish.{name}", count=count) for name, count in self.counts().items() if count
        ]
        return " · ".join(shown)


Send = Callable[[Sequence[FileLine]], Coroutine[Any, Any, Sequence[Verdict]]]

FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE|-", help=say("publish.file")),
]
ViaOption = Annotated[Entrance, typer.Option("--via", help=say("publish.via"))]
NameOption = Annotated[str, typer.Option("--name", help=say("publish.name"))]
GatewayOption = Annotated[str, typer.Option("--gateway", help=say("import.gateway"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("publish.help"))(publish)


def publish(
    file: FileArgument,
    *,
    via: ViaOption = Entrance.HTTP,
    name: NameOption = DEFAULT_PUBLISHER,
    gateway: GatewayOption = "",
    as_json: JsonOption = False,
) -> None:
    outcome, settings = Counts(), load_settings(LocalSettings)
    with NumberedLines.of(file) as lines, _standing(lines, outcome):
        _publish(lines, outcome, settings, (via, name, gateway))
    if as_json:
        print_json(outcome.document())
    else:
        _show(outcome)
    if outcome.rejected:
        raise typer.Exit(DIFFERS)


@contextmanager
def _standing(lines: NumberedLines, outcome: Counts) -> Iterator[None]:
    """Say of a run that does not come to its end how far it came, and that it may be repeated."""
    try:
        yield
    except KeyboardInterrupt:
        raise PublishInterrupted(**_stand(lines, outcome)) from None
    except Fault as fault:
        stand = _stand(lines, outcome)
        fault.values |= {name: str(value) for name, value in stand.items()}
        err.print(say("publish.stopped", **stand))
        raise


def _stand(lines: NumberedLines, outcome: Counts) -> dict[str, object]:
    left = lines.left()
    of = "?" if left is None else outcome.read + left
    told = outcome.told() or say("publish.nothing")
    return {"line": outcome.line, "of": of, "told": told, **outcome.counts()}


def _publish(
    lines: NumberedLines, outcome: Counts, settings: LocalSettings, way: tuple[Entrance, str, str]
) -> None:
    """Send what can be read, batch by batch, and note the verdicts."""
    # Lines are read while no loop runs: a pipe that says nothing can then be left by Ctrl-C.
    with (
        asyncio.Runner() as runner,
        ProgressBar(say("publish.progress"), err, SystemClock()) as bar,
    ):
        opened = AsyncExitStack()
        send = runner.run(_open(opened, settings, way))
        try:
            readable = _readable(lines, outcome)
            while batch := list(islice(readable, LINES_AT_ONCE)):
                for line, verdict in zip(batch, runner.run(send(batch)), strict=True):
                    outcome.note(line.number, verdict)
                outcome.line = batch[-1].number
                bar.advance(len(batch), lines.reached)
        finally:
            runner.run(opened.aclose())


async def _open(
    opened: AsyncExitStack, settings: LocalSettings, way: tuple[Entrance, str, str]
) -> Send:
    via, name, gateway = way
    if via is Entrance.KAFKA:
        kafka = access_to(kafka_of(settings))
        # Where the broker asks nobody, nobody has an inbox of its own.
        inbox = inbox_of(name) if kafka.knows_us else INBOX
        return _over_kafka(await opened.enter_async_context(KafkaProducer(kafka)), inbox)
    delivery = delivery_as(
        name, settings, address=gateway, connections=1, patience_seconds=PATIENCE_SECONDS
    )
    return _over_http(await opened.enter_async_context(delivery))


def _readable(lines: NumberedLines, outcome: Counts) -> Iterator[FileLine]:
    """Yield what can be read; the rest is rejected here as the gateway would reject it."""
    for number, raw in lines:
        outcome.read = number
        try:
            yield FileLine(number, read_foreign(raw))
        except Unreadable as fault:
            unread = Verdict(
                status="rejected", code=str(fault.code), field=fault.field, detail=fault.detail
            )
            outcome.note(number, unread)


def _over_http(delivery: Delivery) -> Send:
    async def send(lines: Sequence[FileLine]) -> Sequence[Verdict]:
        return await delivery.send([encode(line.event) for line in lines])

    return send


def _over_kafka(producer: KafkaProducer, inbox: str) -> Send:
    async def send(lines: Sequence[FileLine]) -> Sequence[Verdict]:
        records = [
            Record(inbox, line.event.partitionkey.encode(), encode(line.event), STRUCTURED)
            for line in lines
        ]
        try:
            await producer.send(records)
        except (SendRefused, SendUnknown) as fault:
            known = unreachable("Kafka", fault)
            if isinstance(known, ServerDistrusted):
                raise known from fault
            raise KafkaUnreachable(server=inbox, reason=fault) from fault
        return [Verdict(id=line.event.id, status=SENT) for line in lines]

    return send


def _show(outcome: Counts) -> None:
    for why in outcome.rejections:
        told = " · ".join(str(value) for name, value in why.items() if value and name != "line")
        out.print("  ✗ " + say("publish.line", number=why["line"]) + f" {told}")
    out.print(outcome.told() or say("publish.nothing"))
