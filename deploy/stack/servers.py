"""PostgreSQL and Kafka as parts of a stack."""

from signal import SIGINT

from deploy.stack.java import ShowProgress, kafka_jars
from deploy.stack.kafka import Kafka
from deploy.stack.part import StackPart
from deploy.stack.places import StackFolders
from deploy.stack.ports import any_free, preferred
from deploy.stack.postgres import Postgres


def postgres_part(server: Postgres, **overrides: str) -> StackPart:
    """Return the part that serves *server*; *overrides* are settings of postgresql.conf."""
    return StackPart(
        name="postgres",
        argv=server.argv(**overrides),
        ready=server.answers,
        prepare=server.prepare,
        account=server.account,
        # Fast shutdown: SIGTERM would wait for every client to leave.
        stop_signal=SIGINT,
    )


def embedded_kafka(places: StackFolders, port: int, progress: ShowProgress | None = None) -> Kafka:
    """Return the broker of these places, at *port* and the next one where they are free."""
    return Kafka(
        home=places.kafka,
        port=preferred(port) if port else any_free(),
        controller_port=preferred(port + 1) if port else any_free(),
        jars=kafka_jars(progress),
    )


def kafka_part(broker: Kafka) -> StackPart:
    """Return the part that serves *broker*."""
    return StackPart(name="kafka", argv=broker.argv(), ready=broker.answers, prepare=broker.prepare)
