"""One node of Apache Kafka in KRaft mode: its data folder, its properties, its command line."""

import asyncio
import base64
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.faults import DataFolderForeign, DiskFull, InitialisationFailed
from deploy.stack.java import java
from deploy.stack.ports import listens
from deploy.stack.program import run_within
from shared.kafka.access import KafkaAccess, Security

FORMAT_SECONDS_MAX = 60
ANSWER_SECONDS_MAX = 3.0
EVENT_BYTES_MAX = 2 * 1024 * 1024  # an event of 1 MiB with its headers, and some air
# A broker that was killed is let in again only when its old session has run out:
# Kafka's own 9 s would be most of a restart.
SESSION_MS = 3000
HEARTBEAT_MS = 500
JVM = (
    # Of one size from the start, so that whoever watches its memory sees whether anything grows.
    *("-Xms320m", "-Xmx320m", "-XX:+AlwaysPreTouch"),
    *("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"),
    # The second compiler makes a busy broker faster and takes a third of a processor for its first
    # minutes; ours is young and never busy.
    "-XX:TieredStopAtLevel=1",
)
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port}
listener.security.protocol.map=BROKER:{broker_protocol},CONTROLLER:{controller_protocol}
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=1
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
broker.session.timeout.ms={session_ms}
broker.heartbeat.interval.ms={heartbeat_ms}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
message.max.bytes={event_bytes}
replica.fetch.max.bytes={event_bytes}
log.retention.check.interval.ms=300000
log.segment.bytes=268435456
# By default 128 MiB, half of the heap: nothing of ours is compacted, only what groups have read.
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
background.threads=4
"""
LOCKED = """\
ssl.keystore.type=PEM
ssl.keystore.location={identity}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
listener.name.controller.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.broker.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required \
username="{user}" password="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
connections.max.reauth.ms={reauth_ms}
super.users=User:{user};User:{subject}
"""
BY_CERTIFICATE = """\
listener.name.broker.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=(casetrack-[a-z0-9-]+)$/$1/,DEFAULT
"""
LOGGING = """\
status = WARN
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %p %c{1} %m%n
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = INFO
"""


@dataclass(frozen=True, slots=True)
class Lock:
    """
    What makes a broker ask who somebody is, and refuse whatever no rule allows.

    Clients speak SASL_SSL with SCRAM, or show a certificate; the controller is spoken to with
    ours alone.
    """

    identity: Path
    """The node's key and certificates (PEM), in one file."""
    subject: str
    """Whom its certificate names, as Kafka writes it: ``CN=localhost``."""
    authority: Path
    user: str
    """Who may do everything, from the first start on."""
    password: str = field(repr=False)
    reauth_ms: int = 3_600_000
    """So long a connection lives after the password that opened it."""
    by_certificate: bool = False
    """Whether clients show one instead of a password; ours may do everything."""

    @property
    def security(self) -> Security:
        return Security.SSL if self.by_certificate else Security.SASL_SSL

    def properties(self) -> str:
        """Return what the broker is told of it."""
        return LOCKED.format(**asdict(self)) + BY_CERTIFICATE * self.by_certificate


def _cluster_id() -> str:
    # Kafka's own form of a UUID: url-safe base64 without padding. The first byte
    # is fixed, because a leading dash would look like an option.
    return base64.urlsafe_b64encode(b"\x40" + secrets.token_bytes(15)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Kafka:
    """One node's folder, ports and class path."""

    home: Path
    port: int
    controller_port: int
    jars: tuple[Path, ...]
    lock: Lock | None = None
    """None: whoever reaches the port may do everything, as on one machine."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Properties that have the last word, of a node that is one of several."""
    cluster_id: str = field(default_factory=_cluster_id)
    """Which cluster a folder is formatted for."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def data_folder(self) -> Path:
        return self.home / "data"

    def argv(self) -> tuple[str, ...]:
        """Return the broker's command line; it stays in the foreground."""
        return (*self._java(), "kafka.Kafka", str(self.home / "server.properties"))

    async def prepare(self) -> None:
        """Write the properties, and format the data folder where there is none."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write_arguments()
        self._write_properties("server.properties", self.data_folder)
        if not (self.data_folder / "meta.properties").exists():
            await self._format()

    async def answers(self) -> bool:
        """Say whether the broker describes its cluster."""
        # aiokafka logs every refused connection as an error; a broker that is
        # still starting is none.
        if not listens(self.port):
            return False
        client = AIOKafkaClient(**self.access().arguments(), request_timeout_ms=2000)
        try:
            await asyncio.wait_for(client.bootstrap(), ANSWER_SECONDS_MAX)
        except (KafkaError, OSError, TimeoutError):
            return False
        finally:
            await client.close()
        return True

    def access(self) -> KafkaAccess:
        """Return the way in as who may do everything."""
        if self.lock is None:
            return KafkaAccess(self.address)
        if self.lock.by_certificate:
            return KafkaAccess(
                self.address,
                Security.SSL,
                ca=self.lock.authority,
                certificate=self.lock.identity,
            )
        return KafkaAccess(
            self.address,
            Security.SASL_SSL,
            ca=self.lock.authority,
            user=self.lock.user,
            password=self.lock.password,
        )

    def _java(self) -> tuple[str, ...]:
        return (str(java()), *JVM, f"@{self.home / 'java.arguments'}")

    def _write_arguments(self) -> None:
        # In a file, so that a list of processes stays legible beside 46 jars.
        class_path = ":".join(str(jar) for jar in self.jars)
        logging = self.home / "log4j2.properties"
        logging.write_text(LOGGING)
        (self.home / "java.arguments").write_text(
            f'-Dlog4j2.configurationFile="{logging}"\n-cp "{class_path}"\n'
        )

    def _write_properties(self, name: str, data: Path) -> Path:
        path = self.home / name
        path.touch(mode=0o600)
        path.write_text(
            PROPERTIES.format(
                broker_protocol=(self.lock.security if self.lock else Security.PLAINTEXT).value,
                controller_protocol="SSL" if self.lock else "PLAINTEXT",
                port=self.port,
                controller_port=self.controller_port,
                data=data,
                event_bytes=EVENT_BYTES_MAX,
                session_ms=SESSION_MS,
                heartbeat_ms=HEARTBEAT_MS,
            )
            + ("" if self.lock is None else self.lock.properties())
            + "".join(f"{name}={value}\n" for name, value in self.more.items())
        )
        return path

    async def _format(self) -> None:
        # Formatted beside its place and moved there when complete, so that an
        # interrupted first start is simply begun again.
        if self.data_folder.exists() and any(self.data_folder.iterdir()):
            raise DataFolderForeign(part="kafka", folder=self.data_folder)
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        properties = self._write_properties("format.properties", fresh)
        tool = (*self._java(), "kafka.tools.StorageTool", "format")
        argv = (*tool, "--cluster-id", self.cluster_id, "--config", str(properties), *self._first())
        try:
            done = await run_within(FORMAT_SECONDS_MAX, argv, folder=self.home)
        except TimeoutError as late:
            raise InitialisationFailed(part="kafka", reason=late) from late
        if done.returncode != 0:
            self._give_up(fresh, done.stderr.strip() or done.stdout.strip())
        if self.data_folder.exists():
            self.data_folder.rmdir()
        fresh.rename(self.data_folder)

    def _first(self) -> tuple[str, ...]:
        """Return what makes the first user, who is not there to be made by anybody."""
        if self.lock is None:
            return ()
        told = f"name={self.lock.user},password={self.lock.password}"
        return ("--add-scram", f"SCRAM-SHA-512=[{told}]")

    def _give_up(self, fresh: Path, said: str) -> None:
        shutil.rmtree(fresh, ignore_errors=True)
        if "No space left" in said:
            raise DiskFull(folder=self.home, free="0")
        raise InitialisationFailed(part="kafka", reason="".join(said.splitlines()[:1]))
