"""A supervisor's desk: what was said about one clock, as a store would keep it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.metrics.domain.clocks.alert import Alert, Ruling, next_at, reconcile, withdraw
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.reason import Grounds
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.contracts.supervision.words import AlertLevel


@dataclass
class Desk:
    """Takes every ruling, refuses what cannot follow from what lies on it already."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    rulings: list[Ruling] = field(default_factory=list)

    def tick(self, clock: Clock, now: datetime) -> list[Ruling]:
        """Say what is to be said by *now*; a second look at once must find nothing."""
        foretold = next_at(clock, self.alerts.values(), now)
        rulings = reconcile(clock, self.alerts.values(), now)
        assert bool(rulings) == (foretold is not None and foretold <= now)
        for ruling in rulings:
            self._take(ruling, clock, now)
        assert reconcile(clock, self.alerts.values(), now) == []
        return rulings

    def close(self, now: datetime) -> None:
        """Take back what was said of a limit that never began, by what is known now."""
        for ruling in withdraw(self.alerts.values(), now):
            self._take(ruling, None, now)

    def standing(self) -> set[tuple[AlertLevel, datetime, AlertState]]:
        """Return what was raised and not revoked."""
        return {
            (alert.level, alert.raised_at, alert.state)
            for alert in self.alerts.values()
            if alert.state is not AlertState.REVOKED
        }

    def _take(self, ruling: Ruling, clock: Clock | None, now: datetime) -> None:
        self.rulings.append(ruling)
        assert ruling.at <= now
        match ruling.fact:
            case AlertRaised() as fact:
                assert clock is not None
                assert fact.alert_id not in self.alerts
                grounds = Grounds(clock.causes, clock.policy.version, clock.calendar.version)
                self.alerts[fact.alert_id] = Alert(
                    fact.alert_id, fact.level, ruling.at, AlertState.RAISED, grounds
                )
            case AlertEscalated() as fact:
                self._turn(fact.alert_id, AlertState.ESCALATED, {AlertState.RAISED})
            case AlertResolved() as fact:
                self._turn(fact.alert_id, AlertState.RESOLVED, {AlertState.RAISED})
            case AlertRevoked() as fact:
                allowed = {AlertState.RAISED, AlertState.RESOLVED}
                self._turn(fact.alert_id, AlertState.REVOKED, allowed)

    def _turn(self, alert_id: str, state: AlertState, allowed: set[AlertState]) -> None:
        alert = self.alerts[alert_id]
        assert alert.state in allowed
        self.alerts[alert_id] = replace(alert, state=state)
