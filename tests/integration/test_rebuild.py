"""A second projection beside the live one: it follows from the facts alone, and takes its place."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from services.metrics.adapters.rebuilding import open_beside
from services.metrics.adapters.recorded import open_records
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.rebuild import TOUCHED_LEFT_MAX, Rebuilding
from services.metrics.ports.projection import Fenced, ProjectionOutdated
from services.metrics.ports.rebuilding import Beside
from shared.contracts.envelope import Event, Fact
from shared.policy.rules import Rules
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import KILLED
from tests.support.eventually import eventually
from tests.support.metrics_store import by_terminal
from tests.support.rebuilding import rebuilt
from tests.support.stepped_bureau import RULES, Bureau, stepped_bureau
from tests.support.way_of_a_case import ACCEPTED, CLOSED, DECIDED, RECEIVED, event

BEFORE = Fingerprint("made-by-the-release-before")
RoleDsn = Callable[[str], str]

EVERYTHING = """
SELECT (SELECT string_agg(dossier || partition || phase || state, ';' ORDER BY dossier)
        FROM metrics.dossiers),
  (SELECT string_agg(row::text, ';' ORDER BY row::text) FROM metrics.kpi AS row WHERE value <> 0),
  (SELECT string_agg(row::text, ';' ORDER BY row::text) FROM metrics.contributors AS row),
  (SELECT string_agg(row::text, ';' ORDER BY row::text) FROM metrics.last_words AS row),
  (SELECT string_agg((to_jsonb(row) - '{next_at,written}'::text[])::text, ';' ORDER BY row::text)
   FROM metrics.clocks AS row)
"""
SHAPE = """
SELECT relname, obj_description(oid, 'pg_class'), reloptions,
  (SELECT string_agg(grants::text, ',' ORDER BY grants::text) FROM unnest(relacl) AS grants),
  (SELECT string_agg(pg_get_indexdef(indexrelid), ';' ORDER BY pg_get_indexdef(indexrelid))
   FROM pg_index WHERE indrelid = pg_class.oid),
  (SELECT string_agg(concat_ws(' ', attname, atttypid::regtype, attnotnull,
                               (SELECT collname FROM pg_collation WHERE oid = attcollation),
                               pg_get_expr(adbin, adrelid)), ';' ORDER BY attnum)
   FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attrelid = pg_class.oid AND attnum > 0)
FROM pg_class
WHERE relnamespace = 'metrics'::regnamespace AND relkind = 'r'
ORDER BY relname
"""


def way(number: int, steps: int | None = None) -> list[Event]:
    """Return the way of one case of many; every third is still open."""
    key = f"XC202409020{number:05}"
    whole = ((RECEIVED, 0), (ACCEPTED, 1), (DECIDED, 200), (CLOSED, 250))
    return [
        by_terminal(
            event(
                of_case(one.data, key),
                hours + number % 70,
                identity=f"{key}-{hours}",
                window=f"W{number % 3}",
                key=key,
            )
        )
        for one, hours in whole[: steps or (2 if number % 3 == 0 else 4)]
    ]


def of_case(fact: Fact, key: str) -> Fact:
    told = fact.model_dump(mode="json")
    told |= {"case": told["case"] | {"case_no": key}} if "case" in told else {"case_no": key}
    return type(fact).model_validate(told)


async def at_work(bureau: Bureau, cases: int = 30) -> None:
    await bureau.record([one for number in range(cases) for one in way(number)])
    await bureau.fold()
    await bureau.judge()


async def test_what_is_rebuilt_is_what_was_folded_live(
    postgres_dsn: str, role_dsn: RoleDsn
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        live = await before.pool.fetchrow(EVERYTHING)
        shape = await before.pool.fetch(SHAPE)
        outcome = await rebuilt(role_dsn("casetrack_metrics"))
        now = await before.pool.fetchrow(EVERYTHING)
        shape_now = await before.pool.fetch(SHAPE)

    assert ([*outcome.differences], outcome.switched) == ([], True)
    assert outcome.subjects == 30
    assert now == live
    assert shape_now == shape


async def test_without_the_switch_nothing_is_left_and_nothing_has_changed(
    postgres_dsn: str, role_dsn: RoleDsn
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        live = await before.pool.fetchrow(EVERYTHING)
        outcome = await rebuilt(role_dsn("casetrack_metrics"), switch=False)
        await before.record(way(31))
        await before.fold()
        left = await before.pool.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'metrics_next'::regnamespace"
        )

        assert (outcome.differences, outcome.switched, left) == ([], False, [])
        assert await before.pool.fetchval("SELECT count(*) FROM rebuild") == 0
        assert await before.pool.fetchrow(EVERYTHING) != live, "who folded goes on folding"


@pytest.mark.parametrize(
    ("statement", "differs"),
    [
        ("DELETE FROM metrics.kpi WHERE part LIKE 'L03/accepted%'", ("figure", "L03", (1, 0, 0))),
        (
            "UPDATE metrics.kpi SET value = value + 1 WHERE part = 'L01/open'",
            ("figure", "L01", (0, 0, 1)),
        ),
        (
            "DELETE FROM metrics.contributors WHERE part LIKE 'L03/closed%'",
            ("contributor", "L03", (2, 0, 0)),
        ),
        (
            "UPDATE metrics.contributors SET number = 2 WHERE part LIKE 'L03/closed%'",
            ("contributor", "L03", (0, 0, 2)),
        ),
        (
            "UPDATE metrics.dossiers SET phase = 'EXAMINING' WHERE phase = 'CLOSED'",
            ("state", "EXAMINING → CLOSED", (0, 0, 20)),
        ),
        (
            "UPDATE metrics.clocks SET due = due + 1 WHERE clock = 'COMMITTED'",
            ("clock", "SLA-04", (0, 0, 10)),
        ),
        (
            "DELETE FROM metrics.clocks WHERE clock = 'COMMITTED'",
            ("clock", "SLA-04", (10, 0, 0)),
        ),
        (
            "DELETE FROM metrics.last_words",
            ("source", "hall-terminal", (1, 0, 0)),
        ),
    ],
)
async def test_what_differs_is_named_and_counted_and_set_right(
    postgres_dsn: str,
    role_dsn: RoleDsn,
    statement: str,
    differs: tuple[str, str, tuple[int, int, int]],
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        live = await before.pool.fetchrow(EVERYTHING)
        await before.tamper(statement)
        outcome = await rebuilt(role_dsn("casetrack_metrics"))
        (told,) = outcome.differences
        numbers = (told.added, told.gone, told.changed)

        assert (told.what, told.name, numbers) == differs
        assert 1 <= len(told.examples) <= 3
        assert await before.pool.fetchrow(EVERYTHING) == live


async def test_what_arrives_meanwhile_is_in_both(postgres_dsn: str, role_dsn: RoleDsn) -> None:
    async with (
        stepped_bureau(postgres_dsn, BEFORE) as before,
        open_beside(role_dsn("casetrack_metrics"), our_fingerprint()) as beside,
    ):
        assert beside is not None
        await at_work(before, 20)
        arriving = iter(range(20, 40))

        async def meanwhile() -> None:
            for number in arriving:
                await before.record([*way(number), *way(number - 20, 4)])
                await before.fold()

        outcome = await Interrupted(beside, RULES, SystemClock(), meanwhile).handle(
            lambda _count, _reached: None, switch=False
        )

        assert next(arriving, None) is None
        assert outcome.differences == []


class Interrupted(Rebuilding):
    """A rebuild during which, once everything is folded, something happens."""

    def __init__(
        self, beside: Beside, rules: Rules, clock: SystemClock, what: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(beside, rules, clock)
        self._what = what

    async def _catch_up(self, left_max: int = TOUCHED_LEFT_MAX) -> None:
        if left_max:
            await self._what()
        await super()._catch_up(left_max)


async def test_whoever_folded_before_the_switch_finds_out_and_commits_nothing(
    postgres_dsn: str, role_dsn: RoleDsn
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        await rebuilt(role_dsn("casetrack_metrics"))
        await before.record(way(31))
        with pytest.raises(Fenced):
            await before.fold()
        with pytest.raises(ProjectionOutdated):
            await before.projection.claim([0])
        with pytest.raises(ProjectionOutdated):
            await before.judge()
        epoch = await before.pool.fetchval("SELECT epoch FROM lanes")
        facts = await before.pool.fetchval("SELECT count(*) FROM timeline WHERE dossier LIKE '%31'")

        assert await before.projection.made_by() == (our_fingerprint(), True)
        assert (epoch, facts) == (2, 0), "whoever may not have the lane does not take it"


async def test_after_the_switch_folding_and_judging_go_on(
    postgres_dsn: str, role_dsn: RoleDsn
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        folded = before.folded
        await rebuilt(role_dsn("casetrack_metrics"))
    async with stepped_bureau(postgres_dsn) as bureau:
        bureau.folded = folded
        await bureau.judge()
        await bureau.record([one for number in range(30, 36) for one in way(number)])
        await bureau.record([one for number in range(0, 30, 3) for one in way(number, 4)])
        await bureau.fold()
        await bureau.judge()

        assert (await bureau.verify()).differences == []


async def test_verification_says_in_one_line_that_other_code_has_made_it(
    postgres_dsn: str, role_dsn: RoleDsn
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        outdated = await before.verify()
        await rebuilt(role_dsn("casetrack_metrics"))
        ours = await before.verify()

    (difference,) = outdated.differences
    assert (difference.what.value, difference.stored) == ("projection.outdated", BEFORE)
    assert ours.differences == []


async def test_two_do_not_rebuild_at_once(postgres_dsn: str) -> None:
    async with (
        open_beside(postgres_dsn, our_fingerprint()) as first,
        open_beside(postgres_dsn, our_fingerprint()) as second,
    ):
        assert (first is None, second is None) == (False, True)


async def test_a_reader_of_everything_is_waited_for(postgres_dsn: str, role_dsn: RoleDsn) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before, asyncio.TaskGroup() as tasks:
        await at_work(before)
        async with open_records(postgres_dsn) as records, records.snapshot() as snapshot:
            rebuilding = tasks.create_task(rebuilt(role_dsn("casetrack_metrics")))
            await eventually(lambda: _is_begun(before))
            figures = [row async for row in snapshot.figures()]
            await asyncio.sleep(0)
            switched_early = rebuilding.done()
        outcome = await rebuilding

    assert figures
    assert (switched_early, outcome.switched) == (False, True)


async def _is_begun(bureau: Bureau) -> bool:
    return bool(await bureau.pool.fetchval("SELECT count(*) FROM rebuild"))


async def test_every_table_says_whether_a_rebuild_makes_it_anew(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    silent = await connection.fetch(
        """
        SELECT relname
        FROM pg_class
        WHERE relnamespace = 'metrics'::regnamespace
          AND relkind = 'r'
          AND coalesce(obj_description(oid, 'pg_class'), '') !~ '^(derived|kept): '
        """
    )
    await connection.close()

    assert silent == [], "COMMENT ON TABLE … IS 'derived: …' where it follows from the timeline"


@pytest.mark.parametrize("place", ["metrics.rebuild_before_step", "metrics.rebuild_after_step"])
async def test_a_rebuild_that_was_killed_goes_on_or_begins_again(
    postgres_dsn: str, role_dsn: RoleDsn, place: str
) -> None:
    dsn = role_dsn("casetrack_metrics")
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        live = await before.pool.fetchrow(EVERYTHING)
        killed = await asyncio.to_thread(_killed_at, place, dsn)
        served = await before.pool.fetchrow(EVERYTHING)
        outcome = await rebuilt(dsn)
        now = await before.pool.fetchrow(EVERYTHING)

    assert (killed, served, now) == (KILLED, live, live)
    assert (outcome.differences, outcome.subjects) == ([], 30)


@pytest.mark.parametrize(
    ("place", "switched"),
    [("metrics.rebuild_before_switch", False), ("metrics.rebuild_after_switch", True)],
)
async def test_a_kill_beside_the_switch_leaves_one_projection_or_the_other(
    postgres_dsn: str, role_dsn: RoleDsn, place: str, *, switched: bool
) -> None:
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before)
        live = await before.pool.fetchrow(EVERYTHING)
        await asyncio.to_thread(_killed_at, place, role_dsn("casetrack_metrics"))
        made_by, _ = await before.projection.made_by()

        assert made_by == (our_fingerprint() if switched else BEFORE)
        assert await before.pool.fetchrow(EVERYTHING) == live


def _killed_at(place: str, dsn: str) -> int:
    program = (
        "import asyncio; from services.metrics.app.fingerprint import our_fingerprint;"
        "from services.metrics.app.upgrade import rebuild;"
        "from shared.runtime.clock import SystemClock;"
        f"asyncio.run(rebuild({dsn!r}, our_fingerprint(), SystemClock()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "CASETRACK_CRASH": place}, check=False
    )
    return done.returncode
