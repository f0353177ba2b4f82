"""`casetrack checkpoint`: sign what stands in the stores, and publish it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.checkpoints import Signer, set_aside
from deploy.command.database import auditor_dsn, kafka_of
from deploy.command.output import out, print_json
from deploy.command.stack import JsonOption
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from shared.eventstore.checkpoint import Checkpoint
from shared.eventstore.port import StoreRefused, StoreUnavailable
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway
from shared.kafka.port import SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command(help=say("checkpoint.help"))(checkpoint)


AnewOption = Annotated[Path | None, typer.Option("--anew", help=say("checkpoint.anew"))]


def checkpoint(*, anew: AnewOption = None, as_json: JsonOption = False) -> None:
    settings = load_settings(LocalSettings)
    dsn, kafka = auditor_dsn(settings), kafka_of(settings)
    signer = Signer.open(settings.key_of_checkpoints)
    if anew is not None:
        _set_aside(kafka, signer, anew)
    made = asyncio.run(_signed(signer, dsn, kafka))
    if as_json:
        told = [{"owner": one.owner.value, "number": one.number, "rows": one.rows} for one in made]
        print_json({"checkpoints": told})
    elif not made:
        out.print(say("checkpoint.nothing"))
    else:
        for one in made:
            out.print(
                say("checkpoint.made", owner=one.owner.value, number=one.number, rows=one.rows)
            )


def _set_aside(kafka: Broker, signer: Signer, file: Path) -> None:
    """
    Keep in *file* what was signed so far, and let it be measured no more.

    Raises:
        ServerUnreachable: Kafka does not answer.
    """
    try:
        asyncio.run(set_aside(kafka, signer, file))
    except FileExistsError as fault:
        said = say("checkpoint.kept", file=file)
        raise typer.BadParameter(said, param_hint="--anew") from fault
    except BrokerAway as fault:
        raise unreachable("Kafka", fault) from fault


async def _signed(signer: Signer, dsn: str, kafka: Broker) -> list[Checkpoint]:
    """
    Return what was published, one for each owner whose store has grown.

    Raises:
        ServerUnreachable: PostgreSQL or Kafka does not answer.
    """
    try:
        async with KafkaProducer(kafka, client_id="casetrack-checkpoint") as sender:
            return await signer.sign_all(dsn, sender, SystemClock())
    except (StoreUnavailable, StoreRefused) as fault:
        raise unreachable("PostgreSQL", fault) from fault
    except SendUnknown as fault:
        raise unreachable("Kafka", fault) from fault
