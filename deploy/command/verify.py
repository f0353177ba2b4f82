"""`casetrack verify`: whether everything shown follows from what is on record."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.checkpoints import load_checkpoints, unborne, unsigned_since
from deploy.command.database import auditor_dsn, checkpoint_keys, kafka_of
from deploy.command.output import DIFFERS, Styled, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.databases import UNREACHABLE
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from services.metrics.adapters.recorded import open_records
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.handlers.difference import Report
from services.metrics.handlers.verify import Advance, Verifying
from shared.contracts.registry import OWN_TOPICS
from shared.eventstore.port import StoreUnavailable
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway, load_ends
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings
from shared.web.keys import file_keys

PATIENCE_SECONDS = 60.0
SHOWN_MAX = 40
SECONDS_A_MINUTE = 60.0
VALUE_CHARACTERS_MAX = 80

NowOption = Annotated[bool, typer.Option("--now", help=say("verify.now"))]
PatienceOption = Annotated[float, typer.Option("--patience", min=0.0, help=say("verify.patience"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("verify.help"))(verify)


def verify(
    *,
    now: NowOption = False,
    patience: PatienceOption = PATIENCE_SECONDS,
    as_json: JsonOption = False,
) -> None:
    settings = load_settings(LocalSettings)
    clock = SystemClock()
    course = ProgressBar(say("verify.progress"), err, clock)
    dsn, keys = auditor_dsn(settings), checkpoint_keys(settings)
    with course:
        kafka = "" if now else kafka_of(settings)
        report = asyncio.run(verified(dsn, kafka, patience, course.advance))
        if keys.exists():
            asyncio.run(measure(report, dsn, kafka_of(settings), keys))
    overdue = report.unsigned_seconds > settings.checkpoint_minutes_max * SECONDS_A_MINUTE
    document = {
        **report.document(),
        "checkpoints_overdue": overdue,
        "seconds": round(course.seconds, 1),
    }
    if as_json:
        print_json(document)
    else:
        _show(document)
    if report.found:
        raise typer.Exit(DIFFERS)


async def verified(dsn: str, kafka: Broker, patience_seconds: float, advance: Advance) -> Report:
    """
    Return what verification finds in the database *dsn*.

    It waits until everything is folded that is on record; where *kafka* is
    empty it looks at once, and what is under way is no difference.

    Raises:
        ServerUnreachable: PostgreSQL or Kafka does not answer.
    """
    try:
        async with open_records(dsn) as records:
            verifying = Verifying(records, SystemClock(), our_fingerprint())
            mark = None
            if kafka:
                mark = await verifying.settle(
                    lambda: load_ends(kafka, OWN_TOPICS), patience_seconds
                )
            return await verifying.handle(mark, advance)
    except (*UNREACHABLE, StoreUnavailable) as fault:
        raise unreachable("PostgreSQL", fault) from fault
    except BrokerAway as fault:
        raise unreachable("Kafka", fault) from fault


async def measure(report: Report, dsn: str, kafka: Broker, keys: Path) -> None:
    """
    Note in *report* which checkpoints on *kafka* the stores do not bear out, or nobody signed.

    Raises:
        ServerUnreachable: PostgreSQL or Kafka does not answer.
    """
    try:
        clock = SystemClock()
        published = await load_checkpoints(kafka, file_keys(keys, clock))
        report.checkpoints, report.checkpoint_at = published.count, published.newest_at
        if since := await unsigned_since(dsn, published):
            report.unsigned_seconds = max(0.0, (clock.now() - since).total_seconds())
        async for difference in unborne(dsn, published):
            report.note([difference])
    except BrokerAway as fault:
        raise unreachable("Kafka", fault) from fault
    except (*UNREACHABLE, StoreUnavailable) as fault:
        raise unreachable("PostgreSQL", fault) from fault


def _show(document: dict[str, Any]) -> None:
    differences = document["differences"]
    if not differences:
        out.print(Styled.assemble(("✓ ", "green"), say("verify.fine", **document)))
    else:
        out.print(Styled.assemble(("✗ ", "red"), say("verify.differs", **document)))
        headers = [say(f"verify.{name}") for name in ("what", "subject", "stored", "recomputed")]
        show_table(headers, map(_line, differences[:SHOWN_MAX]))
        if document["differences_found"] > SHOWN_MAX:
            out.print(say("figures.more", count=document["differences_found"] - SHOWN_MAX))
    _show_checkpoints(document)
    if document["under_way"] or document["due_clocks"]:
        out.print(say("verify.under_way", **document), style="dim")


def _show_checkpoints(document: dict[str, Any]) -> None:
    said = "verify.checkpoints" if document["checkpoints"] else "verify.no_checkpoints"
    out.print(say(said, **document), style="dim")
    if document["checkpoints_overdue"]:
        minutes = int(document["unsigned_seconds"] // SECONDS_A_MINUTE)
        out.print(Styled.assemble(("! ", "yellow"), say("verify.overdue", minutes=minutes)))


def _line(difference: dict[str, Any]) -> list[str]:
    stored, recomputed = _told(difference["stored"]), _told(difference["recomputed"])
    return [say(f"verify.what.{difference['what']}"), difference["subject"], stored, recomputed]


def _told(value: Any) -> str:  # noqa: ANN401 - whatever differs
    """Return *value* in one line of bounded length; `--json` has the whole of it."""
    text = "–" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_CHARACTERS_MAX else f"{text[:VALUE_CHARACTERS_MAX]}…"
