"""Going in to a Kafka: every client starts here, and whom it does not let in hears why."""

import asyncio
from typing import Any, Protocol

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from shared.kafka.access import Broker, KafkaAccess, access_to
from shared.runtime.refused import Distrust, distrust_of

ANSWER_SECONDS_MAX = 5.0
PASSWORD_REFUSED = (AuthenticationFailedError, SaslAuthenticationFailed)


class AccessRefused(KafkaConnectionError):  # type: ignore[misc]  # aiokafka publishes no types
    """A broker is there, and it and we do not trust each other; *distrust* says why."""

    def __init__(self, access: KafkaAccess, distrust: Distrust) -> None:
        super().__init__(f"{distrust.value} ({_whom(access)})")
        self.distrust = distrust
        self.whom = _whom(access)


class Client(Protocol):
    """Whatever of aiokafka's is started."""

    async def start(self) -> Any: ...  # noqa: ANN401 - aiokafka publishes no types


async def enter(client: Client, broker: Broker) -> None:
    """
    Start *client*, which was told how to reach *broker*.

    Raises:
        AccessRefused: a broker is there, and does not take us, or we not it.
        KafkaError, OSError: nobody answers.
    """
    try:
        await client.start()
    except KafkaConnectionError:
        # The driver only says that it reached nobody, and the reason to its own log.
        await require_access(broker)
        raise


async def require_access(broker: Broker) -> None:
    """Raise AccessRefused where a broker is there and does not take us, or we not it."""
    access = access_to(broker)
    for server in access.servers.split(","):
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                connection = await create_conn(
                    host,
                    int(port),
                    request_timeout_ms=int(ANSWER_SECONDS_MAX * 1000),
                    **access.connection(),
                )
        except (KafkaError, OSError, TimeoutError) as fault:
            if distrust := _distrust(access, fault):
                raise AccessRefused(access, distrust) from fault
        else:
            connection.close()
            return


def _distrust(access: KafkaAccess, fault: Exception) -> Distrust | None:
    if isinstance(fault, PASSWORD_REFUSED):
        return Distrust.WRONG_PASSWORD
    if isinstance(fault, UnsupportedSaslMechanismError):
        return Distrust.MECHANISM_UNKNOWN
    if isinstance(fault, KafkaConnectionError) and not access.security.encrypts:
        return Distrust.HUNG_UP
    return distrust_of(fault)


def _whom(access: KafkaAccess) -> str:
    """Return as whom we came, and where."""
    return f"{access.user}@{access.servers}" if access.user else access.servers
