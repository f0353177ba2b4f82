"""A courier over a real store and receivers that listen, on a clock that the test moves."""

import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from services.metrics.adapters.deliveries import PostgresDeliveries
from services.metrics.adapters.delivery_desk import PostgresDeliveryDesk
from services.metrics.app.delivering import teller_of
from services.metrics.handlers.courier import Courier
from services.metrics.settings import MetricsSettings
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.facts import AlertRaised, AlertResolved
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.types import OrgRef
from shared.eventstore.postgres import record_within
from shared.policy.organisations import organisations
from shared.policy.rules import Editions, shipped
from shared.runtime.clock import VirtualClock
from tests.support.facts import SUPERVISION
from tests.support.settled import settled
from tests.support.vendors import ROBOT_SECRET, TOKEN, WEBHOOK_SECRET, Vendor, tls

RoleDsn = Callable[[str], str]
MONDAY_TEN = datetime(2024, 9, 2, 2, 0, tzinfo=UTC)
"""Ten in the morning in Xi'an, on a working day."""
BUREAU = organisations().named(organisations().bureau)
SECOND = timedelta(seconds=1)
KINDS = ("webhook", "wecom", "dingtalk", "feishu")
SECRETS = {
    "WEBHOOK_SECRET": WEBHOOK_SECRET,
    "WECOM_TOKEN": TOKEN,
    "DINGTALK_TOKEN": TOKEN,
    "DINGTALK_SECRET": ROBOT_SECRET,
    "FEISHU_TOKEN": TOKEN,
    "FEISHU_SECRET": ROBOT_SECRET,
    "MAIL_SECRET": "a-password",
}
ENVIRONMENT = {f"METRICS_CHANNEL_{name}": value for name, value in SECRETS.items()}


def raised(
    name: str,
    at: datetime,
    *,
    level: AlertLevel = AlertLevel.RED,
    sla: str = "SLA-04",
    org: OrgRef = BUREAU,
    recipients: Sequence[str] = ("SUPERVISOR",),
) -> Event:
    fact = AlertRaised.model_validate(
        {
            "alert_id": name,
            "level": level,
            "severity": 1,
            "basis": AlertBasis.COMMITTED,
            "rule_id": sla,
            "sla_id": sla,
            "subject": f"XC{name}",
            "due": date(2024, 9, 2),
            "overdue_days": 1,
            "responsible_org": org,
            "recipients": tuple(recipients),
        }
    )
    return said(fact, f"{name}:raised", f"XC{name}", at)


def resolved(name: str, at: datetime) -> Event:
    fact = AlertResolved(alert_id=name, by="supervision")
    return said(fact, f"{name}:resolved", f"XC{name}", at)


def said(fact: Fact, identity: str, case: str, at: datetime) -> Event:
    return Event.of(
        fact, id=identity, source=SUPERVISION, time=at, recordedtime=at, partitionkey=case
    )


@dataclass
class Telling:
    """Everything that a test of deliveries touches."""

    pool: asyncpg.Pool
    clock: VirtualClock
    courier: Courier
    vendors: Mapping[str, Vendor]
    desk: PostgresDeliveryDesk
    trust: ssl.SSLContext | None
    settings: MetricsSettings

    async def record(self, *events: Event) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await record_within(connection, events)
        await settled(self.pool)

    async def hear(self) -> None:
        while await self.courier.hear(self.clock.now()):
            pass
        await self.courier.look_after(self.clock.now())

    async def tell(self) -> int:
        """Let every channel be told once what is due; return how many were."""
        now = self.clock.now()
        return sum([await self.courier.tell(one, now) for one in self.courier.profile.channels])

    async def pass_time(self, span: timedelta, step: timedelta = 5 * SECOND) -> None:
        """Let time go by, with a look at every *step*."""
        until = self.clock.now() + span
        while self.clock.now() < until:
            self.clock.advance(step)
            await self.hear()
            await self.tell()

    def said(self, kind: str) -> str:
        """Return every text that a receiver took."""
        return json.dumps(self.vendors[kind].received, ensure_ascii=False)


@asynccontextmanager
async def telling(
    pool: asyncpg.Pool,
    folder: Path,
    channels: Mapping[str, Mapping[str, Any]],
    routes: Sequence[Mapping[str, Any]] | None = None,
    at: datetime = MONDAY_TEN,
    *,
    own_tls: bool = True,
    **profile: object,
) -> AsyncIterator[Telling]:
    """Give a courier for *channels*, each of whose kind is its name but for mail."""
    clock = VirtualClock(at)
    trust = tls(folder) if own_tls else None
    vendors = {name: Vendor(name, clock.now) for name in channels if name in KINDS}
    document = {
        "authorities": str(folder / "authority.pem"),
        "channels": {
            name: {"kind": name, "url": vendors[name].url, **about} if name in KINDS else about
            for name, about in channels.items()
        },
        "routes": routes if routes is not None else [{"channel": name} for name in channels],
        # Told once, unless a test is about being told again.
        "repeats_max": 0,
        **profile,
    }
    file = folder / "deliveries.json"
    file.write_text(json.dumps(document))
    settings = MetricsSettings(
        postgres_dsn="postgresql://unused",
        kafka="unused:9092",
        deliveries=file,
        delivery_hosts="127.0.0.1",
        delivery_networks="127.0.0.0/8",
    )
    store = PostgresDeliveries(pool)
    courier = Courier(store, teller_of(settings, ENVIRONMENT), Editions(shipped()), clock)
    await store.know(list(channels))
    for vendor in vendors.values() if trust else ():
        await vendor.open(trust)
    try:
        yield Telling(pool, clock, courier, vendors, PostgresDeliveryDesk(pool), trust, settings)
    finally:
        for vendor in vendors.values():
            await vendor.close()
