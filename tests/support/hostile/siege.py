"""The whole bureau as processes under siege, and the account after each wave."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, assert_never

import asyncpg
import httpx2
from aiokafka.errors import KafkaError

from deploy.command.verify import verified
from services.assist.consumer import GROUP as ASSIST
from services.intake.app import Intake
from services.intake.consumer import GROUP as INTAKE
from services.intake.consumer import reading
from services.metrics.consumer.lanes import GROUP as METRICS_GROUP
from services.metrics.handlers.difference import Report
from services.review.consumer import GROUP as REVIEW
from shared.contracts.envelope import Event
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS, INBOX, Owner, owner_of
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.ends import load_ends
from shared.kafka.topics import DEAD_LETTER_TOPICS
from shared.policy.calendar import ZONE
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.eventually import eventually
from tests.support.hostile.records import Fate, RecordSender, Sent, record_sender
from tests.support.hostile.requests import RequestSender
from tests.support.whole_way import WholeWay, whole_way

METRICS = {"worker-1": "worker", "worker-2": "worker", "ticker": "ticker", "metrics": "api"}
DECIDERS = ("intake", "assist", "review")
OWNERS = "intake,assist,review,supervision"
KILLED = ("intake", "assist", "review", "relay", "worker-1", "worker-2", "ticker", "metrics")
USUAL_SECONDS_MAX = 60.0
"""Within this well-meant requests are answered, on a machine that does other things as well."""
SEEN_SECONDS_MAX = 60.0
ACCOUNTED_SECONDS_MAX = 90.0
BACK_SECONDS_MAX = 60.0
PATIENCE_SECONDS = 120.0

READER, FOLD = INTAKE.group, METRICS_GROUP
GROUPS = (READER, FOLD, ASSIST.group, REVIEW.group)

SOURCE = "urn:example:besieged"
RECEIVED = "casetrack.intake.application.received.v1"
KINDS = tuple(kind for kind in FACTS if owner_of(kind) is not Owner.SUPERVISION)
ORG = {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"}
PARTY = {"party_token": "party-1", "party_type": "ENTERPRISE"}
WELL_MEANT: Mapping[str, tuple[Role, str, dict[str, Any]]] = {
    "intake": (
        Role.WINDOW_CLERK,
        "/v1/cases",
        {
            "item_code": "000117051000",
            "item_version": 4,
            "item_name": "食品经营许可",
            "case_type": "COMMITTED",
            "party": PARTY,
            "channel": "WINDOW",
            "terminal": "WINDOW",
            "agent_present": False,
            "handling_org": ORG,
        },
    ),
    "assist": (
        Role.WINDOW_CLERK,
        "/v1/tasks",
        {
            "kind": "KEY_PROJECT",
            "mode": "PROXY",
            "party": PARTY,
            "system": "WINDOW",
            "item_codes": ["000117051000"],
        },
    ),
    "review": (
        Role.REVIEW_DESK,
        "/v1/ratings",
        {
            "phase": "COMPLETION",
            "scope": "VISIT",
            "channel": "SMS",
            "level": "SATISFIED",
            "real_name": True,
            "rated_org": ORG,
        },
    ),
}
"""For each service a command that anybody at a window gives."""

RECORDED = """
SELECT source, id
FROM intake.events
"""


@dataclass
class Siege:
    """The running bureau, those who attack it, and what is right after each wave."""

    way: WholeWay
    kafka: str
    superuser_dsn: str
    issuer: LocalIssuer
    records: RecordSender
    requests: RequestSender
    judge: "Judge"
    hits: Counter[str]
    waves: int = 0

    async def wave(self, chance: Random, size: int) -> None:
        """Attack *size* times, on both sides at once."""
        self.waves += 1
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._records(chance, size))
            tasks.create_task(self._requests(chance, size))
        await self.requests.let_go()

    async def _records(self, chance: Random, size: int) -> None:
        for _ in range(size):
            # What Kafka itself refuses, nobody has to read.
            with suppress(KafkaError):
                await self.records.attack(fresh(chance), chance)

    async def _requests(self, chance: Random, size: int) -> None:
        for _ in range(size):
            await self.requests.attack(fresh(chance), chance)

    async def well_meant(self) -> None:
        """Ask at every door what anybody may ask, and see the answer take its effect."""
        async with asyncio.timeout(USUAL_SECONDS_MAX):
            by_http, by_kafka = received(), received()
            answer = await self._publish(by_http)
            assert answer.status_code == 202, answer.text
            await self.records.well_meant(by_kafka)
            for service, (role, path, body) in WELL_MEANT.items():
                answer = await self._command(service, role, path, body)
                assert answer.status_code == 201, answer.text
            for path in ("/v1/kpis", "/v1/alerts", "/v1/cases", "/v1/freshness"):
                assert (await self._get(path)).status_code == 200
            await self._hears_the_picture()
        for event in (by_http, by_kafka):
            shown = partial(self._shown, event["partitionkey"])
            await eventually(shown, within=SEEN_SECONDS_MAX)

    async def _shown(self, no: str) -> bool:
        return (await self._get(f"/v1/cases/{no}")).status_code == 200

    async def _hears_the_picture(self) -> None:
        url, headers = f"{self.way.addresses['metrics']}/v1/stream", self.token(Role.SUPERVISOR)
        async with self.requests.client.stream("GET", url, headers=headers) as response:
            assert response.status_code == 200
            async for line in response.aiter_lines():
                if line == "event: snapshot":
                    return
        raise AssertionError("the stream ended")

    async def accounted(self) -> None:
        """Return once each record is on record or exactly one letter, as it deserves."""
        with suppress(AssertionError):
            await eventually(self._no_errors, within=ACCOUNTED_SECONDS_MAX)
        found = await self.errors()
        assert not found, "\n".join(found)

    async def _no_errors(self) -> bool:
        return not await self.errors()

    async def errors(self) -> list[str]:
        """Return what is not as it should be, a line each."""
        recorded = await self._recorded()
        letters = [letter.origin async for letter in DeadLetterBox(self.kafka).load_all()]
        lying = sum((await load_ends(self.kafka, DEAD_LETTER_TOPICS)).values())
        found = [f"{lying} letters about {len(letters)} records"] if lying > len(letters) else []
        left = {origin and origin._replace(sent_at_ms=0) for origin in letters}
        for sent in self.records.sent:
            # Whoever reads an owner's topic may say what it thinks of a record.
            fault = self.judge.fault(sent, recorded, lettered=sent.origin(_reader_of(sent)) in left)
            left -= {sent.origin(group) for group in GROUPS}
            found += [f"{sent}"[:2_000] + f": {fault}"] if fault else []
        return [*found, *(f"a letter about {origin}" for origin in left)]

    async def _recorded(self) -> set[tuple[str, str]]:
        connection = await asyncpg.connect(self.superuser_dsn)
        try:
            rows = await connection.fetch(RECORDED)
        finally:
            await connection.close()
        return {(row["source"], row["id"]) for row in rows}

    async def kill(self, chance: Random) -> None:
        """Kill one process as `kill -9` does, and wait until it is back."""
        name = chance.choice(KILLED)
        part = self.way.parts[name]
        if not part.alive:
            return
        starts = part.starts
        self.hits[name] += 1
        part.kill()
        await eventually(
            lambda: part.starts > starts and part.ready.exists(), within=BACK_SECONDS_MAX
        )

    @property
    def restarts(self) -> Counter[str]:
        """How often each process ended, whoever ended it."""
        return +Counter({name: part.starts - 1 for name, part in self.way.parts.items()})

    async def verified(self) -> Report:
        dsn = self.way.auditor_dsn
        return await verified(dsn, self.kafka, PATIENCE_SECONDS, lambda _rows, _share: None)

    def token(self, role: Role) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.issuer.issue(Bearer(role))}"}

    async def _get(self, path: str) -> httpx2.Response:
        url = f"{self.way.addresses['metrics']}{path}"
        return await self.requests.client.get(url, headers=self.token(Role.SUPERVISOR))

    async def _publish(self, event: dict[str, Any]) -> httpx2.Response:
        headers = {"content-type": "application/cloudevents+json", **self.token(Role.PUBLISHER)}
        url = f"{self.way.addresses['intake']}/v1/events"
        return await self.requests.client.post(url, content=json.dumps(event), headers=headers)

    async def _command(
        self, service: str, role: Role, path: str, body: dict[str, Any]
    ) -> httpx2.Response:
        headers = {"idempotency-key": SystemIds().new(), **self.token(role)}
        url = f"{self.way.addresses[service]}{path}"
        return await self.requests.client.post(url, json=body, headers=headers)


@dataclass(frozen=True)
class Judge:
    """What a record deserves, by the gateway's own rules and without its transport."""

    intake: Intake

    def fault(self, sent: Sent, recorded: set[tuple[str, str]], *, lettered: bool) -> str | None:
        """Return what went wrong with *sent*, if anything did."""
        known = (SOURCE, sent.event_id) in recorded
        match sent.fate:
            case Fate.NEVER:
                right = not known and not lettered
            case Fate.UNFOLDED:
                right = lettered
            case Fate.ONE_OF_BOTH:
                right = known != lettered
            case Fate.JUDGED:
                admitted = self._admitted(sent)
                known = admitted in recorded
                right = (known, lettered) == (admitted is not None, admitted is None)
            case _:
                assert_never(sent.fate)
        return None if right else f"on record: {known}, a letter: {lettered}"

    def _admitted(self, sent: Sent) -> tuple[str, str] | None:
        """Return under which source and id *sent* ought to be on record, if it ought to be."""
        learned = self.intake.clock.now().astimezone(ZONE)
        judged = self.intake.gateway.judge(reading(sent.record), None, learned)
        return (judged.source, judged.id) if isinstance(judged, Event) else None


def _reader_of(sent: Sent) -> str:
    """Return the group that owes a letter about *sent*, where it deserves one."""
    return READER if sent.record.topic == INBOX else FOLD


def fresh(chance: Random) -> dict[str, Any]:
    """Return a good event of a kind that chance chooses, about a subject of its own."""
    return told(chance.choice(KINDS))


def received() -> dict[str, Any]:
    return told(RECEIVED)


def told(kind: str) -> dict[str, Any]:
    """Return the golden example of *kind*, about a new subject."""
    example, name = example_of(kind), SystemIds().new()
    renamed = json.dumps(example).replace(json.dumps(example["partitionkey"]), json.dumps(name))
    return {**json.loads(renamed), "source": SOURCE, "id": f"{name}/1"}


@asynccontextmanager
async def besieged(
    home: Path, *, role_dsn: Callable[[str], str], kafka: str, superuser_dsn: str
) -> AsyncIterator[Siege]:
    """Give the running bureau and its attackers."""
    clock = SystemClock()
    async with (
        whole_way(
            home, role_dsn=role_dsn, kafka=kafka, metrics=METRICS, owners=OWNERS, deciders=DECIDERS
        ) as way,
        record_sender(kafka) as records,
        httpx2.AsyncClient(timeout=30, trust_env=False) as client,
    ):
        issuer = LocalIssuer.open(home / "keys", clock, SystemIds())
        tokens = {role: f"Bearer {issuer.issue(Bearer(role))}" for role in Role}
        requests = RequestSender(
            client, way.addresses, lambda role: {"authorization": tokens[role]}
        )
        intake = Intake(
            store=MemoryEventStore(),
            gate=Gate.of(AuthSettings(jwks=str(home / "keys" / "jwks.json")), clock),
            clock=clock,
            ids=SystemIds(),
            source="urn:casetrack:610102:intake",
            district="610102",
            trial=True,
        )
        yield Siege(way, kafka, superuser_dsn, issuer, records, requests, Judge(intake), Counter())
