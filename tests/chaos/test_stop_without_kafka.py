"""A worker that is asked to end while Kafka is away ends by itself, soon and well."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.stack.places import StackFolders
from deploy.stack.servers import embedded_kafka
from shared.kafka.topics import ensure_topics
from tests.support.broker import Broker
from tests.support.drills import LONG
from tests.support.eventually import eventually
from tests.support.folding_workers import workers
from tests.support.logs import logged

ENDED_SECONDS_MAX = 60.0
AT_WORK_SECONDS_MAX = 90.0

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    places = StackFolders(tmp_path / "kafka")
    places.make()
    kafka = embedded_kafka(places, 0)
    await kafka.prepare()
    one = Broker(kafka)
    await one.start()
    await ensure_topics(kafka.address)
    yield one
    await one.kill()


@LONG
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_whose_broker_is_away_ends_when_it_is_asked_to(
    broker: Broker, number: signal.Signals, role_dsn: Callable[[str], str], tmp_path: Path
) -> None:
    log = tmp_path / "worker-0.log"
    with workers(role_dsn("casetrack_metrics"), broker.kafka.address, tmp_path) as start:
        worker = start()
        await eventually(lambda: logged(log, "process_ready"), within=AT_WORK_SECONDS_MAX)
        broker.send(number)
        worker.terminate()
        status = await asyncio.to_thread(worker.wait, ENDED_SECONDS_MAX)

    said = {line["event"] for line in logged(log)}
    assert (status, "process_stopped" in said, "process_stop_overdue" in said) == (0, True, False)
