"""The process that keeps a test session's PostgreSQL and Kafka, and ends with the session."""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

from deploy.databases import ROLES, prepare_database
from deploy.stack.journal import Journal, Process, last_record
from deploy.stack.part import PartGroup
from deploy.stack.places import StackFolders
from deploy.stack.postgres import Postgres, embedded_postgres
from deploy.stack.servers import embedded_kafka, kafka_part, postgres_part
from deploy.stack.supervisor import Supervisor, end_leftovers

PASSWORD = "only-for-tests"  # noqa: S105 - the server lives in a private folder for minutes
TEMPLATE = "casetrack_template"
SESSION_LOOK_SECONDS = 0.5
# Tests kill processes, not the machine: what the kernel has is safe enough.
FASTER = {"fsync": "off", "shared_buffers": "128MB", "max_connections": "300"}


async def serve(home: Path, session: Process) -> None:
    """Keep both servers up until *session* has ended or a signal comes."""
    places = StackFolders(home)
    places.make()
    end_leftovers(last_record(places.state))
    postgres = embedded_postgres(places, PASSWORD)
    kafka = embedded_kafka(places, 0)
    journal = Journal(places.state, kafka=kafka.address, postgres=postgres.dsn("postgres"))
    parts = (postgres_part(postgres, **FASTER), kafka_part(kafka))
    stage = PartGroup(parts, settle=partial(_make_template, postgres))
    supervisor = Supervisor(places, journal, [stage], os.environ)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.request_stop)
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(_stop_with(session, supervisor))
        await supervisor.run()
        watch.cancel()


async def _make_template(postgres: Postgres) -> None:
    await prepare_database(postgres.dsn(TEMPLATE), dict.fromkeys(ROLES, PASSWORD))


async def _stop_with(session: Process, supervisor: Supervisor) -> None:
    while session.found() is not None:  # noqa: ASYNC110 - another process has no event for us
        await asyncio.sleep(SESSION_LOOK_SECONDS)
    supervisor.request_stop()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Process.of(int(sys.argv[2]))))
