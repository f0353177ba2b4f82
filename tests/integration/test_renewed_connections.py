"""A connection that knows the types of tables that are no longer there is one of yesterday."""

import asyncpg
import pytest

from shared.eventstore.postgres import open_pool, transaction

WRITE = """
INSERT INTO switched
SELECT *
FROM unnest($1::switched[])
"""

SWITCH = """
DROP TABLE switched;
CREATE TABLE beside (number int);
ALTER TABLE beside RENAME TO switched;
"""


async def write(pool: asyncpg.Pool, number: int) -> None:
    async with transaction(pool) as connection:
        await connection.execute(WRITE, [(number,)])


async def test_whoever_tries_again_after_a_switch_is_understood(
    postgres_dsn: str,
) -> None:
    async with await open_pool(postgres_dsn, "public", connections_max=1) as pool:
        await pool.execute("CREATE TABLE switched (number int)")
        await write(pool, 1)
        other = await asyncpg.connect(postgres_dsn)
        await other.execute(SWITCH)
        await other.close()

        with pytest.raises(asyncpg.InternalServerError, match="cache lookup failed for type"):
            await write(pool, 2)
        await write(pool, 3)

        assert await pool.fetchval("SELECT array_agg(number) FROM switched") == [3]
