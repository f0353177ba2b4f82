"""The embedded servers survive kills and interruptions, and refuse what is not theirs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import NewTopic

from deploy.faults import DataFolderForeign, FolderUnsafe
from deploy.stack.journal import StackPhase, StackRecord, last_record
from deploy.stack.places import (
    CHECKOUT,
    FALLBACK_PARENT,
    Account,
    StackFolders,
    private_folder,
    reaches,
    server_home,
    socket_folder,
)
from deploy.stack.postgres import Postgres, embedded_postgres
from deploy.stack.program import run
from tests.support.eventually import PATIENCE_SECONDS, eventually
from tests.support.processes import processes
from tests.support.stack import kafka_admin

NOBODY = Account("nobody", 65534, 65534)
START_SECONDS_MAX = 180.0


@pytest.fixture
def places() -> Iterator[StackFolders]:
    # Not pytest's own folders: every session closes them to other accounts
    # again, also to the one that PostgreSQL runs under where we are root.
    folder = Path(tempfile.mkdtemp(prefix="casetrack-servers-"))
    folder.chmod(0o711)
    places = StackFolders(folder / "home")
    places.make()
    yield places
    shutil.rmtree(folder)


@pytest.fixture
def postgres(places: StackFolders) -> Postgres:
    return embedded_postgres(places, "only-for-tests")


@pytest.fixture
def serve(places: StackFolders) -> Iterator[Callable[[], StackFolders]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> StackFolders:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.support.servers", str(places.home), str(os.getpid())],
                cwd=CHECKOUT,
                stdout=subprocess.DEVNULL,
            )
        )
        return places

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture
def servers(serve: Callable[[], StackFolders]) -> StackFolders:
    return serve()


def ready(places: StackFolders) -> StackRecord | None:
    record = last_record(places.state)
    if record is None or record.phase is not StackPhase.READY:
        return None
    return record if all(part.ready for part in record.parts.values()) else None


def pids(record: StackRecord) -> dict[str, int]:
    return {
        name: part.process.pid for name, part in record.parts.items() if part.process is not None
    }


async def test_killed_servers_come_back_with_everything(servers: StackFolders) -> None:
    before: StackRecord = await eventually(lambda: ready(servers), within=START_SECONDS_MAX)
    await leave_something(before)
    for pid in pids(before).values():
        os.kill(pid, signal.SIGKILL)

    def restarted() -> StackRecord | None:
        record = ready(servers)
        return (
            record
            if record and not set(pids(record).values()) & set(pids(before).values())
            else None
        )

    after: StackRecord = await eventually(restarted, within=START_SECONDS_MAX)

    assert await find_something(after) == ("still here", True)


async def test_after_a_killed_supervisor_the_next_one_takes_over(
    serve: Callable[[], StackFolders],
) -> None:
    places = serve()
    before: StackRecord = await eventually(lambda: ready(places), within=START_SECONDS_MAX)
    await leave_something(before)
    os.kill(before.supervisor.pid, signal.SIGKILL)
    serve()

    def taken_over() -> StackRecord | None:
        record = ready(places)
        return record if record and record.supervisor != before.supervisor else None

    after: StackRecord = await eventually(taken_over, within=START_SECONDS_MAX)

    assert await find_something(after) == ("still here", True)
    assert [left.found() for left in processes(before)] == [None, None]


async def leave_something(record: StackRecord) -> None:
    connection = await asyncpg.connect(record.postgres)
    await connection.execute("CREATE TABLE notes (note text)")
    await connection.execute("INSERT INTO notes VALUES ('still here')")
    await connection.close()
    async with kafka_admin(record.kafka) as admin:
        await admin.create_topics([NewTopic("notes", 1, 1)])


async def find_something(record: StackRecord) -> tuple[str, bool]:
    connection = await asyncpg.connect(record.postgres)
    note = str(await connection.fetchval("SELECT note FROM notes"))
    await connection.close()
    async with kafka_admin(record.kafka) as admin:
        topics = await admin.list_topics()
    return note, "notes" in topics


async def test_an_interrupted_first_start_is_begun_again(postgres: Postgres) -> None:
    (postgres.home / "data.new" / "base").mkdir(parents=True)
    await postgres.prepare()

    assert (postgres.data_folder / "PG_VERSION").read_text() == "18\n"


async def test_a_folder_of_somebody_elses_is_not_overwritten(postgres: Postgres) -> None:
    postgres.data_folder.mkdir(parents=True)
    (postgres.data_folder / "thesis.txt").write_text("the only copy")
    with pytest.raises(DataFolderForeign):
        await postgres.prepare()

    assert (postgres.data_folder / "thesis.txt").read_text() == "the only copy"


async def test_a_stale_pid_that_another_process_has_now_does_not_stop_the_start(
    postgres: Postgres,
) -> None:
    await postgres.prepare()
    pid_file = postgres.data_folder / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{postgres.data_folder}\n")
    await postgres.prepare()

    assert not pid_file.exists()


async def test_nobody_else_may_enter_the_data_or_the_socket(postgres: Postgres) -> None:
    await postgres.prepare()
    modes = {folder.stat().st_mode & 0o777 for folder in (postgres.home, postgres.sockets)}

    assert modes == {0o700}


def test_a_closed_folder_above_the_home_is_seen_before_postgresql_sees_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    assert not reaches(NOBODY, tmp_path / "home" / "postgres")


def test_under_a_closed_folder_the_data_goes_to_a_folder_of_the_system(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = server_home(StackFolders(tmp_path), NOBODY)
    home.parent.rmdir()

    assert str(home).startswith("/var/tmp/casetrack-")  # noqa: S108 - the name is the point


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    long = tmp_path / ("很长的目录名" * 10)
    folder = socket_folder(long, long, None)
    folder.rmdir()

    assert len(str(folder)) < 60


def test_a_folder_that_somebody_else_laid_is_refused(tmp_path: Path) -> None:
    folder = private_folder(tmp_path, tmp_path, None)
    folder.chmod(0o777)

    with pytest.raises(FolderUnsafe):
        private_folder(tmp_path, tmp_path, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")
def test_programs_below_a_closed_folder_are_copied_with_their_libraries(
    places: StackFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.stack.postgres.reaches", lambda *_: False)

    programs = embedded_postgres(places, "only-for-tests").programs
    told = run([programs / "initdb", "--version"], folder=places.home)
    shutil.rmtree(private_folder(FALLBACK_PARENT, places.home, None))

    assert "PostgreSQL" in told.stdout, told.stderr
