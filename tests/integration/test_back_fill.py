"""A year of old facts comes through the gateway, with ticker and courier at work."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import asyncpg
import httpx2
import pytest

from services.metrics.domain.deliveries.profile import DeliveryProfile
from services.metrics.domain.deliveries.routing import Routing
from shared.contracts.envelope import Event
from shared.contracts.registry import encode
from shared.policy.calendar import business_date
from shared.policy.organisations import organisations
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.delivering import ENVIRONMENT, RoleDsn, Telling, telling
from tests.support.old_year import called_for, stories, year
from tests.support.whole_way import WholeWay, whole_way

CASES = int(os.environ.get("CASETRACK_BACK_FILL_CASES", "300"))
DAYS = 365
FACTS_AT_ONCE = 200
BEFORE_THE_END = timedelta(hours=1)
"""What is told until then is told to us."""
STALLED_SECONDS_MAX = 120.0
"""So long may nothing move; how long all of it takes is the machine's affair."""
LOOK_SECONDS_MIN, LOOK_SHARE = 0.2, 0.05
"""So seldom is looked, and so much of the time may looking take: counting is work for the store."""
METRICS = {"worker": "worker", "ticker": "ticker", "courier": "courier"}
SLACK = timedelta(seconds=2)
"""So long a fact that is on record may be on its way to us."""

SETTLED = """
SELECT (SELECT count(*) FROM intake.events) = $1
   AND $1 + (SELECT count(*) FROM supervision.events) <= (SELECT count(*) FROM metrics.timeline)
   AND NOT EXISTS (SELECT FROM metrics.clocks WHERE next_at <= now())
   AND NOT EXISTS (
     SELECT
     FROM supervision.events, metrics.courier_cursor
     WHERE (events.xid, events.position) > (courier_cursor.xid, courier_cursor.position)
     AND type <> 'casetrack.supervision.alert.acknowledged.v1'
   )
   AND NOT EXISTS (
     SELECT
     FROM metrics.notifications
     LEFT JOIN metrics.deliveries USING (delivery_id)
     WHERE NOT spared AND state IS DISTINCT FROM 'SENT'
   )
"""
# Cheap: by this is seen that it goes on.
PROGRESS = """
SELECT (SELECT sum(changes) FROM metrics.lanes) AS folded,
       (SELECT max(position) FROM supervision.events) AS said,
       EXISTS (SELECT FROM metrics.clocks WHERE next_at <= now()) AS due,
       (SELECT position FROM metrics.courier_cursor) AS told
"""
CARDS = "SELECT dossier, sla, level, state FROM metrics.alerts"
RAISED = "SELECT alert_id, raised_at FROM metrics.alerts"
# Of each card that was withdrawn: how long before it was told the fact was on record.
WITHDRAWN = """
SELECT alerts.recorded_at - (events.body ->> 'recordedtime')::timestamptz AS known_for
FROM metrics.alerts
LEFT JOIN intake.events
  ON partitionkey = alerts.dossier
  AND type = CASE alerts.sla
    WHEN 'SLA-01' THEN 'casetrack.intake.application.accepted.v1'
    ELSE 'casetrack.handling.decision.made.v1'
  END
WHERE alerts.state = 'REVOKED'
"""


@pytest.mark.timeout(300 + 2 * CASES)
async def test_a_back_fill_withdraws_nothing_that_we_could_have_known_and_rings_nobody_up_for_it(
    pool: asyncpg.Pool,
    database: asyncpg.Pool,
    role_dsn: RoleDsn,
    bureau_topics: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = SystemClock().now()
    begins = business_date(now) - timedelta(days=DAYS)
    told_until = now - BEFORE_THE_END
    facts = (one for one in year(CASES, begins, DAYS) if one.time <= told_until)
    async with telling(pool, tmp_path, {"webhook": {"gather_seconds": 0}}, at=now) as world:
        for name, value in told_to_couriers(world).items():
            monkeypatch.setenv(name, value)
        world.vendors["webhook"].now = SystemClock().now
        async with whole_way(
            tmp_path / "home",
            role_dsn=role_dsn,
            kafka=bureau_topics,
            metrics=METRICS,
            owners="intake,supervision",
        ) as running:
            began = time.monotonic()
            sent = await published(running, facts)
            taken = time.monotonic() - began
            await settled(database, sent)
            lasted = time.monotonic() - began
            looked_at = SystemClock().now()
            cards = Counter(tuple(row) for row in await database.fetch(CARDS))
        known_for = [row["known_for"] for row in await database.fetch(WITHDRAWN)]
        raised = dict(await database.fetch(RAISED))
        sys.stdout.write(
            f"{sent} facts taken in {taken:.0f} s and settled in {lasted:.0f} s, "
            f"{cards.total()} cards, {len(known_for)} withdrawn, of which "
            f"{sum(one > SLACK for one in known_for)} by what we knew; "
            f"{len(told_to(world))} told\n"
        )

    assert [one for one in known_for if one > SLACK] == []
    ways = (
        (key, [one for one in told if one.time <= told_until])
        for key, told in stories(CASES, begins, DAYS)
    )
    assert standing(cards) == called_for(ways, looked_at)
    assert told_to(world) <= {name for name, at in raised.items() if of_late(at, now)}
    assert told_to(world)


def told_to_couriers(world: Telling) -> dict[str, str]:
    return {
        **ENVIRONMENT,
        "METRICS_DELIVERIES": str(world.settings.deliveries),
        "METRICS_DELIVERY_HOSTS": world.settings.delivery_hosts,
        "METRICS_DELIVERY_NETWORKS": world.settings.delivery_networks,
    }


async def published(running: WholeWay, facts: Iterable[Event]) -> int:
    """Send *facts* to the gateway, in their order; return how many they were."""
    told, sent = iter(facts), 0
    issuer = LocalIssuer.open(running.home / "keys", SystemClock(), SystemIds())
    headers = {"content-type": "application/cloudevents-batch+json"}
    async with httpx2.AsyncClient(
        base_url=running.gateway, headers=headers, timeout=60, trust_env=False
    ) as client:
        while bodies := [encode(fact) for fact in islice(told, FACTS_AT_ONCE)]:
            # Anew, because a large year takes longer than a token lives.
            client.headers["authorization"] = f"Bearer {issuer.issue(Bearer(Role.PUBLISHER))}"
            answer = await client.post("/v1/events", content=b"[" + b",".join(bodies) + b"]")
            assert {one["status"] for one in answer.json()} == {"accepted"}, answer.text
            sent += len(bodies)
    return sent


async def settled(database: asyncpg.Pool, facts: int) -> None:
    """Return when all of it is judged and told; nothing may stand still meanwhile."""
    seen, moved = None, time.monotonic()
    while True:
        asked = time.monotonic()
        progress = await database.fetchrow(PROGRESS)
        if not progress["due"] and await database.fetchval(SETTLED, facts):
            return
        now = time.monotonic()
        if progress != seen:
            seen, moved = progress, now
        assert now - moved < STALLED_SECONDS_MAX, f"stands still at {dict(progress)}"
        await asyncio.sleep(max(LOOK_SECONDS_MIN, (now - asked) / LOOK_SHARE))


def standing(cards: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    return Counter({card: n for card, n in cards.items() if card[3] != "REVOKED"})


def of_late(at: datetime, now: datetime) -> bool:
    """Say whether what was raised then is still told."""
    rules = shipped()
    routing = Routing(
        DeliveryProfile(), rules.calendar, rules.policy_on(business_date(now)), organisations()
    )
    return not routing.old(at, now)


def told_to(world: Telling) -> set[str]:
    return {
        one["id"].rpartition(":")[0]
        for document in world.vendors["webhook"].received
        for one in document["data"]["notifications"]
    }
