"""Whether other people's servers, where they are given, let us in."""

import asyncio

from deploy.databases import UNREACHABLE
from deploy.stack.diagnosis import Diagnosis, Health
from deploy.texts import text
from shared.eventstore.connecting import connect
from shared.kafka.access import KafkaAccess
from shared.kafka.ends import BrokerAway, load_ends
from shared.runtime.refused import Distrust, distrust_of


def given_kafka(access: KafkaAccess) -> Diagnosis:
    address = {"address": access.servers}
    try:
        asyncio.run(load_ends(access, ()))
    except BrokerAway as away:
        distrust = distrust_of(away)
        if distrust is None:
            return Diagnosis("kafka.away", Health.BAD, address)
        return Diagnosis("kafka.distrusted", Health.BAD, address | _told(distrust, "Kafka"))
    return Diagnosis("kafka.given", Health.FINE, address)


def given_postgres(dsn: str) -> Diagnosis:
    try:
        asyncio.run(_connect(dsn))
    except UNREACHABLE as failure:
        distrust = distrust_of(failure)
        if distrust is None:
            return Diagnosis("postgres.away", Health.BAD, {"reason": str(failure)})
        return Diagnosis("postgres.distrusted", Health.BAD, _told(distrust, "PostgreSQL"))
    return Diagnosis("postgres.given", Health.FINE)


async def _connect(dsn: str) -> None:
    connection = await connect(dsn)
    await connection.close()


def _told(distrust: Distrust, server: str) -> dict[str, str]:
    said = text(f"distrust.{distrust.value}", server=server)
    return {"reason": said.title, "way_out": said.detail}
