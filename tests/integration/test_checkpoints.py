"""Signed checkpoints over a real database and a real broker: a superuser's hand is seen."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from deploy.checkpoints import Signer, load_checkpoints, unborne, unsigned_since
from services.metrics.adapters.recorded import open_records
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.difference import Difference, What
from shared.contracts.registry import Owner
from shared.eventstore.chain import digest_of, link
from shared.eventstore.checkpoint import Book, Checkpoint
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.port import Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import CHECKPOINTS
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import KILLED
from shared.web.keys import file_keys
from shared.web.statements import public_half
from tests.support.eventually import eventually
from tests.support.facts import foreign
from tests.support.settled import OTHERS_SECONDS_MAX
from tests.support.terminal import Terminal

CASES = ("XC20240902000017", "XC20240902000018")
RECEIVE = """
INSERT INTO intake.receipts (principal, key, digest, answer)
VALUES ('clerk', $1, sha256('asked'), '{"version": 1}')
"""
CLAIM = """
INSERT INTO intake.claims (kind, name, holder)
VALUES ('session', $1, 'nobody')
"""
LOAD_STREAM = """
SELECT version, published, body
FROM intake.events
WHERE stream = $1
ORDER BY version
"""
REWRITE = """
UPDATE intake.events
SET body = $3::text::json, digest = $4, previous_hash = $5, hash = $6
WHERE stream = $1
AND version = $2
"""


class Watched:
    """Intake's store, who signs what stands in it, and whoever is superuser."""

    def __init__(
        self,
        dsn: str,
        kafka: str,
        signer: Signer,
        root: asyncpg.Connection,
        store: PostgresEventStore,
    ) -> None:
        self.dsn = dsn
        self.kafka = kafka
        self.signer = signer
        self.root = root
        self.store = store
        self.clock = SystemClock()

    async def grow(self, number: int) -> Checkpoint:
        """Record five facts of each case, a receipt and a claim, and sign all of it."""
        facts = [
            foreign(10 * number + each, case=case)
            for at, case in enumerate(CASES)
            for each in range(5 * at, 5 * at + 5)
        ]
        await self.store.record(facts)
        await self.root.execute(RECEIVE, f"k{number}")
        await self.root.execute(CLAIM, f"n{number}")
        made: list[Checkpoint] = []

        async def signed() -> bool:
            # Somebody else's open transaction holds the bound back for a moment.
            made.extend(filter(None, [await self.sign()]))
            return bool(made) and made[-1].rows == 12 * number

        await eventually(signed, within=OTHERS_SECONDS_MAX)
        return made[-1]

    async def sign(self, signer: Signer | None = None) -> Checkpoint | None:
        async with KafkaProducer(self.kafka) as sender:
            return await (signer or self.signer).sign(self.dsn, Owner.INTAKE, sender, self.clock)

    async def differences(self) -> list[Difference]:
        keys = file_keys(public_half(self.signer.path), self.clock)
        published = await load_checkpoints(self.kafka, keys)
        return [one async for one in unborne(self.dsn, published)]

    async def chains(self) -> list[Difference]:
        """Return what the chains of hashes tell without any checkpoint."""
        walk = ChainWalk()
        async with open_records(self.dsn) as records, records.snapshot() as snapshot:
            return [one async for row in snapshot.chains(Owner.INTAKE) for one in walk.step(row)]


@pytest.fixture
async def watched(
    tmp_path: Path,
    bureau_topics: str,
    role_dsn: Callable[[str], str],
    superuser: asyncpg.Connection,
) -> AsyncIterator[Watched]:
    await superuser.execute("SET session_replication_role = replica")
    signer = Signer.open(tmp_path / "checkpoints.pem")
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        yield Watched(
            role_dsn("casetrack_auditor"),
            bureau_topics,
            signer,
            superuser,
            PostgresEventStore(pool),
        )


async def rewrite(root: asyncpg.Connection) -> None:
    """Change one fact, and every hash behind it, as whoever knows our own code can."""
    stream = await root.fetchval("SELECT stream FROM intake.events ORDER BY position LIMIT 1")
    previous = bytes(32)
    for version, published, told in await root.fetch(LOAD_STREAM, stream):
        body = (
            told.replace('"activity ', '"no activity ').encode() if version == 2 else told.encode()
        )
        place = link(previous, stream, version, body, published=published)
        await root.execute(
            REWRITE, stream, version, body.decode(), digest_of(body), previous, place
        )
        previous = place


def doing(statement: str) -> Callable[[asyncpg.Connection], Awaitable[None]]:
    async def done(root: asyncpg.Connection) -> None:
        assert (await root.execute(statement)).split()[-1] != "0", statement

    return done


HANDS: dict[str, tuple[Callable[[asyncpg.Connection], Awaitable[None]], Book]] = {
    "a fact rewritten with all hashes behind it": (rewrite, Book.EVENTS),
    "when we learned of a fact": (
        doing(
            "UPDATE intake.events SET recorded_at = recorded_at - interval '1 second' "
            "WHERE position = (SELECT min(position) FROM intake.events)"
        ),
        Book.EVENTS,
    ),
    "a case that never was": (
        doing("DELETE FROM intake.events WHERE partitionkey = 'XC20240902000017'"),
        Book.EVENTS,
    ),
    "the newest facts of a case": (
        doing(
            "DELETE FROM intake.events WHERE position = (SELECT max(position) FROM intake.events)"
        ),
        Book.EVENTS,
    ),
    "a command that nobody gave": (
        doing("DELETE FROM intake.receipts WHERE key = 'k1'"),
        Book.RECEIPTS,
    ),
    "another answer to a command": (
        doing("""UPDATE intake.receipts SET answer = '{"version": 2}' WHERE key = 'k1'"""),
        Book.RECEIPTS,
    ),
    "a name that is free again": (
        doing("DELETE FROM intake.claims WHERE name = 'n1'"),
        Book.CLAIMS,
    ),
}


async def test_an_untouched_store_bears_out_everything(watched: Watched) -> None:
    first, second = await watched.grow(1), await watched.grow(2)

    assert second.number > first.number
    assert await watched.sign() is None, "nothing has come since"
    assert await watched.differences() == []


@pytest.mark.parametrize("hand", HANDS)
async def test_what_no_chain_tells_a_checkpoint_does(watched: Watched, hand: str) -> None:
    await watched.grow(1)
    await watched.grow(2)
    touch, book = HANDS[hand]

    await touch(watched.root)

    assert await watched.chains() == []
    found = await watched.differences()
    assert found
    assert {(one.what, one.subject) for one in found} == {(What.CHECKPOINT, f"intake/{book.value}")}
    assert {"number", "since", "until"} <= found[0].recomputed.keys()


async def test_what_is_rewritten_is_not_healed_by_signing_again(watched: Watched) -> None:
    await watched.grow(1)
    await rewrite(watched.root)
    await watched.grow(2)

    found = await watched.differences()

    assert {one.what for one in found} == {What.CHECKPOINT}
    assert [one.recomputed["rows"] for one in found][-1] == 10


async def test_another_key_signs_nothing_that_is_believed(watched: Watched, tmp_path: Path) -> None:
    stranger = Signer.open(tmp_path / "stranger.pem")
    await watched.grow(1)
    await watched.root.execute("DELETE FROM intake.events WHERE version = 5")
    assert await watched.sign(stranger)
    async with KafkaProducer(watched.kafka) as sender:
        await sender.send([Record(CHECKPOINTS, b"intake", b"no signature at all")])
        await sender.send([Record(CHECKPOINTS, b"intake", None)])

    found = [one.what for one in await watched.differences()]

    assert found.count(What.CHECKPOINT_FORGED) == 3
    assert What.CHECKPOINT in found


async def test_a_checkpoint_that_was_taken_away_is_told(watched: Watched) -> None:
    numbers = [(await watched.grow(each)).number for each in (1, 2, 3)]
    published = await load_checkpoints(
        watched.kafka, file_keys(public_half(watched.signer.path), watched.clock)
    )
    told = published.told[Owner.INTAKE]
    published.told[Owner.INTAKE] = [one for one in told if one.checkpoint.number != numbers[1]]

    found = [one async for one in unborne(watched.dsn, published)]

    assert [one.what for one in found] == [What.CHECKPOINT_GAP]
    assert found[0].recomputed["number"] == numbers[1]


@pytest.mark.parametrize("place", ["checkpoint.signed", "checkpoint.published"])
async def test_who_is_killed_while_signing_raises_no_false_alarm(
    watched: Watched, tmp_path: Path, place: str
) -> None:
    await watched.grow(1)
    await watched.store.record([foreign(99, case=CASES[0])])
    settings = {
        "CASETRACK_AUDITOR_DSN": watched.dsn,
        "CASETRACK_KAFKA": watched.kafka,
        "CASETRACK_CHECKPOINT_KEY": str(watched.signer.path),
    }
    dying = Terminal(tmp_path / "home", {**settings, "CASETRACK_CRASH": place})
    statuses = set()

    async def died() -> bool:
        # Until the fact's transaction is older than every other, there is nothing to sign.
        statuses.add((await dying.casetrack("checkpoint")).status)
        return KILLED in statuses

    await eventually(died, within=OTHERS_SECONDS_MAX)
    terminal = Terminal(tmp_path / "home", settings)
    signed = await terminal.casetrack("checkpoint", "--json")
    verified = await terminal.casetrack("verify", "--now", "--json")

    assert [one["rows"] for one in signed.document["checkpoints"]] == [13]
    assert verified.document["differences"] == []
    assert verified.document["checkpoints"] >= 2


@asynccontextmanager
async def signing(watched: Watched, folder: Path, **settings: str) -> AsyncIterator[Path]:
    """Let the process that signs run; give the file by which it says that it is ready."""
    ready = folder / "ready"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "deploy.signing"),
        env={
            **os.environ,
            "CASETRACK_READY_FILE": str(ready),
            "CHECKPOINTS_POSTGRES_DSN": watched.dsn,
            "CHECKPOINTS_KAFKA": watched.kafka,
            "CHECKPOINTS_MINUTES": "0.01",
            **settings,
        },
    )
    try:
        await eventually(ready.exists)
        yield ready
        process.terminate()
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_who_is_started_signs_by_itself_again_and_again(
    watched: Watched, tmp_path: Path
) -> None:
    key, memory = tmp_path / "secret" / "checkpoints.pem", tmp_path / "memory"
    key.parent.mkdir()
    memory.mkdir()
    keys = file_keys(public_half(memory / key.name), watched.clock)

    async def signed(rows: int) -> bool:
        published = await load_checkpoints(watched.kafka, keys)
        told = published.told.get(Owner.INTAKE, [])
        return bool(told) and told[-1].checkpoint.rows == rows

    async with signing(watched, tmp_path, CHECKPOINTS_KEY=str(key), CHECKPOINTS_MEMORY=str(memory)):
        for rows in (1, 2):
            await watched.store.record([foreign(rows, case=CASES[0])])
            await eventually(partial(signed, rows), within=OTHERS_SECONDS_MAX)

    published = await load_checkpoints(watched.kafka, keys)
    assert [one async for one in unborne(watched.dsn, published)] == []
    assert await unsigned_since(watched.dsn, published) is None
    assert [path.name for path in key.parent.iterdir()] == ["checkpoints.pem"]


async def test_without_a_key_nothing_is_signed_and_nobody_is_alarmed(
    watched: Watched, tmp_path: Path
) -> None:
    await watched.store.record([foreign(1, case=CASES[0])])

    async with signing(watched, tmp_path, CHECKPOINTS_KEY=""):
        pass

    assert await watched.differences() == []


async def test_verify_warns_where_something_has_long_stood_without_a_signature(
    watched: Watched, tmp_path: Path
) -> None:
    settings = {
        "CASETRACK_AUDITOR_DSN": watched.dsn,
        "CASETRACK_KAFKA": watched.kafka,
        "CASETRACK_CHECKPOINT_KEYS": str(public_half(watched.signer.path)),
    }
    terminal = Terminal(tmp_path / "home", settings)
    await watched.grow(1)
    fresh = await terminal.casetrack("verify", "--now", "--json")
    await watched.store.record([foreign(99, case=CASES[0])])
    await watched.root.execute(
        "UPDATE intake.events SET recorded_at = recorded_at - interval '1 hour' "
        "WHERE position = (SELECT max(position) FROM intake.events)"
    )
    late = await terminal.casetrack("verify", "--now", "--json")
    told = await terminal.casetrack("verify", "--now")

    assert (fresh.document["unsigned_seconds"], fresh.document["checkpoints_overdue"]) == (0, False)
    assert fresh.document["checkpoint_at"]
    assert (late.status, late.document["checkpoints_overdue"]) == (0, True)
    assert "the last 60 minutes bears no signature" in told.out


async def test_verify_says_what_it_measured_by(watched: Watched, tmp_path: Path) -> None:
    bare = {"CASETRACK_AUDITOR_DSN": watched.dsn, "CASETRACK_KAFKA": watched.kafka}
    keys = {**bare, "CASETRACK_CHECKPOINT_KEYS": str(public_half(watched.signer.path))}
    await watched.grow(1)
    await watched.root.execute("DELETE FROM intake.receipts")

    without, told = await asyncio.gather(
        Terminal(tmp_path / "home", bare).casetrack("verify", "--now"),
        Terminal(tmp_path / "home", keys).casetrack("verify", "--now"),
    )

    assert (without.status, "casetrack checkpoint" in without.out) == (0, True)
    assert told.status == 1
    assert "intake/receipts" in told.out
    assert "the store is not what was signed" in told.out


async def test_who_reads_from_the_start_sees_what_is_no_longer_as_it_was_signed(
    watched: Watched,
) -> None:
    await watched.grow(1)
    before = await watched.signer.altered(watched.dsn, Owner.INTAKE)
    await rewrite(watched.root)

    after = await watched.signer.altered(watched.dsn, Owner.INTAKE)

    assert (before, after) == ([], [Book.EVENTS])
