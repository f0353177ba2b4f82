"""A server that was restored answers while it reads its log yet: who prepares it waits."""

import asyncio

import asyncpg

from deploy.databases import ROLES, prepare_database
from shared.eventstore.migrations import FIND_RECOVERING
from tests.support.clusters import place_of_a_cluster, serving
from tests.support.eventually import eventually
from tests.support.servers import PASSWORD

PROMOTE = "SELECT pg_promote()"
COUNT_ASKING = """
SELECT count(*)
FROM pg_stat_activity
WHERE query = $1
AND pid <> pg_backend_pid()
"""


async def test_who_prepares_a_server_that_reads_its_log_waits_until_it_takes_writes() -> None:
    with place_of_a_cluster() as server:
        async with serving(server):
            pass
        (server.data_folder / "standby.signal").touch()
        async with serving(server):
            superuser = await asyncpg.connect(server.dsn("postgres"))
            reads_its_log = await superuser.fetchval(FIND_RECOVERING)
            async with asyncio.TaskGroup() as tasks:
                preparing = tasks.create_task(
                    prepare_database(server.dsn("bureau"), dict.fromkeys(ROLES, PASSWORD))
                )
                await eventually(
                    lambda: superuser.fetchval(COUNT_ASKING, FIND_RECOVERING), within=30.0
                )
                await superuser.execute(PROMOTE)
            await superuser.close()
            bureau = await asyncpg.connect(server.dsn("bureau"))
            prepared = await bureau.fetchval("SELECT count(*) FROM intake.migrations")
            await bureau.close()

    assert reads_its_log
    assert preparing.done()
    assert prepared > 0
