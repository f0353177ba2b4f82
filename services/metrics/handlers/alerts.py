"""Cards as readers see them: listed, or one with everything that made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from services.metrics.adapters.readings import Readings, Row
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.reasons.explanation import Document, explain
from services.metrics.domain.today import clock_of
from services.metrics.handlers.cases import raised_of
from services.metrics.handlers.dossiers import dossiers_of
from shared.contracts.supervision.words import AlertLevel, CardState
from shared.policy.calendar import business_date, spelled
from shared.policy.rules import Rules
from shared.runtime.clock import Clock

STANDING = (CardState.RAISED, CardState.ACKNOWLEDGED, CardState.ESCALATED)
NEWEST = datetime(9999, 1, 1, tzinfo=UTC)
LAST = "\U0010ffff"


Place = tuple[datetime, str]
"""When a card was raised, and its id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cards are asked for; None where it does not matter."""

    states: Sequence[str] = STANDING
    level: AlertLevel | None = None
    case_no: str | None = None
    sla: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cards, and the place behind which the next one begins."""

    items: list[Document]
    following: Place | None


class Alerts:
    """Reads cards under one set of rules."""

    def __init__(self, readings: Readings, rules: Rules, clock: Clock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock

    async def listed(self, wanted: Wanted, behind: Place | None, rows_max: int) -> Found:
        """Return cards, newest first."""
        rows = await self._readings.alerts(
            *(behind or (NEWEST, LAST)),
            wanted.states,
            wanted.level.value if wanted.level else None,
            wanted.case_no,
            wanted.sla,
            rows_max,
        )
        dossiers = await self._dossiers(rows)
        last = rows[-1] if len(rows) == rows_max else None
        return Found(
            [_card(row, dossiers[row["dossier"]]) for row in rows],
            (last["raised_at"], last["alert_id"]) if last else None,
        )

    async def one(self, alert_id: str, language: str) -> Document | None:
        """
        Return a card with its explanation.

        One that stands is explained as of today; one that is over, as it was
        when it was raised. *as_raised* holds what was said then in any case.
        """
        row = await self._readings.alert(alert_id)
        if row is None:
            return None
        dossier = (await self._dossiers([row]))[row["dossier"]]
        stored: Document = msgspec.json.decode(row["explanation"])
        clock = clock_of(dossier, row["sla"], self._rules)
        explained = stored
        if clock is not None and row["state"] in STANDING:
            explained = explain(clock, business_date(self._clock.now()), raised_of(row), language)
        kept = ("due", "consumed", "remaining", "policy_version", "calendar_version", "sentence")
        as_raised = {name: stored[name] for name in (*kept, "causes")}
        return {**explained, **_card(row, dossier), "as_raised": as_raised}

    async def _dossiers(self, rows: Sequence[Row]) -> Mapping[str, Dossier]:
        states = {row["dossier"]: row["folded"] for row in rows}
        return await dossiers_of(states, self._readings.histories)


def _card(row: Row, dossier: Dossier) -> Document:
    return {
        "alert_id": row["alert_id"],
        "case_no": row["dossier"],
        "item_name": dossier.case.item_name or None,
        "sla_id": row["sla"],
        "clock": row["clock"],
        "basis": row["clock"],
        "level": row["level"],
        "severity": row["severity"],
        "state": row["state"],
        "due": row["due"].isoformat(),
        "raised_at": spelled(row["raised_at"]),
        "recorded_at": spelled(row["recorded_at"]),
        "lateness_ms": row["lateness_ms"],
        "reason": row["reason"] or None,
    }
