"""The whole way under a load of facts over HTTP, and what has become of them in the end."""

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from deploy.command.verify import verified
from deploy.containers.load import SOURCE, Load
from deploy.databases import UNREACHABLE
from deploy.delivery import Delivery, client_of
from shared.contracts.registry import Owner
from shared.eventstore.connecting import connect
from shared.kafka.access import Broker
from shared.kafka.ends import load_ends
from shared.kafka.port import Record
from shared.kafka.reader import kafka_reader, load_between, places_of
from shared.kafka.topics import DEAD_LETTER_TOPICS
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.eventually import eventually
from tests.support.stall import Stall, stalls
from tests.support.whole_way import Kept, WholeWay

PARTS: Mapping[str, str] = {
    "metrics": "api",
    "worker-1": "worker",
    "worker-2": "worker",
    "ticker": "ticker",
}
DECIDERS = ("intake", "assist", "review")
OWNERS = ",".join(owner.value for owner in Owner)
CASES = 97
MORE_FACTS = 1_000
CAUGHT_UP_SECONDS_MAX = 180.0
PATIENCE_SECONDS = 180.0

COUNT_ON_RECORD = """
SELECT count(*)
FROM intake.events
"""

COUNT_KEPT = """
SELECT count(*)
FROM metrics.timeline
WHERE body::json->>'source' = $1
AND body::json->>'id' = ANY($2)
"""


def delivery_of(url: str, bearer: Callable[[], str], load: Load) -> Delivery:
    """Return the way of *load* to the gateway at *url*, which it tells of every trouble."""
    return Delivery(
        client=client_of(1),
        url=url,
        bearer=bearer,
        clock=SystemClock(),
        ids=SystemIds(),
        patience_seconds=PATIENCE_SECONDS,
        troubled=lambda reason, _: load.troubles.append(reason),
    )


@dataclass
class LoadedWay:
    """A way through which facts keep coming."""

    way: WholeWay
    kafka: Broker
    load: Load = field(default_factory=lambda: Load(cases=CASES))
    others: Mapping[str, Kept] = field(default_factory=dict)
    """Processes beside those of the way."""

    @asynccontextmanager
    async def loaded(self) -> AsyncIterator[None]:
        """Publish within the block, some two hundred facts a second."""
        bearer = partial(self._issuer.issue, Bearer(Role.PUBLISHER))
        delivery = delivery_of(self.way.gateway, bearer, self.load)
        async with delivery, self.load.under(delivery):
            yield

    @asynccontextmanager
    async def stalled(self) -> AsyncIterator[tuple[Stall, Stall]]:
        """Watch for how long nothing was accepted, and nothing folded, until both go on."""
        async with stalls(lambda: self.load.accepted, self._count) as (accepted, folded):
            yield accepted, folded
            await self.goes_on()

    async def goes_on(self) -> None:
        """Return once facts that are accepted from now on have been folded."""
        wanted = await eventually(self._count, within=CAUGHT_UP_SECONDS_MAX) + MORE_FACTS
        accepted = self.load.accepted + MORE_FACTS

        async def gone_on() -> bool:
            return self.load.accepted >= accepted and await self._count() >= wanted

        await eventually(gone_on, within=CAUGHT_UP_SECONDS_MAX)

    async def _count(self) -> int:
        """Return how many facts are folded; 0 where nobody answers."""
        try:
            return await self.way.count()
        except UNREACHABLE:
            return 0

    def tell(self, seen: Mapping[str, tuple[float, float]]) -> None:
        """Print for how long each thing *seen* let nothing be accepted, and nothing folded."""
        for what, (accepting, folding) in seen.items():
            sys.stdout.write(
                f"{what}: {accepting:.1f} s without an accepted fact, "
                f"{folding:.1f} s without a folded one\n"
            )
        sys.stdout.write(f"{self.load.accepted} facts accepted, {self.load.troubles}\n")

    async def amiss(self) -> dict[str, object]:
        """Wait until all is folded, and return whatever is not as if nothing had happened."""
        looks: dict[str, object] = {
            "differences": await self._differences(),
            "lost": await self._lost(),
            "unrelayed": await self._ask(COUNT_ON_RECORD) - await self.way.count(),
            "out of order": await self._out_of_order(),
            "letters": sum((await load_ends(self.kafka, DEAD_LETTER_TOPICS)).values()),
            "restarted": self._restarted(),
        }
        return {what: found for what, found in looks.items() if found}

    async def _differences(self) -> list[object]:
        """Wait until all is folded, and return what does not follow from what is on record."""
        report = await verified(
            self.way.auditor_dsn, self.kafka, PATIENCE_SECONDS, lambda _rows, _share: None
        )
        return list(report.document()["differences"])

    async def _lost(self) -> int:
        """Return how many of the facts that were accepted are not in the picture."""
        ids = [f"received-{number}" for number in range(1, self.load.accepted + 1)]
        return len(ids) - await self._ask(COUNT_KEPT, SOURCE, ids)

    async def _out_of_order(self) -> list[str]:
        """Return the streams of which Kafka holds a version before an older one, or misses one."""
        versions: dict[str, list[int]] = {}
        for record in await self._sent():
            stream = (record.header("stream") or b"").decode()
            version = int(record.header("version") or 0)
            seen = versions.setdefault(stream, [])
            if version not in seen:
                seen.append(version)
        return [
            stream for stream, seen in versions.items() if seen != list(range(1, len(seen) + 1))
        ]

    def _restarted(self) -> dict[str, int]:
        """Return which processes had to be started again, and how often."""
        parts = {**self.way.parts, **self.others}
        return {name: part.starts for name, part in parts.items() if part.starts > 1}

    async def _sent(self) -> list[Record]:
        topic = Owner.INTAKE.topic
        reader = kafka_reader(self.kafka)
        await reader.start()
        try:
            ends = await reader.end_offsets(await places_of(reader, topic))
            return [
                record
                for place, end in ends.items()
                async for record in load_between(reader, place, 0, end)
            ]
        finally:
            await reader.stop()

    async def _ask(self, query: str, *values: object) -> int:
        connection = await connect(self.way.auditor_dsn)
        try:
            return int(await connection.fetchval(query, *values))
        finally:
            await connection.close()

    @property
    def _issuer(self) -> LocalIssuer:
        return LocalIssuer.open(self.way.home / "keys", SystemClock(), SystemIds())
