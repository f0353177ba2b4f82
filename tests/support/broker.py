"""Brokers of a test's own, to be ill-treated: one, or three that replicate."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.stack.kafka import Kafka
from deploy.stack.places import StackFolders
from deploy.stack.ports import LOOPBACK
from deploy.stack.servers import embedded_kafka
from shared.kafka.topics import EVENT_TOPICS, ensure_topics
from tests.support.eventually import eventually
from tests.support.stack import kafka_admin

START_SECONDS_MAX = 90.0
NODES = (1, 2, 3)
IN_SYNC = 2
REPLICATED = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": str(IN_SYNC),
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": str(IN_SYNC),
    # As Kafka has them by default: so long does a bureau's own cluster take, too.
    "broker.session.timeout.ms": "9000",
    "broker.heartbeat.interval.ms": "2000",
}
QUORUM_STATE = Path("__cluster_metadata-0", "quorum-state")


@dataclass
class Broker:
    """One broker, which is started, killed and frozen by hand."""

    kafka: Kafka
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """Start it, and return once it answers."""
        await self.launch()
        await eventually(self.kafka.answers, within=START_SECONDS_MAX)

    async def launch(self) -> None:
        """Start it; one of several answers only when others are there."""
        with (self.kafka.home / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.kafka.argv(), stdout=log, stderr=log
            )

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@dataclass(frozen=True)
class ThreeBrokers:
    """Three brokers, each a controller, too."""

    nodes: Mapping[int, Broker]
    replicas: int = len(NODES)
    """On how many of them every record lies."""

    @property
    def address(self) -> str:
        return ",".join(node.kafka.address for node in self.nodes.values())

    async def busiest(self) -> int:
        """Return which of them leads most partitions of the bureau's events."""
        leads = Counter(leader for leader, _ in await self._partitions())
        return int(leads.most_common(1)[0][0])

    async def controller(self) -> int:
        """Return which of them leads the controllers; 0 while they choose one."""
        # A client is told of any broker; only what each has noted itself names the leader.
        noted = [
            json.loads((node.kafka.data_folder / QUORUM_STATE).read_text())
            for node in self.nodes.values()
        ]
        leader = int(max(noted, key=lambda state: state["leaderEpoch"])["leaderId"])
        return leader if leader in self.nodes else 0

    async def whole(self) -> bool:
        """Say whether all replicas of every partition are up to date."""
        partitions = await self._partitions()
        return bool(partitions) and all(in_sync == self.replicas for _, in_sync in partitions)

    async def leaders(self, topic: str) -> dict[int, int]:
        """Return who leads which partition of *topic*; nothing while one has no leader."""
        async with kafka_admin(self.address) as admin:
            (told,) = await admin.describe_topics([topic])
        found = {one["partition"]: int(one["leader"]) for one in told["partitions"]}
        return found if set(found.values()) <= set(NODES) else {}

    async def _partitions(self) -> list[tuple[int, int]]:
        """Return of each partition its leader, and how many replicas are in sync."""
        async with kafka_admin(self.address) as admin:
            topics = await admin.describe_topics(list(EVENT_TOPICS))
        return [
            (partition["leader"], len(partition["isr"]))
            for topic in topics
            for partition in topic["partitions"]
        ]


@asynccontextmanager
async def three_brokers(home: Path, replicas: int = len(NODES)) -> AsyncIterator[ThreeBrokers]:
    """Give a cluster with the bureau's topics, each record on *replicas* of its brokers."""
    nodes = [Broker(kafka) for kafka in _planned(home, replicas)]
    try:
        for node in nodes:
            await node.kafka.prepare()
            await node.launch()
        for node in nodes:
            await eventually(node.kafka.answers, within=START_SECONDS_MAX)
        cluster = ThreeBrokers(dict(zip(NODES, nodes, strict=True)), replicas)
        await ensure_topics(cluster.address)
        await eventually(cluster.whole, within=START_SECONDS_MAX)
        yield cluster
    finally:
        for node in nodes:
            await node.kill()


def _planned(home: Path, replicas: int) -> list[Kafka]:
    first = StackFolders(home)
    first.make()
    alone = embedded_kafka(first, 0)
    nodes = [alone]
    for number in NODES[1:]:
        # The jars are the same; where it lives and listens is not.
        other = StackFolders(home / str(number))
        other.make()
        ports = embedded_kafka(other, 0)
        nodes.append(
            replace(alone, home=other.kafka, port=ports.port, controller_port=ports.controller_port)
        )
    voters = ",".join(
        f"{number}@{LOOPBACK}:{node.controller_port}"
        for number, node in zip(NODES, nodes, strict=True)
    )
    more = REPLICATED | {
        "controller.quorum.voters": voters,
        "default.replication.factor": str(replicas),
        "min.insync.replicas": str(min(replicas, IN_SYNC)),
    }
    return [
        replace(node, more=more | {"node.id": str(number)})
        for number, node in zip(NODES, nodes, strict=True)
    ]
