"""Whose eyes a reading has below HTTP: PostgreSQL shows the rows of whom its transaction names."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self

import asyncpg
import structlog

from services.metrics.adapters.columns import TableRow
from shared.eventstore.port import StoreUnavailable
from shared.eventstore.postgres import open_pool, transaction, translated

log = structlog.get_logger()

SETTING = "casetrack.organisations"
EVERYTHING = "*"
SEE = f"SELECT set_config('{SETTING}', $1, true)"

IS_BOUND = "SELECT row_security_active('dossiers')"

CONNECTIONS_MAX = 8
"""One listens, one reads the page; the others answer requests."""
NARROWED_CONNECTIONS_MAX = 4


class Sight:
    """
    The API's way to the rows; whoever has not said whose eyes it has sees none.

    Two pools, because what a session says of itself outlives its user: one whose sessions
    see everything is the bureau's alone, in the other each transaction says what it sees.
    """

    def __init__(
        self,
        bureau: asyncpg.Pool,
        others: asyncpg.Pool,
        organisations: Collection[str] | None = (),
    ) -> None:
        self.bureau = bureau
        self._others = others
        self.organisations = organisations

    def within(self, organisations: Collection[str] | None) -> Self:
        """Return the eyes of who sees *organisations*, None for everything."""
        return type(self)(self.bureau, self._others, organisations)

    async def fetch(self, query: str, *values: Any) -> Sequence[TableRow]:  # noqa: ANN401 - parameters
        rows: Sequence[TableRow]
        with translated():
            if self.organisations is None:
                rows = await self.bureau.fetch(query, *values)
            else:
                async with self.transaction() as connection:
                    rows = await connection.fetch(query, *values)
        return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a transaction with these eyes; the setting ends with it."""
        pool = self.bureau if self.organisations is None else self._others
        async with transaction(pool) as connection:
            if self.organisations is not None:
                await connection.execute(SEE, ",".join(sorted(self.organisations)))
            yield connection


@asynccontextmanager
async def open_sight(dsn: str, search_path: str) -> AsyncIterator[Sight]:
    """Open both pools as the role that *dsn* names, which is the API's own."""
    pool = partial(open_pool, dsn, search_path, first=_require_bound)
    everything = {SETTING: EVERYTHING}
    async with (
        await pool(connections_max=CONNECTIONS_MAX, settings=everything) as bureau,
        await pool(connections_max=NARROWED_CONNECTIONS_MAX) as others,
    ):
        yield Sight(bureau, others)


async def _require_bound(connection: asyncpg.Connection) -> None:
    """
    Return if policies hold for whoever is logged in.

    Raises:
        StoreUnavailable: they do not; better no answer than everybody's rows.
    """
    if not await connection.fetchval(IS_BOUND):
        log.error("rows_not_guarded")
        raise StoreUnavailable("row-level security does not hold for the API's role")
