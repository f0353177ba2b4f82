"""``python -m deploy.signing``: signs checkpoints by itself, until told to stop."""

import asyncio
import sys
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import structlog
from pydantic import Field, field_validator

from deploy.backups import watch_backups
from deploy.checkpoints import Signer
from shared.contracts.registry import Owner
from shared.eventstore.port import StoreRefused, StoreUnavailable
from shared.kafka.access import KafkaAccess, KafkaSettings
from shared.kafka.port import Sender, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.lifecycle import (
    Watchdog,
    announce_ready,
    is_ready,
    pause,
    run,
    tell_ready,
    withdraw_ready,
)
from shared.runtime.measures import (
    CHAIN_BROKEN,
    CHAIN_READ_AGE_SECONDS,
    CHECKPOINT_AGE_SECONDS,
    Scraped,
)
from shared.runtime.settings import KafkaServers, Port, PostgresDsn, load_settings
from shared.web.server import LOOPBACK

RETRY_SECONDS = 10.0
"""Between two attempts where a server is away."""
ROUNDS_MISSED_MAX = 3
"""So many intervals without a success, and somebody must look."""
SECONDS_A_MINUTE = 60.0

log = structlog.get_logger()


class SigningSettings(KafkaSettings, env_prefix="CHECKPOINTS_"):
    """What to sign, with what, and how often."""

    postgres_dsn: PostgresDsn = Field(
        description="the bureau's database, as the role `casetrack_auditor`",
        examples=["postgresql://casetrack_auditor:secret@db.example.org/casetrack"],
    )
    kafka: KafkaServers = Field(
        description="bootstrap servers, for the checkpoints", examples=["127.0.0.1:9092"]
    )
    key: Path | None = Field(
        None,
        description="the file of the key that signs, made where it is missing; none: nothing is "
        "signed",
        examples=["/etc/casetrack/checkpoints.pem"],
    )
    memory: Path | None = Field(
        None,
        description="the folder for its public half and what was signed last; none: beside the key",
        examples=["/var/lib/casetrack/checkpoints"],
    )
    minutes: float = Field(
        5.0, gt=0, le=1440, description="between two checkpoints", examples=["5"]
    )
    audit_minutes: float = Field(
        1440.0,
        gt=0,
        description="between two readings of the stores from their start, which are compared with "
        "what was signed last",
        examples=["360"],
    )
    backups: Path | None = Field(
        None,
        description="the folder of the backups, whose age is measured; none: somebody else watches",
        examples=["/var/lib/backups"],
    )
    host: str = Field(LOOPBACK, description="the address to listen on", examples=["0.0.0.0"])  # noqa: S104 - an example
    probe_port: Port | None = Field(
        None, description="where the signer says how it is; none: nowhere", examples=["8710"]
    )

    @field_validator("key", "backups", mode="before")
    @classmethod
    def _set(cls, key: object) -> object:
        # So Compose says that there is none.
        return key or None

    @property
    def broker(self) -> KafkaAccess:
        return self.access(self.kafka)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two checkpoints, and between two readings from the start."""

    seconds: float
    audit_seconds: float = 86_400.0


class Signing:
    """Signs at a *pace*; ready for as long as that succeeds."""

    def __init__(self, signer: Signer, dsn: str, pace: Rhythm, clock: Clock) -> None:
        self._signer = signer
        self._dsn = dsn
        self._pace = pace
        self._clock = clock
        self._signed_at = self._read_at = clock.monotonic()
        self._read = False

    @property
    def age_seconds(self) -> float:
        """For how long nobody has signed all that is on record; at first, since we began."""
        return self._clock.monotonic() - self._signed_at

    async def run(self, sender: Sender, stopping: asyncio.Event) -> None:
        """Sign until *stopping*; whatever server is away is waited for."""
        patience = ROUNDS_MISSED_MAX * self._pace.seconds
        # A round that reads for the first time reads everything.
        watchdog = Watchdog("checkpoints", self._clock, patience_seconds=max(patience, 3600.0))
        CHECKPOINT_AGE_SECONDS.set_function(lambda: self.age_seconds)
        CHAIN_READ_AGE_SECONDS.set_function(lambda: self._clock.monotonic() - self._read_at)
        announced = False
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watchdog.watch(stopping))
            while not stopping.is_set():
                signed = await self._round(sender)
                if signed and self._audit_is_due():
                    await self._audit()
                watchdog.progressed()
                if signed and not announced:
                    announce_ready()
                    announced = True
                elif signed and not is_ready():
                    tell_ready()
                elif not signed and self.age_seconds > patience and is_ready():
                    withdraw_ready()
                await pause(self._clock, self._pause_seconds(signed=signed), stopping)
            watching.cancel()

    def _pause_seconds(self, *, signed: bool) -> float:
        return self._pace.seconds if signed else min(self._pace.seconds, RETRY_SECONDS)

    def _audit_is_due(self) -> bool:
        since = self._clock.monotonic() - self._read_at
        return not self._read or since > self._pace.audit_seconds

    async def _audit(self) -> None:
        """Read everything anew, and say where it is not what was signed."""
        began = self._clock.monotonic()
        try:
            for owner in Owner:
                altered = await self._signer.altered(self._dsn, owner)
                CHAIN_BROKEN.labels(owner.value).set(len(altered))
                if altered:
                    log.error("chain_broken", owner=owner.value, books=[*altered])
        except (StoreUnavailable, StoreRefused) as fault:
            log.warning("audit_waits", fault=repr(fault))
            return
        self._read, self._read_at = True, began

    async def _round(self, sender: Sender) -> bool:
        began = self._clock.monotonic()
        try:
            made = await self._signer.sign_all(self._dsn, sender, self._clock)
        except (StoreUnavailable, StoreRefused, SendUnknown) as fault:
            log.warning("checkpoint_waits", fault=repr(fault), seconds=round(self.age_seconds))
            return False
        # What came while we read is not in it.
        self._signed_at = began
        for one in made:
            log.info("checkpoint_signed", owner=one.owner.value, number=one.number, rows=one.rows)
        return True


async def sign(settings: SigningSettings, stopping: asyncio.Event) -> None:
    """Sign until *stopping*; without a key say so once, and wait."""
    if settings.backups is not None:
        watch_backups(settings.backups, SystemClock())
    if settings.key is None:
        log.warning("checkpoints_unsigned")
        announce_ready()
        await stopping.wait()
        return
    signing = Signing(
        Signer.open(settings.key, settings.memory),
        settings.postgres_dsn.get_secret_value(),
        Rhythm(settings.minutes * SECONDS_A_MINUTE, settings.audit_minutes * SECONDS_A_MINUTE),
        SystemClock(),
    )
    async with KafkaProducer(settings.broker, client_id="casetrack-checkpoint") as sender:
        await signing.run(sender, stopping)


def main() -> int:
    settings = load_settings(SigningSettings)
    life = partial(sign, settings)
    if settings.probe_port is not None:
        return run(
            "checkpoints",
            import_module("shared.web.probes").probed(
                Scraped.CHECKPOINTS, life, settings.host, settings.probe_port
            ),
        )
    return run("checkpoints", life)


if __name__ == "__main__":
    sys.exit(main())
