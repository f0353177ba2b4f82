"""Where the running stack's servers are, for commands that only read."""

from typing import ClassVar

from deploy.databases import addressed
from deploy.faults import ServerUnreachable
from deploy.stack.credentials import load_passwords
from deploy.stack.journal import Record, last_record
from deploy.stack.plan import DATABASE
from deploy.stack.settings import LocalSettings
from shared.eventstore.roles import DatabaseRole


class StackAbsent(ServerUnreachable):
    """No stack was ever started in this home."""

    code: ClassVar[str] = "stack_absent"


def auditor_dsn(settings: LocalSettings) -> str:
    """
    Return the address of the bureau's database as the role that may read everything.

    The one that is set, else that of the local stack.

    Raises:
        StackAbsent: nothing is known of a stack here.
    """
    if settings.auditor_dsn is not None:
        return settings.auditor_dsn.get_secret_value()
    places = settings.places
    record = _record(settings)
    role = DatabaseRole.AUDITOR.value
    password = load_passwords(places, [role])[role]
    return addressed(record.postgres, database=DATABASE, role=role, password=password)


def kafka_of(settings: LocalSettings) -> str:
    """
    Return the bootstrap servers that are set, else those of the stack's Kafka.

    Raises:
        StackAbsent: nothing is known of a stack here.
    """
    return settings.kafka or _record(settings).kafka


def _record(settings: LocalSettings) -> Record:
    record = last_record(settings.places.state)
    if record is None:
        raise StackAbsent(home=settings.places.home)
    return record
