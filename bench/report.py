"""What every benchmark prints and keeps: the machine, the versions, each run, the peers."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from bench.pace import pace

HOME = Path(os.environ.get("CASETRACK_HOME", ".casetrack"))
PACKAGES = ("aiokafka", "asyncpg", "faust-streaming", "msgspec", "pydantic", "uvloop")


@dataclass(frozen=True, slots=True)
class Stored:
    """What a peer reached on another day and machine, and what we reached there in that hour."""

    theirs: float
    ours: float
    measured: str

    def document(self) -> dict[str, Any]:
        return {
            "runs": [self.theirs],
            "median": self.theirs,
            "ratio": round(self.ours / self.theirs, 2),
            "stored": {"measured": self.measured, "ours": self.ours},
        }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return how ours compares with theirs, pair by pair."""
    return [round(a / b, 2) if b else 0.0 for a, b in zip(ours, theirs, strict=True)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The runs of one benchmark, and of those that it is measured against."""

    name: str
    unit: str
    sizes: Mapping[str, int]
    runs: Sequence[float]
    peers: Mapping[str, Sequence[float]] = field(default_factory=dict)
    stored: Mapping[str, Stored] = field(default_factory=dict)
    """Peers that do not run here: their ratio is that of their own day."""
    notes: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        middle = median(self.runs)
        return {
            "name": self.name,
            "machine": machine(),
            "versions": {"python": platform.python_version(), **versions()},
            "sizes": dict(self.sizes),
            "unit": self.unit,
            "runs": [round(run, 1) for run in self.runs],
            "median": round(middle, 1),
            "peers": {
                name: {
                    "runs": [round(run, 1) for run in runs],
                    "median": round(median(runs), 1),
                    "ratio": round(middle / median(runs), 2),
                }
                for name, runs in self.peers.items()
            }
            | {name: peer.document() for name, peer in self.stored.items()},
            "notes": dict(self.notes),
        }


def machine() -> dict[str, Any]:
    """Return what the figures depend on most; others may share the machine."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "cpus": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python_mloops_per_s": pace(),
    }


def keep(outcome: Outcome) -> Path:
    """Write the document, print the table, and return the file."""
    document = outcome.document()
    path = HOME / "bench" / f"{outcome.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    table = Table(title=f"{outcome.name} ({outcome.unit})")
    for column in ("who", "median", "runs", "ours / theirs"):
        table.add_column(column, justify="left" if column == "who" else "right")
    table.add_row("casetrack", f"{document['median']:,}", _listed(document["runs"]), "")
    for name, peer in document["peers"].items():
        stored = peer.get("stored")
        runs = f"stored: {stored['measured']}" if stored else _listed(peer["runs"])
        table.add_row(name, f"{peer['median']:,}", runs, f"{peer['ratio']}{' then' * bool(stored)}")
    console = Console()
    console.print(table)
    console.print({key: document[key] for key in ("machine", "versions", "sizes", "notes")})
    return path


def _listed(runs: Sequence[float]) -> str:
    return "  ".join(f"{run:,.0f}" for run in runs)


def versions() -> dict[str, str]:
    return {name: version(name) for name in PACKAGES}
