"""`casetrack dlq`: what was refused on Kafka, why, and sending it again."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from aiokafka.errors import KafkaError

from deploy.command.database import kafka_of
from deploy.command.output import out, print_bytes, print_json
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.faults import Fault
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from shared.kafka.access import Broker
from shared.kafka.dead_letter_box import DeadLetterBox, NoSuchLetter, NoSuchTopic
from shared.kafka.dead_letters import Cut, DeadLetter, LetterCut, LetterUnrecorded
from shared.kafka.port import SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.policy.calendar import ZONE
from shared.runtime.logs import scrub
from shared.runtime.settings import load_settings

T = TypeVar("T")

LETTERS_USUAL = 50
BODY_CHARACTERS_SHOWN_MAX = 100_000
LAST_MS = 253_000_000_000_000
"""Late in the year 9987; whoever writes a record says when it was."""


class LetterMissing(Fault):
    """No dead letter has this id."""

    code = "dlq.missing"


class LetterIsCut(Fault):
    """The letter does not hold all of its record."""

    code = "dlq.is_cut"


class LetterIsLost(Fault):
    """The letter's fact is on no record any more."""

    code = "dlq.is_lost"


TopicOption = Annotated[str, typer.Option("--topic", help=say("dlq.topic_help"))]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help=say("dlq.limit_help"))]
LetterIdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("dlq.id_help"))]
LetterIdsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help=say("dlq.id_help"))]
RawOption = Annotated[bool, typer.Option("--raw", help=say("dlq.raw_help"))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=say("dlq.help"), no_args_is_help=True)
    group.command("list", help=say("dlq.list_help"))(list_letters)
    group.command("show", help=say("dlq.show_help"))(show_letter)
    group.command("replay", help=say("dlq.replay_help"))(replay_letters)
    app.add_typer(group, name="dlq")


def list_letters(
    *, topic: TopicOption = "", limit: LimitOption = LETTERS_USUAL, as_json: JsonOption = False
) -> None:
    count, letters = _run(_newest(DeadLetterBox(_kafka()), topic, limit))
    if as_json:
        print_json({"count": count, "letters": [_summary(letter) for letter in letters]})
        return
    if not letters:
        out.print(say("dlq.none"))
        return
    columns = ("refused_at", "id", "code", "field", "message")
    told = [_summary(letter) for letter in letters]
    show_table(
        [say(f"dlq.{column}") for column in columns],
        [
            [one["refused_at"][5:19].replace("T", " "), *(one[column] for column in columns[1:])]
            for one in told
        ],
    )
    if count > len(letters):
        out.print(say("dlq.more", count=count - len(letters)), style="dim")


def show_letter(
    letter_id: LetterIdArgument, *, raw: RawOption = False, as_json: JsonOption = False
) -> None:
    letter = _run(_letter(DeadLetterBox(_kafka()), letter_id))
    if raw:
        print_bytes(letter.record.value or b"")
        return
    told = {**_summary(letter), **_contents(letter)}
    if as_json:
        print_json(told)
        return
    width = max(len(say(f"dlq.{name}")) for name in told)
    if letter.cut:
        told["cut"] = say(
            "dlq.cut_value" if letter.cut.value_sha256 else "dlq.withheld", **_cut(letter.cut)
        )
    for name, value in told.items():
        if name not in ("headers", "body") and value not in ("", None):
            out.print(f"{say(f'dlq.{name}'):<{width}}  {value}")
    for name, value in told["headers"].items():
        out.print(f"{'':<{width}}  {name}: {value or ''}", style="dim")
    out.print(f"\n{told['body']}")


def replay_letters(letter_ids: LetterIdsArgument, *, as_json: JsonOption = False) -> None:
    letters = _run(_replay(_kafka(), letter_ids))
    if as_json:
        print_json({"replayed": [_summary(letter) for letter in letters]})
        return
    for letter in letters:
        out.print(say("dlq.replayed", id=letter.letter_id, topic=letter.record.topic))


async def _newest(box: DeadLetterBox, part: str, limit: int) -> tuple[int, list[DeadLetter]]:
    """Return how many there are, and the newest; memory holds no more than those."""
    count = 0
    newest: deque[DeadLetter] = deque(maxlen=limit)
    async for letter in box.load_all(part):
        count += 1
        newest.append(letter)
    return count, sorted(newest, key=lambda letter: letter.refused_at_ms, reverse=True)


async def _letter(box: DeadLetterBox, letter_id: str) -> DeadLetter:
    return await box.load(letter_id)


async def _replay(kafka: Broker, letter_ids: Sequence[str]) -> list[DeadLetter]:
    async with KafkaProducer(kafka, client_id="casetrack-dlq") as sender:
        return await DeadLetterBox(kafka).replay(letter_ids, sender)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except NoSuchTopic as missing:
        said = say("dlq.topic_unknown", topic=missing.part, known=", ".join(missing.known))
        raise typer.BadParameter(said, param_hint="--topic") from missing
    except NoSuchLetter as missing:
        raise LetterMissing(id=scrub(missing.letter_id)) from missing
    except LetterUnrecorded as lost:
        raise LetterIsLost(id=scrub(lost.letter_id)) from lost
    except LetterCut as cut:
        raise LetterIsCut(id=scrub(cut.letter_id)) from cut
    except (KafkaError, SendUnknown, OSError) as fault:
        raise unreachable("Kafka", fault) from fault


def _kafka() -> Broker:
    return kafka_of(load_settings(LocalSettings))


def _summary(letter: DeadLetter) -> dict[str, Any]:
    refusal, record = letter.refusal, letter.record
    at = datetime.fromtimestamp(min(max(0, letter.refused_at_ms), LAST_MS) / 1000, ZONE)
    return {
        "id": letter.letter_id,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "refused_at": at.isoformat(timespec="milliseconds"),
        "by": letter.group,
        "code": refusal.code,
        "field": scrub(refusal.field),
        "message": scrub(refusal.message),
        "tries": refusal.deliveries,
        "bytes": len(record.value or b""),
        "replay_of": scrub(letter.replay_of),
        "cut": None if letter.cut is None else _cut(letter.cut),
    }


def _cut(cut: Cut) -> dict[str, Any]:
    return {"value_bytes": cut.value_bytes, "value_sha256": scrub(cut.value_sha256)}


def _contents(letter: DeadLetter) -> dict[str, Any]:
    """Return the letter's contents without what looks personal; `--raw` gives the bytes."""
    record = letter.record
    return {
        "key": _text(record.key),
        "headers": {scrub(name): _text(value) for name, value in record.headers},
        "body": _text(record.value or b""),
    }


def _text(raw: bytes | None) -> str | None:
    return (
        raw
        if raw is None
        else scrub(raw.decode("utf-8", "backslashreplace"), BODY_CHARACTERS_SHOWN_MAX)
    )
