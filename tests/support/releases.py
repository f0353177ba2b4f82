"""
Releases to come, made for trials: each adds columns to tables in use, reads them and counts anew.

A column comes with one release and goes with the next but one, so that of two
releases side by side none asks for what is not there: expand, then contract.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.places import CHECKOUT

FOLDERS = ("services", "shared", "deploy")
# What is compiled already goes along: each process would compile all of it again. What somebody is
# just about to write does not.
NOT_NEEDED = shutil.ignore_patterns("*.pyc.*", "dashboard", "kubernetes")
FIRST_MIGRATION = 1000
KEPT = 2
"""So many releases a column is there for: the one that brings it, and the next."""
STORE = Path("shared") / "eventstore"
PROJECTION = Path("services") / "metrics" / "adapters"

GROWN = {STORE / "sql": "events", PROJECTION / "sql": "dossiers"}
"""By the folder of their migrations the tables that change."""
READ = {
    STORE / "postgres.py": "FROM events\nWHERE stream = $1\nAND version > $2",
    STORE / "outbox.py": "FROM events\n        WHERE published",
    PROJECTION / "batch.py": "FROM dossiers\nWHERE dossier = ANY($1::text[])",
}
"""What commands, the relay and the fold read, by the file."""


@dataclass(frozen=True, slots=True)
class Release:
    """A tree, by its number; 0 is the checkout as it is, or another one that somebody names."""

    number: int
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return what makes a process one of this release's, whatever folder it is started in."""
        return {"PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"}

    def run(self, *argv: str, **told: str) -> str:
        """Return what this release's Python answers, which must not fail."""
        done = subprocess.run(
            [sys.executable, *argv],
            env={**os.environ, **self.environment, **told},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (self.number, argv, done.stdout[-2000:], done.stderr[-4000:])
        return done.stdout

    def prepare(self, dsn: str, kafka: str) -> None:
        """Bring database and topics to what this release expects, as an upgrade begins."""
        told = {"PREPARE_POSTGRES_DSN": dsn, "PREPARE_KAFKA": kafka}
        self.run("-m", "deploy.prepare", **told)

    def fingerprint(self) -> str:
        """Return by what a projection of this release's says that it was made."""
        says = (
            "from services.metrics.app.fingerprint import our_fingerprint as f; print(f(), end='')"
        )
        return self.run("-c", says)


def release(number: int, folder: Path) -> Release:
    """Make the release *number* in *folder*, as it follows from the checkout."""
    for name in FOLDERS:
        shutil.copytree(CHECKOUT / name, folder / name, ignore=NOT_NEEDED)
    for place, table in GROWN.items():
        for brought in range(1, number + 1):
            statements = "".join(_migration(table, brought))
            name = f"{FIRST_MIGRATION + brought}-trial.sql"
            (folder / place / name).write_text(statements, encoding="utf-8")
    for place, passage in READ.items():
        told = (folder / place).read_text(encoding="utf-8")
        assert told.count(passage) == 1, f"{place}: {told.count(passage)} times {passage!r}"
        reading = f"{passage}\nAND trial_{number} = {number}"
        (folder / place).write_text(told.replace(passage, reading), encoding="utf-8")
    return Release(number, folder)


def _migration(table: str, number: int) -> tuple[str, str]:
    column = f"ADD COLUMN trial_{number} smallint NOT NULL DEFAULT {number}"
    gone = f", DROP COLUMN trial_{number - KEPT}" if number > KEPT else ""
    return f"ALTER TABLE {table} {column}", f"{gone};\n"
