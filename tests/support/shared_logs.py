"""The real logs that lie beside the checkout and are never part of it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.stack.places import CHECKOUT

FOLDER = Path(os.environ.get("CASETRACK_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")

PROMISED = (
    "cases",
    "events",
    "activities",
    "variants",
    "first_event",
    "last_event",
    "events_per_activity",
    "events_per_case",
    "single_event_cases",
    "throughput_first_to_last_event_days",
    "open_at",
    "events_per_day",
    "throughput_startdate_to_enddate_days",
    "throughput_startdate_to_enddate_local_dates",
    "throughput_startdate_to_enddate_monfri_days",
    "with_enddate",
    "without_enddate",
    "arrivals_per_month_by_startdate",
    "overdue_open_at",
    "enddate_after_deadline",
)
"""The figures that are promised, in lower case: the logs spell them differently."""


@dataclass(frozen=True)
class SharedLog:
    """One of the logs, and the figures that others computed from it."""

    path: Path
    figures: dict[str, Any]

    @property
    def source(self) -> str:
        return f"urn:casetrack:import:{self.path.name.removesuffix('.gz').removesuffix('.xes')}"

    @property
    def promised(self) -> dict[str, Any]:
        """The figures that we have to reach, under the names that they have there."""
        return {name: value for name, value in self.figures.items() if name.lower() in PROMISED}


def shared_log(name: str) -> SharedLog:
    """Return the log *name*, or skip the test where it is absent."""
    path, reference = FOLDER / f"{name}.xes.gz", FOLDER / "reference_figures.json"
    if not path.exists() or not reference.exists():
        pytest.skip(f"{path.name} is not in {FOLDER}; name its folder with CASETRACK_SHARED_DATA")
    return SharedLog(path, json.loads(reference.read_text(encoding="utf-8"))["logs"][name])
