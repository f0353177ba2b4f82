"""Backups as Compose makes them: what was written is there again, also as of an instant."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from deploy.stack.postgres import Postgres
from tests.support.backups import Backup
from tests.support.clusters import place_of_a_cluster, serving
from tests.support.eventually import eventually

pytestmark = pytest.mark.timeout(240)


def backup_of(server: Postgres, folder: Path, **more: str) -> Backup:
    return Backup(folder, server.dsn("postgres"), server.programs, more)


async def said(server: Postgres, statement: str) -> list[int]:
    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def noted(server: Postgres) -> list[int]:
    return await said(server, "SELECT number FROM notes ORDER BY number")


async def written(server: Postgres) -> None:
    """Note the next number, and return once the backup has it."""
    await said(server, "INSERT INTO notes SELECT coalesce(max(number), 0) + 1 FROM notes")
    (place,) = await said(server, "SELECT pg_current_wal_flush_lsn() - '0/0'")

    async def kept() -> bool:
        # Nothing while the slot is made anew.
        query = "SELECT restart_lsn - '0/0' FROM pg_replication_slots WHERE restart_lsn IS NOT NULL"
        return any(at >= place for at in await said(server, query))

    await eventually(kept)


async def test_what_was_written_is_there_again_and_so_is_any_instant(tmp_path: Path) -> None:
    with place_of_a_cluster() as server:
        backup = backup_of(server, tmp_path / "backups")
        async with serving(server) as process:
            await said(server, "CREATE TABLE notes (number int)")
            with backup.kept():
                await backup.settled()
                await written(server)
                between = datetime.now(UTC).isoformat()  # noqa: TID251 - the server's own clock
                await written(server)
                process.kill()
                await process.wait()
        shutil.rmtree(server.data_folder)
        backup.done("restore", str(server.data_folder))
        async with serving(server):
            whole = await noted(server)
            # It goes on there: the log begins anew, with a base of its own.
            with backup.kept():
                await eventually(lambda: len(backup.done("list").split()) > 4)
                await written(server)
        shutil.rmtree(server.data_folder)
        backup.done("restore", str(server.data_folder))
        async with serving(server):
            onwards = await noted(server)
        shutil.rmtree(server.data_folder)
        backup.done("restore", str(server.data_folder), between)
        async with serving(server):
            earlier = await noted(server)
        first, second = backup.done("list").split()[:2]
        made = datetime.fromisoformat(Path(second).name) + timedelta(seconds=0.9)
        laid = backup.run("restore", str(tmp_path / "another"), made.isoformat())

    assert whole == [1, 2]
    assert onwards == [1, 2, 3]
    assert earlier == [1]
    # Whatever was made in that second may hold what was written behind the instant.
    assert f"holds {first} and" in laid.stderr


async def test_old_bases_go_and_nothing_is_laid_over_data(tmp_path: Path) -> None:
    with place_of_a_cluster() as server:
        backup = backup_of(server, tmp_path / "backups", BACKUP_KEPT="2")
        async with serving(server):
            assert backup.run("check").returncode == 1
            for _ in range(3):
                backup.done("base")
                # Bases are named by the second.
                await asyncio.sleep(1.1)
            kept = backup.done("list").split()
        refused = backup.run("restore", str(server.data_folder))

    assert len(kept) == 2
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
