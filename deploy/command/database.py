"""Where the running stack's servers are, for commands that only read."""

from pathlib import Path
from typing import ClassVar

from pydantic import SecretStr

from deploy.databases import addressed
from deploy.faults import ServerUnreachable
from deploy.stack.credentials import load_passwords
from deploy.stack.journal import StackRecord, last_record
from deploy.stack.plan import DATABASE
from deploy.stack.settings import LocalSettings
from shared.eventstore.roles import DatabaseRole
from shared.kafka.access import Broker
from shared.web.statements import public_half


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
    return _dsn(settings, settings.auditor_dsn, DatabaseRole.AUDITOR)


def metrics_dsn(settings: LocalSettings) -> str:
    """
    Return the same as the role that may write the projection.

    Raises:
        StackAbsent: nothing is known of a stack here.
    """
    return _dsn(settings, settings.metrics_dsn, DatabaseRole.METRICS)


def _dsn(settings: LocalSettings, given: SecretStr | None, role: DatabaseRole) -> str:
    if given is not None:
        return given.get_secret_value()
    record = _record(settings)
    password = load_passwords(settings.places, [role.value])[role.value]
    return addressed(record.postgres, database=DATABASE, role=role.value, password=password)


def kafka_of(settings: LocalSettings) -> Broker:
    """
    Return the way to the Kafka that is set, else to the stack's own.

    Raises:
        StackAbsent: nothing is known of a stack here.
    """
    if settings.kafka is not None:
        return settings.access(settings.kafka)
    return _record(settings).kafka


def checkpoint_keys(settings: LocalSettings) -> Path:
    """Return where the keys lie by which checkpoints are believed."""
    return settings.checkpoint_keys or public_half(settings.key_of_checkpoints)


def _record(settings: LocalSettings) -> StackRecord:
    record = last_record(settings.places.state)
    if record is None:
        raise StackAbsent(home=settings.places.home)
    return record
