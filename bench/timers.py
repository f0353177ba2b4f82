"""
How late cards are: very many limits run, some come near all the time, and a herd at one instant.

The bureau's own processes, over cases that the projection's adapters have stored. Every
limit of theirs is near already; when each is looked at is moved to where it is wanted here, as
all of them would lie at midnight. Looked at from outside: a card is there when it is committed.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Any

import asyncpg

from bench.gateway import PATH, SINGLE, bodies
from bench.load import open_load, post, quantile
from bench.maker import running_cases
from bench.report import Outcome, keep
from bench.stack import Servers, kept_running, new_places, servers
from deploy.stack.journal import Journal
from deploy.stack.part import StackPart, wrote
from deploy.stack.parts import PORT_OFFSET, Briefing, service_parts
from deploy.stack.places import CHECKOUT, StackFolders
from deploy.stack.ports import any_free
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import first_at
from services.metrics.domain.entry import entry_of
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.kafka.port import PARTITIONS
from shared.kafka.topics import ensure_topics
from shared.policy.calendar import local
from shared.policy.rules import Rules, shipped
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

ARMED = int(os.environ.get("CASETRACK_BENCH_ARMED", "1000000"))
HERD = int(os.environ.get("CASETRACK_BENCH_HERD", str(ARMED // 10)))
TICKERS = int(os.environ.get("CASETRACK_BENCH_TICKERS", "1"))
STEADY_PER_SECOND = 20
SECONDS = 20
"""So long is looked at a quiet bureau, and at one in which cards come steadily."""
INTAKE_PER_SECOND = 50
WARM_SECONDS = 4
PREPARED_SECONDS, MOVED_PER_SECOND = 5, 2_500
"""So long before they come the instants of cards are moved."""
CLOCKS_A_CASE = 2
DAYS_MAX = 4
DAYS_BACK_MAX = 60
AHEAD = timedelta(hours=6)
"""So long nothing else falls due."""
PART_SECONDS = 5
"""Of the load on the gateway while the herd is on its way."""
HERD_SECONDS_MAX = 900.0
LOOK_SHARE = 0.1
"""So much of the time may looking take."""
LOOK_SECONDS_MIN = 0.02
PEER_ROWS_MAX = 5_000
PEERS_AT_ONCE = 2
STAGE = frozenset({"intake", "relay", "metrics-worker-1", "metrics-worker-2", "metrics-ticker"})
LIMITS_S = {"steady": 1.0, "herd": 5.0}

PUT_OFF = "UPDATE metrics.clocks SET next_at = $1 WHERE next_at IS NOT NULL"
READ_FROM_THE_START = "DELETE FROM metrics.offsets"
# Some of each lane, and of one case both: as they come at midnight.
# Not those that wait for somebody to acknowledge a card: no card comes of them.
LET_COME = """
WITH chosen AS (
  SELECT dossier, subject, sla, episode, row_number() OVER (ORDER BY dossier, sla) AS place
  FROM metrics.clocks
  WHERE next_at > $1 AND NOT alerted AND clock <> 'ACKNOWLEDGEMENT'
  ORDER BY dossier, sla
  LIMIT $2
)
UPDATE metrics.clocks
SET next_at = $1::timestamptz + place * $3::interval
FROM chosen
WHERE (clocks.dossier, clocks.subject, clocks.sla, clocks.episode)
  = (chosen.dossier, chosen.subject, chosen.sla, chosen.episode)
"""
NO_ROUNDS = "UPDATE metrics.clock_rounds SET looked_at = 'infinity'"
# Of our cases; those that intake takes meanwhile have cards of their own.
COUNT_CARDS = """
SELECT count(*)
FROM metrics.alerts
WHERE recorded_at >= $1 AND dossier SIMILAR TO 'XC[0-9]{10}'
"""
COUNT_FACTS = """
SELECT count(*) AS facts, count(DISTINCT (body::jsonb)#>>'{data,alert_id}') AS cards
FROM supervision.events
WHERE type = 'casetrack.supervision.alert.raised.v1'
  AND partitionkey SIMILAR TO 'XC[0-9]{10}'
"""
COUNT_DUE = "SELECT count(*) FROM metrics.clocks WHERE next_at <= now()"
COMPLETE = """
SELECT count(*) >= $1
FROM metrics.lanes
JOIN metrics.completeness USING (partition)
WHERE lanes.epoch = completeness.epoch AND complete_to >= $2
"""

PEER_TABLES = """
CREATE TABLE public.peer_jobs (
  job text PRIMARY KEY, due_at timestamptz, told text NOT NULL
);
CREATE TABLE public.peer_cards (job text PRIMARY KEY, at timestamptz NOT NULL, told text NOT NULL);
INSERT INTO public.peer_jobs
SELECT dossier || sla, now() + interval '1 day', repeat('-', 600)
FROM metrics.clocks
WHERE next_at IS NOT NULL;
CREATE INDEX peer_jobs_due ON public.peer_jobs (due_at) WHERE due_at IS NOT NULL;
ANALYZE public.peer_jobs;
"""
PEER_LET_COME = """
UPDATE public.peer_jobs
SET due_at = now()
WHERE job IN (SELECT job FROM public.peer_jobs WHERE due_at > now() LIMIT $1)
"""
PEER_TAKE = """
SELECT job, told
FROM public.peer_jobs
WHERE due_at <= now()
ORDER BY due_at
LIMIT 1
FOR UPDATE SKIP LOCKED
"""
PEER_SAY = "INSERT INTO public.peer_cards VALUES ($1, now(), $2)"
PEER_DONE = "UPDATE public.peer_jobs SET due_at = NULL WHERE job = $1"
PEER_FLIP = """
WITH due AS (
  SELECT job, told
  FROM public.peer_jobs
  WHERE due_at <= now()
  FOR UPDATE SKIP LOCKED
), said AS (
  INSERT INTO public.peer_cards
  SELECT job, now(), told
  FROM due
)
UPDATE public.peer_jobs
SET due_at = NULL
FROM due
WHERE peer_jobs.job = due.job
"""


@dataclass(slots=True)
class Seen:
    """How late the cards of one stretch were, and how long intake took meanwhile."""

    lateness: list[float]
    intake_ms: list[float]

    def told(self) -> dict[str, float]:
        return {
            "cards": len(self.lateness),
            "lateness_p50_s": round(quantile(self.lateness, 0.5), 2),
            "lateness_p99_s": round(quantile(self.lateness, 0.99), 2),
            "intake_p50_ms": round(quantile(self.intake_ms, 0.5), 1),
            "intake_p99_ms": round(quantile(self.intake_ms, 0.99), 1),
        }


class Bench:
    """A running bureau with very many armed clocks."""

    def __init__(self, database: asyncpg.Connection, port: int, token: str) -> None:
        self._database = database
        self._port = port
        self._token = token
        self._events = bodies()

    async def quiet(self) -> list[float]:
        """Return the milliseconds of intake while no card comes."""
        await self.ask(WARM_SECONDS)
        return await self.ask(SECONDS)

    async def ask(self, seconds: float) -> list[float]:
        """Send to the gateway for so long; return how long each answer took."""
        events = islice(self._events, int(seconds * INTAKE_PER_SECOND))
        requests = [post(PATH, self._token, SINGLE, body) for body in events]
        answers = await open_load(self._port, requests, INTAKE_PER_SECOND)
        if answers.count(202) != len(requests):
            raise RuntimeError(f"not all were accepted: {sorted(set(answers.statuses))}")
        return answers.milliseconds

    async def come(self, cards: int, apart: timedelta) -> Seen:
        """Let so many cards come, each *apart* from the one before; return how late they were."""
        at = _now() + timedelta(seconds=PREPARED_SECONDS + cards / MOVED_PER_SECOND)
        await self._database.execute(LET_COME, at, cards, apart)
        await asyncio.sleep(max(0.0, (at - _now()).total_seconds() - 1))
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(self._ask_until(over))
            seen = await self._watched(cards, at)
            over.set()
        due = [number * apart.total_seconds() for number in range(1, cards + 1)]
        return Seen([max(0.0, b - a) for a, b in zip(due, seen, strict=True)], asking.result())

    async def _ask_until(self, over: asyncio.Event) -> list[float]:
        taken = []
        while not over.is_set():
            taken += await self.ask(PART_SECONDS)
        return taken

    async def _watched(self, cards: int, at: datetime) -> list[float]:
        """Return how many seconds after *at* each further card was there."""
        seen: list[float] = []
        began = time.monotonic() + (at - _now()).total_seconds()
        while len(seen) < cards:
            asked = time.monotonic()
            if asked - began > HERD_SECONDS_MAX:
                raise RuntimeError(f"{len(seen)} of {cards} cards after {HERD_SECONDS_MAX} s")
            count = await self._database.fetchval(COUNT_CARDS, at)
            now = time.monotonic()
            seen += [now - began] * (count - len(seen))
            await asyncio.sleep(max(LOOK_SECONDS_MIN, (now - asked) / LOOK_SHARE))
        return seen

    async def exactness(self, cards: int) -> dict[str, int]:
        """Return how many cards were lost, and how many told twice."""
        row = await self._database.fetchrow(COUNT_FACTS)
        return {"lost": cards - row["cards"], "twice": row["facts"] - row["cards"]}


async def main() -> None:
    async with servers() as stack:
        await ensure_topics(stack.kafka)
        seconds, dsn = await _load(stack), await stack.database("timers")
        database = await asyncpg.connect(dsn)
        peers = await _peers(database, dsn)
        async with _bureau(stack, database) as bench:
            quiet = await bench.quiet()
            steady = await bench.come(
                STEADY_PER_SECOND * SECONDS, timedelta(seconds=1 / STEADY_PER_SECOND)
            )
            herd = await bench.come(HERD, timedelta(0))
            exact = await bench.exactness(STEADY_PER_SECOND * SECONDS + HERD)
        await database.close()
    quiet_p99 = quantile(quiet, 0.99)
    notes: dict[str, Any] = {
        "steady": steady.told(),
        "herd": herd.told(),
        "limits_s": LIMITS_S,
        "intake_quiet_p50_ms": round(quantile(quiet, 0.5), 1),
        "intake_quiet_p99_ms": round(quiet_p99, 1),
        "intake_p99_to_quiet": {
            name: round(quantile(seen.intake_ms, 0.99) / quiet_p99, 2)
            for name, seen in (("steady", steady), ("herd", herd))
        },
        **exact,
        "load_seconds": round(seconds, 1),
    }
    sizes = {"armed": ARMED, "herd": HERD, "tickers": TICKERS, "intake_per_s": INTAKE_PER_SECOND}
    rate = HERD / max(herd.lateness)
    keep(Outcome("timers", "cards/s of the herd", sizes, [rate], peers, notes=notes))


async def _load(stack: Servers) -> float:
    """Store the cases with the projection's own adapters; return how long it took."""
    dsn = await stack.database("timers")
    began, days = time.monotonic(), [str(day.toordinal()) for day in _days()]
    argv = [sys.executable, "-m", "bench.maker", stack.as_role("timers", "casetrack_metrics")]
    cases = str(ARMED // CLOCKS_A_CASE)
    loaders = [
        await asyncio.create_subprocess_exec(*argv, str(lane), "0", cases, "0", *days, cwd=CHECKOUT)
        for lane in range(PARTITIONS)
    ]
    if any(await asyncio.gather(*(loader.wait() for loader in loaders))):
        raise SystemExit("the cases could not be loaded")
    connection = await asyncpg.connect(dsn)
    await connection.execute(PUT_OFF, _now() + timedelta(days=1))
    # The workers begin with a Kafka in which none of it lies.
    await connection.execute(READ_FROM_THE_START)
    # Whoever goes round would find all of them dead, and arm them as they were.
    await connection.execute(NO_ROUNDS)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()
    return time.monotonic() - began


def _days() -> list[date]:
    """Return days on which cases began whose limits are near now, and not over for some hours."""
    now, rules = _now(), shipped()
    today, found = local(now).date(), []
    for back in range(1, DAYS_BACK_MAX):
        day = today - timedelta(days=back)
        clocks = [clock for clock in _clocks(day, rules) if first_at(clock)]
        near = [one for one in clocks if one.near_at and one.near_at < now]
        over = [one for one in clocks if one.due_at and one.due_at < now + AHEAD]
        if len(near) == len(clocks) == CLOCKS_A_CASE and not over:
            found.append(day)
    return found[:DAYS_MAX]


def _clocks(day: date, rules: Rules) -> Sequence[Clock]:
    """Return the clocks of a case that began on *day*."""
    lanes = (running_cases(0, 1, [day], lane) for lane in range(PARTITIONS))
    facts = next(chain.from_iterable(lanes))
    entries = [entry_of(fact.value) for fact in facts]
    return clocks_of(fold_all(facts[0].key.decode(), entries), rules)


@asynccontextmanager
async def _bureau(stack: Servers, database: asyncpg.Connection) -> AsyncIterator[Bench]:
    """Start what folds, ticks and takes in, as `casetrack up` does."""
    places = new_places()
    try:
        issuer = LocalIssuer.open(places.keys, SystemClock(), SystemIds())
        first_port = any_free(PORT_OFFSET.values())
        desk = Briefing(
            places,
            first_port,
            stack.kafka,
            lambda role: stack.as_role("timers", role.value),
            {"AUTH_JWKS": str(places.keys / "jwks.json")},
        )
        journal = Journal(places.state, kafka=stack.kafka, postgres=stack.postgres)
        async with kept_running(places, journal, *_parts(desk, places)):
            await _complete(database)
            token = issuer.issue(Bearer(Role.PUBLISHER))
            yield Bench(database, first_port + PORT_OFFSET["intake"], token)
    finally:
        shutil.rmtree(places.home, ignore_errors=True)


def _parts(desk: Briefing, places: StackFolders) -> Iterator[StackPart]:
    for part in service_parts(desk):
        if part.name in STAGE:
            yield part
        if part.name == "metrics-ticker":
            for number in range(2, TICKERS + 1):
                name = f"{part.name}-{number}"
                ready = places.ready / name
                env = {**part.env, "CASETRACK_READY_FILE": str(ready)}
                yield replace(part, name=name, env=env, ready=wrote(ready))


async def _complete(database: asyncpg.Connection) -> None:
    since = _now()
    while not await database.fetchval(COMPLETE, PARTITIONS, since):  # noqa: ASYNC110 - others do it
        await asyncio.sleep(0.1)


async def _peers(database: asyncpg.Connection, dsn: str) -> dict[str, Sequence[float]]:
    """Return how many jobs a second others do: row by row as queues do, and in one statement."""
    await database.execute(PEER_TABLES)
    rows = min(HERD, PEER_ROWS_MAX)
    await database.execute(PEER_LET_COME, rows)
    began = time.monotonic()
    await asyncio.gather(*(_one_by_one(dsn) for _ in range(PEERS_AT_ONCE)))
    by_row = rows / (time.monotonic() - began)
    await database.execute(PEER_LET_COME, HERD)
    began = time.monotonic()
    await database.execute(PEER_FLIP)
    at_once = HERD / (time.monotonic() - began)
    await database.execute("DROP TABLE public.peer_jobs, public.peer_cards")
    return {
        f"SKIP LOCKED, one row a transaction, {PEERS_AT_ONCE} workers": [by_row],
        "one SQL statement; no fact, chain, reason or rule": [at_once],
    }


async def _one_by_one(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        while True:
            async with connection.transaction():
                row = await connection.fetchrow(PEER_TAKE)
                if row is None:
                    return
                await connection.execute(PEER_SAY, *row)
                await connection.execute(PEER_DONE, row["job"])
    finally:
        await connection.close()


def _now() -> datetime:
    return SystemClock().now()


if __name__ == "__main__":
    asyncio.run(main())
