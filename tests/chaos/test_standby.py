"""The PostgreSQL that takes writes is lost under load, and its standby takes its place."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.databases import prepare_database
from deploy.stack.postgres import SUPERUSER
from shared.eventstore.connecting import connect
from tests.support.delivering import ENVIRONMENT
from tests.support.loaded_way import DECIDERS, OWNERS, PARTS, LoadedWay
from tests.support.standby import Member, Pair, standby_pair
from tests.support.whole_way import Kept, kept, whole_way

STALL_SECONDS_MAX = 120.0
CHANNEL = {"kind": "webhook", "url": "https://127.0.0.1:9/"}

COUNTS_AS_EVER = """
SELECT intake.own_transaction() = pg_current_xact_id()
"""

Loss = Callable[[Member], Awaitable[None]]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    # Not pytest's own folder: PostgreSQL runs under another account where we are root.
    with TemporaryDirectory(prefix="casetrack-standby-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
async def pair(open_folder: Path) -> AsyncIterator[Pair]:
    async with standby_pair(open_folder) as two:
        yield two


@pytest.fixture
async def loaded(
    tmp_path: Path, pair: Pair, bureau_topics: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LoadedWay]:
    """Give every process that we have, at work."""
    profile = tmp_path / "deliveries.json"
    profile.write_text(
        json.dumps({"channels": {"webhook": CHANNEL}, "routes": [{"channel": "webhook"}]})
    )
    for name, value in {
        **ENVIRONMENT,
        "METRICS_DELIVERIES": str(profile),
        "METRICS_DELIVERY_HOSTS": "127.0.0.1",
        "METRICS_DELIVERY_NETWORKS": "127.0.0.0/8",
    }.items():
        monkeypatch.setenv(name, value)
    signing = {
        "CHECKPOINTS_POSTGRES_DSN": pair.dsn("casetrack_auditor"),
        "CHECKPOINTS_KAFKA": bureau_topics,
        "CHECKPOINTS_KEY": str(tmp_path / "checkpoints.pem"),
        "CHECKPOINTS_MINUTES": "0.05",
    }
    signer = Kept(tmp_path / "signer", (sys.executable, "-P", "-m", "deploy.signing"), signing)
    async with (
        whole_way(
            tmp_path / "home",
            role_dsn=pair.dsn,
            kafka=bureau_topics,
            metrics={**PARTS, "courier": "courier"},
            owners=OWNERS,
            deciders=DECIDERS,
        ) as way,
        kept({"signer": signer}),
    ):
        yield LoadedWay(way, bureau_topics, others={"signer": signer})


@pytest.mark.timeout(900)
async def test_a_standby_takes_over_and_nothing_that_was_acknowledged_is_lost(
    loaded: LoadedWay, pair: Pair
) -> None:
    losses: dict[str, Loss] = {"killed": Member.kill, "silent": Member.vanish}
    seen: dict[str, tuple[float, float]] = {}
    async with loaded.loaded():
        await loaded.goes_on()
        for name, lose in losses.items():
            async with loaded.stalled() as (accepted, folded):
                await lose(pair.leads)
                await pair.promote()
            seen[name] = (accepted.seconds, folded.seconds)
            await pair.follows.fence()
            await pair.follow()
            await loaded.goes_on()
    loaded.tell(seen)

    assert await loaded.amiss() == {}
    assert max(max(stalls) for stalls in seen.values()) < STALL_SECONDS_MAX
    await begins_no_era(pair)


async def begins_no_era(pair: Pair) -> None:
    """See that who was promoted counts on, whatever prepares it."""
    await prepare_database(pair.dsn(SUPERUSER), {})
    connection = await connect(pair.dsn(SUPERUSER))
    try:
        assert await connection.fetchval(COUNTS_AS_EVER)
    finally:
        await connection.close()
