"""
A whole host whose clock is ten minutes wrong, beside PostgreSQL's, which is right.

It says so, no card comes too early, what is refused is named, and nothing is lost. A referral
outside the rule calls for a card at the instant at which it was made, which may lie ahead.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.command.verify import verified
from shared.contracts.publishing import example_of
from shared.runtime.clock import SystemClock, VirtualClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.eventually import eventually
from tests.support.logs import logged
from tests.support.whole_way import WholeWay, whole_way
from tests.support.wrong_clock import COMPILER, WrongClock

AHEAD, BEHIND, RIGHT = 600, -600, 0
TOLERATED_SECONDS = 5.0
ANSWER_SECONDS_MAX = 30.0
METRICS = {"worker": "worker", "ticker": "ticker"}
MADE = "casetrack.committee.referral.made.v1"
RULE = "RULE-03"
KIND = {"Content-Type": "application/cloudevents+json"}
ACCEPTED, UNAUTHENTICATED, WRONG = 202, 401, 422
LOOKS = timedelta(seconds=3)
"""So long a card would be there, if it were to come."""
CARD_SECONDS_MAX = 60.0
PATIENCE_SECONDS = 60.0
CLOCK = SystemClock()

FIND_CARDS = """
SELECT subject, raised_at
FROM metrics.alerts
WHERE sla = $1
"""

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(COMPILER is None, reason="there is no C compiler to make a wrong clock"),
]


@dataclass(frozen=True)
class Host:
    """Every process of ours on one machine, with a clock that can be set."""

    way: WholeWay
    kafka: str
    superuser: asyncpg.Connection
    clock: WrongClock
    wrong_by: int

    async def set_right(self) -> None:
        """Set the clock right and start everything again, as the runbook says."""
        env = self.clock.by(RIGHT)
        await asyncio.gather(*(part.replaced(env) for part in self.way.parts.values()))

    async def publish(self, fact: dict[str, Any], *, fresh: bool = False) -> tuple[int, str]:
        """Publish by a token that the wrong clock believes, or a *fresh* one; return the answer."""
        async with self._client(Role.PUBLISHER, fresh=fresh) as client:
            answer = await client.post(
                f"{self.way.gateway}/v1/events", content=json.dumps(fact), headers=KIND
            )
        return answer.status_code, answer.json().get("code", "")

    async def apart(self) -> dict[str, float]:
        """Return by how much each process says that its clock is before PostgreSQL's."""
        found = {}
        async with self._client(Role.OPS) as client:
            for name, address in self.way.probes.items():
                told = (await client.get(f"{address}/metrics")).raise_for_status().text
                (measure,) = (
                    one
                    for one in text_string_to_metric_families(told)
                    if one.name == "casetrack_clock_difference_seconds"
                )
                found[name] = measure.samples[0].value
        return found

    def said(self) -> dict[str, list[float]]:
        """Return what each process has said of its clock."""
        return {name: _said(part.place) for name, part in self.way.parts.items()}

    async def cards(self) -> list[tuple[str, datetime]]:
        return [tuple(row) for row in await self.superuser.fetch(FIND_CARDS, RULE)]

    async def differences(self) -> list[object]:
        report = await verified(
            self.way.auditor_dsn, self.kafka, PATIENCE_SECONDS, lambda _rows, _share: None
        )
        return list(report.document()["differences"])

    def _client(self, role: Role, *, fresh: bool = False) -> httpx2.AsyncClient:
        behind = timedelta(seconds=0 if fresh else min(0, self.wrong_by))
        as_of = VirtualClock(CLOCK.now() + behind)
        token = LocalIssuer.open(self.way.home / "keys", as_of, SystemIds()).issue(Bearer(role))
        return httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=ANSWER_SECONDS_MAX,
        )


def _said(place: Path) -> list[float]:
    return [line["ahead_seconds"] for line in logged(place.with_suffix(".log"), "clock_differs")]


def referral(number: int, at: datetime) -> dict[str, Any]:
    """Return a fact that calls for a card at its own instant."""
    example = example_of(MADE)
    of = {"referral_id": f"SY2026-{number:04}", "case_no": f"XCCLOCK{number:06}", "on_list": False}
    return {
        "specversion": "1.0",
        "id": f"referral-{number}",
        "source": "urn:example:hall",
        "type": MADE,
        "time": at.isoformat(),
        "data": {**example["data"], **of},
    }


@pytest.fixture
async def host(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    role_dsn: Callable[[str], str],
    postgres_dsn: str,
    bureau_topics: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Host]:
    """Give a host whose clock is wrong by as many seconds as the test says."""
    clock = WrongClock(tmp_path)
    for name, value in clock.by(request.param).items():
        monkeypatch.setenv(name, value)
    superuser = await asyncpg.connect(postgres_dsn)
    async with whole_way(
        tmp_path / "home",
        role_dsn=role_dsn,
        kafka=bureau_topics,
        metrics=METRICS,
        owners="intake,supervision",
    ) as way:
        yield Host(way, bureau_topics, superuser, clock, request.param)
    await superuser.close()


async def is_known(host: Host, seconds: int) -> None:
    """See that each process has said once by how much its clock is wrong, and tells it."""
    apart = await host.apart()

    assert set(apart) == set(host.way.parts)
    assert {name: len(said) for name, said in host.said().items()} == dict.fromkeys(apart, 1)
    for told in (*apart.values(), *(said[0] for said in host.said().values())):
        assert abs(told - seconds) < TOLERATED_SECONDS


@pytest.mark.parametrize("host", [AHEAD], indirect=True)
async def test_where_the_clock_is_ahead_no_card_comes_before_its_time(host: Host) -> None:
    began = CLOCK.now()
    soon, later = began + timedelta(seconds=5), began + timedelta(minutes=8)
    for number, at in enumerate((soon, later)):
        assert await host.publish(referral(number, at), fresh=True) == (ACCEPTED, "")
    await host.way.folded(2)
    await is_known(host, AHEAD)
    await eventually(lambda: CLOCK.now() > soon + LOOKS, within=30.0)
    by_the_wrong_clock = await host.cards()
    await host.set_right()
    cards = await eventually(host.cards, within=CARD_SECONDS_MAX)

    assert by_the_wrong_clock == []
    assert cards == [("SY2026-0000", soon)]
    assert max(map(abs, (await host.apart()).values())) < TOLERATED_SECONDS
    assert await host.differences() == []


@pytest.mark.parametrize("host", [BEHIND], indirect=True)
async def test_where_the_clock_is_behind_what_is_refused_is_named_and_cards_come_late(
    host: Host,
) -> None:
    now = CLOCK.now()
    before = now - timedelta(minutes=6)
    refused = [await host.publish(referral(1, before), fresh=True)]
    refused.append(await host.publish(referral(2, now)))
    assert await host.publish(referral(3, before)) == (ACCEPTED, "")
    await host.way.folded(1)
    await is_known(host, BEHIND)
    await eventually(lambda: CLOCK.now() > now + LOOKS, within=30.0)
    by_the_wrong_clock = await host.cards()
    await host.set_right()
    late = await eventually(host.cards, within=CARD_SECONDS_MAX)
    again = [await host.publish(referral(1, before), fresh=True)]
    again.append(await host.publish(referral(2, now)))

    assert refused == [(UNAUTHENTICATED, "token_invalid"), (WRONG, "time_in_future")]
    assert by_the_wrong_clock == []
    assert late == [("SY2026-0003", before)]
    assert again == [(ACCEPTED, "")] * 2
    assert await host.differences() == []
