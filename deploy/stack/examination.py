"""What a machine needs to carry the stack, looked at one by one."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import psutil

from deploy.faults import PortBusy
from deploy.setup import PYTHON_BELOW, PYTHON_MIN
from deploy.stack.control import FREE_BYTES_MIN, is_running
from deploy.stack.diagnosis import Diagnosis, Health
from deploy.stack.java import BUNDLED, pinned_jars
from deploy.stack.parts import PORT_OFFSET
from deploy.stack.places import server_account, server_home
from deploy.stack.ports import require_free
from deploy.stack.settings import LocalSettings

MEMORY_BYTES_MIN = 1536 * 1024 * 1024
MEMORY_BYTES_GOOD = 3 * 1024 * 1024 * 1024
DISK_BYTES_GOOD = 2 * 1024 * 1024 * 1024
REGISTRY_SECONDS_MAX = 5.0
MEBIBYTE = 1024 * 1024


def examine(settings: LocalSettings) -> list[Diagnosis]:
    """Return one finding for each thing that the stack needs."""
    looks: tuple[Callable[[LocalSettings], Diagnosis], ...] = (
        _python,
        _memory,
        _disk,
        _account,
        *(_port(part, offset) for part, offset in PORT_OFFSET.items()),
        _kafka_jars,
    )
    return [*(look(settings) for look in looks), *_postgres(settings), *_consumers(settings)]


def _postgres(settings: LocalSettings) -> Iterator[Diagnosis]:
    if settings.postgres is not None:
        from deploy.stack.given import given_postgres  # noqa: PLC0415 - nor this one

        yield given_postgres(settings.postgres.get_secret_value())


def _consumers(settings: LocalSettings) -> Iterator[Diagnosis]:
    if not is_running(settings.places):
        return
    from deploy.stack.consumers import consumers_of  # noqa: PLC0415 - status needs no keys

    for found in consumers_of(settings):
        verdict = Health.FINE if found.is_well else Health.BAD
        values = {name: str(value) for name, value in asdict(found).items()}
        yield Diagnosis("consumer" if found.is_well else "consumer.stuck", verdict, values)


def _python(_: LocalSettings) -> Diagnosis:
    fits = PYTHON_MIN <= sys.version_info[:2] < PYTHON_BELOW
    version = ".".join(str(number) for number in sys.version_info[:3])
    return Diagnosis("python", Health.FINE if fits else Health.BAD, {"version": version})


def _memory(_: LocalSettings) -> Diagnosis:
    free = psutil.virtual_memory().available
    verdict = _graded(free, MEMORY_BYTES_MIN, MEMORY_BYTES_GOOD)
    return Diagnosis("memory", verdict, {"free": str(free // MEBIBYTE)})


def _disk(settings: LocalSettings) -> Diagnosis:
    folder = _existing(settings.places.home)
    free = shutil.disk_usage(folder).free
    verdict = _graded(free, FREE_BYTES_MIN, DISK_BYTES_GOOD)
    return Diagnosis("disk", verdict, {"free": str(free // MEBIBYTE), "folder": str(folder)})


def _account(settings: LocalSettings) -> Diagnosis:
    account = server_account()
    if account is None or settings.postgres is not None:
        return Diagnosis("account", Health.FINE)
    home = server_home(settings.places, account)
    return Diagnosis("account.root", Health.FINE, {"account": account.name, "folder": str(home)})


def _port(part: str, offset: int) -> Callable[[LocalSettings], Diagnosis]:
    def look(settings: LocalSettings) -> Diagnosis:
        values = {"port": str(settings.port + offset), "part": part}
        if is_running(settings.places):
            return Diagnosis("port.ours", Health.FINE, values)
        try:
            require_free(settings.port + offset, part)
        except PortBusy as busy:
            return Diagnosis("port.busy", Health.BAD, {**values, "holder": busy.values["holder"]})
        return Diagnosis("port", Health.FINE, values)

    return look


def _kafka_jars(settings: LocalSettings) -> Diagnosis:
    if settings.kafka is not None:
        from deploy.stack.given import given_kafka  # noqa: PLC0415 - nobody else needs the driver

        return given_kafka(settings.access(settings.kafka))
    if BUNDLED.is_dir():
        return Diagnosis("kafka.present", Health.FINE)
    import requests  # noqa: PLC0415 - the image has no embedded stack
    from jgo.config import GlobalSettings  # noqa: PLC0415 - the image has no embedded stack
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - the image has no embedded stack

    configured = GlobalSettings.load()
    if all(any(configured.repo_cache.rglob(Path(place).name)) for place in pinned_jars()):
        return Diagnosis("kafka.present", Health.FINE)
    mirror = configured.repositories.get("central", MAVEN_CENTRAL_URL)
    try:
        requests.head(mirror, timeout=REGISTRY_SECONDS_MAX)
    except requests.exceptions.SSLError:
        return Diagnosis("registry.untrusted", Health.BAD, {"registry": mirror})
    except requests.RequestException:
        return Diagnosis("registry.away", Health.BAD, {"registry": mirror})
    return Diagnosis("registry", Health.FINE, {"registry": mirror})


def _graded(found: int, least: int, good: int) -> Health:
    if found < least:
        return Health.BAD
    return Health.FINE if found >= good else Health.DOUBTFUL


def _existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())
