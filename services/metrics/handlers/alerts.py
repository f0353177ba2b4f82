"""Cards as readers see them: listed, or one with everything that made it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import asdict

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.today import clock_named
from services.metrics.handlers.narrowing import narrowed
from services.metrics.ports.readings import AlertsSought, Readings
from services.metrics.views.alert import Alert, AlertLine, AsRaised
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import local
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

NEWEST = datetime(9999, 1, 1, tzinfo=UTC)
LAST = "\U0010ffff"


RaisedPlace = tuple[datetime, str]
"""When a card was raised, and its id."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which cards are asked for; None where it does not matter."""

    states: Sequence[AlertState] = STANDING
    level: AlertLevel | None = None
    case_no: str | None = None
    sla: str | None = None


@dataclass(frozen=True, slots=True)
class AlertsFound:
    """A page of cards, and the place behind which the next one begins."""

    items: list[AlertLine]
    following: RaisedPlace | None


class Alerts:
    """Reads cards under the newest rules."""

    def __init__(self, readings: Readings, rules: Editions, clock: Clock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock

    def within(self, organisations: Collection[str] | None) -> "Alerts":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Alerts(narrowed(self._readings, organisations), self._rules, self._clock)

    async def listed(
        self, wanted: AlertQuery, behind: RaisedPlace | None, rows_max: int
    ) -> AlertsFound:
        """Return cards, newest first."""
        before = behind or (NEWEST, LAST)
        found = await self._readings.alerts(
            AlertsSought(before, wanted.states, wanted.level, wanted.case_no, wanted.sla, rows_max)
        )
        last = found[-1].alert if len(found) == rows_max else None
        return AlertsFound(
            [_card(*one) for one in found], (last.raised_at, last.alert_id) if last else None
        )

    async def one(self, alert_id: str, language: str) -> Alert | None:
        """
        Return a card with its explanation.

        One that stands is explained as of today; one that is over, as it was
        when it was raised. *as_raised* holds what was said then in any case.
        """
        found = await self._readings.alert(alert_id)
        if found is None:
            return None
        (alert, dossier), stored = found
        clock = clock_named(dossier, alert.key, self._rules.newest)
        explained = stored
        if clock is not None and alert.state.stands:
            raised = Raised(alert.level, alert.raised_at, alert.lateness_ms)
            explained = explain(clock, self._clock.now(), raised, language)
        as_raised = AsRaised(*(getattr(stored, name) for name in AsRaised.__struct_fields__))
        return Alert(**asdict(explained) | asdict(_card(alert, dossier)), as_raised=as_raised)


def _card(alert: AlertRecord, dossier: Dossier) -> AlertLine:
    return AlertLine(
        alert_id=alert.alert_id,
        case_no=alert.dossier,
        item_name=dossier.case.item_name or None,
        sla_id=alert.sla,
        subject=alert.key.subject,
        episode=alert.key.episode,
        clock=alert.clock,
        basis=alert.clock,
        level=alert.level,
        severity=alert.severity,
        state=alert.state,
        due=alert.due,
        raised_at=local(alert.raised_at),
        recorded_at=local(alert.recorded_at),
        lateness_ms=alert.lateness_ms,
        reason=alert.reason or None,
    )
