"""How old the backups are that `deploy/backup/backup` keeps, told by who signs."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from math import inf
from pathlib import Path

from shared.runtime.clock import Clock
from shared.runtime.measures import BACKUP_AGE_SECONDS

INSTANT = "%Y%m%dT%H%M%SZ"


class BackupPart(StrEnum):
    """What a backup consists of."""

    BASE = "base"
    LOG = "log"


def watch_backups(folder: Path, clock: Clock) -> None:
    """Let the measure tell of *folder* whenever it is asked."""
    for part in BackupPart:
        BACKUP_AGE_SECONDS.labels(part.value).set_function(partial(age, folder, part, clock))


def age(folder: Path, part: BackupPart, clock: Clock) -> float:
    """Return the seconds since the newest base, or since all that was written was there; or inf."""
    made = _newest_base(folder) if part is BackupPart.BASE else _received(folder)
    return inf if made is None else (clock.now() - made).total_seconds()


def _newest_base(folder: Path) -> datetime | None:
    names = sorted(path.name for path in folder.glob("[0-9]*/[0-9]*"))
    return datetime.strptime(names[-1], INSTANT).replace(tzinfo=UTC) if names else None


def _received(folder: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int((folder / "received").read_text()), UTC)
    except FileNotFoundError:
        return None
