"""What the supervisor writes down, so that others can look and the next one can take over."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

CREATED_SECONDS_APART_MAX = 0.05  # psutil computes the same start time up to rounding


class StackPhase(StrEnum):
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class Process(BaseModel):
    """A process as it can be recognised again: numbers are reused, start times are not."""

    model_config = ConfigDict(frozen=True)

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "Process":
        return cls(pid=pid, created=psutil.Process(pid).create_time())

    def found(self) -> psutil.Process | None:
        """Return the process if it still is the one that was written down."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) <= CREATED_SECONDS_APART_MAX
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if same and alive else None

    def signal(self, number: int) -> None:
        """Send *number* to the process if it still is the one that was written down."""
        found = self.found()
        if found is not None:
            with suppress(psutil.NoSuchProcess):
                found.send_signal(number)


class PartRecord(BaseModel):
    """The last that is known of one part."""

    model_config = ConfigDict(frozen=True)

    process: Process | None = None
    url: str | None = None
    ready: bool = False
    starts: int = 0
    stop_signal: int = 15


class StackRecord(BaseModel):
    """The whole stack as its supervisor last saw it."""

    model_config = ConfigDict(frozen=True)

    phase: StackPhase
    supervisor: Process
    kafka: str
    postgres: str
    parts: Mapping[str, PartRecord]
    fault: Mapping[str, str] | None = None


@dataclass(slots=True)
class Journal:
    """The one file that a supervisor writes; readers see the old content or the new one."""

    path: Path
    kafka: str
    postgres: str
    phase: StackPhase = StackPhase.STARTING
    parts: dict[str, PartRecord] = field(default_factory=dict)
    fault: Mapping[str, str] | None = None
    behind: bool = False
    """Whether the file does not say yet what is noted here: the disk was full."""

    def note(self, name: str, record: PartRecord) -> None:
        self.parts[name] = record
        self.write()

    def enter(self, phase: StackPhase, fault: Mapping[str, str] | None = None) -> None:
        self.phase = phase
        self.fault = fault
        self.write()

    def write(self) -> None:
        """Write everything down, where the disk has room; else we are *behind*."""
        try:
            self._write()
        except OSError:
            self.behind = True
        else:
            self.behind = False

    def _write(self) -> None:
        record = StackRecord(
            phase=self.phase,
            supervisor=Process.of(os.getpid()),
            kafka=self.kafka,
            postgres=self.postgres,
            parts=self.parts,
            fault=self.fault,
        )
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(record.model_dump_json(indent=2))
        fresh.replace(self.path)


def last_record(path: Path) -> StackRecord | None:
    """Return what the last supervisor wrote, or None where nothing legible is left."""
    try:
        return StackRecord.model_validate(json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, ValidationError):
        return None
