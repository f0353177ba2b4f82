"""What of a stack runs right now, seen from outside."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from deploy.stack.control import is_running
from deploy.stack.journal import PartRecord, StackRecord, last_record
from deploy.stack.part import answers_http, wrote
from deploy.stack.places import StackFolders

SERVERS = ("postgres", "kafka")
SECRET = frozenset({"password", "sslpassword", "passfile"})
"""What of a DSN's parameters is nobody else's."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One process of the stack."""

    url: str | None
    pid: int | None
    ready: bool


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The whole stack."""

    runs: bool
    services: Mapping[str, Seen]
    servers: Mapping[str, Seen]
    kafka: str | None
    postgres: str | None
    """Without a password."""
    supervisor: int | None

    @property
    def all_ready(self) -> bool:
        return all(seen.ready for seen in (*self.services.values(), *self.servers.values()))

    def document(self) -> dict[str, Any]:
        """Return the promised JSON shape."""
        return {
            "services": {
                name: {"url": seen.url, "pid": seen.pid, "ready": seen.ready}
                for name, seen in self.services.items()
            },
            "kafka": {"address": self.kafka, "pid": self._pid("kafka")},
            "postgres": {"dsn": self.postgres, "pid": self._pid("postgres")},
            "supervisor": {"pid": self.supervisor},
        }

    def rows(self) -> Iterator[tuple[str, str | None, int | None, bool]]:
        """Yield name, address without secrets, pid and readiness for a table."""
        addresses = {"kafka": self.kafka, "postgres": self.postgres}
        for name, seen in {**self.servers, **self.services}.items():
            yield name, addresses.get(name, seen.url), seen.pid, seen.ready

    def _pid(self, server: str) -> int | None:
        seen = self.servers.get(server)
        return None if seen is None else seen.pid


NOTHING = StackStatus(
    runs=False, services={}, servers={}, kafka=None, postgres=None, supervisor=None
)


def look(places: StackFolders) -> StackStatus:
    """Return what runs; asks every service itself whether it is ready."""
    record = last_record(places.state)
    if record is None or not is_running(places):
        return NOTHING
    parts = asyncio.run(_look_at(record, places))
    return StackStatus(
        runs=True,
        services={name: seen for name, seen in parts.items() if name not in SERVERS},
        servers={name: seen for name, seen in parts.items() if name in SERVERS},
        kafka=record.kafka,
        postgres=_without_password(record, places),
        supervisor=record.supervisor.pid,
    )


async def _look_at(record: StackRecord, places: StackFolders) -> dict[str, Seen]:
    async with asyncio.TaskGroup() as group:
        looks = {
            name: group.create_task(_seen(part, places.ready / name))
            for name, part in record.parts.items()
        }
    return {name: task.result() for name, task in looks.items()}


async def _seen(part: PartRecord, ready_file: Path) -> Seen:
    if part.process is None or part.process.found() is None:
        return Seen(part.url, None, ready=False)
    return Seen(part.url, part.process.pid, await _is_ready(part, ready_file))


async def _is_ready(part: PartRecord, ready_file: Path) -> bool:
    if part.url is not None:
        return await answers_http(part.url)()
    # Servers have no such file; a process of ours takes it back where it gets nowhere.
    return part.ready and (ready_file.name in SERVERS or await wrote(ready_file)())


def _without_password(record: StackRecord, places: StackFolders) -> str:
    """Return the server's address; who may read our secrets logs in to ours by it."""
    address = urlsplit(record.postgres)
    role, _, server = address.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(address.query) if name not in SECRET]
    if "postgres" in record.parts:
        query.append(("passfile", str(places.passfile)))
    shown = f"{role.partition(':')[0]}@{server}" if role else server
    return address._replace(netloc=shown, query=urlencode(query, safe="/")).geturl()
