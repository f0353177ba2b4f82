"""Who is told of a card, and from when on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.metrics.domain.deliveries.hours import let_through
from services.metrics.domain.deliveries.notification import CardTold, Notification, NotificationKind
from services.metrics.domain.deliveries.profile import AlertRoute, DeliveryProfile
from shared.policy.calendar import WorkCalendar, business_date
from shared.policy.organisations import Organisations, Scope
from shared.policy.sla import Policy


@dataclass(frozen=True, slots=True)
class Routing:
    """The profile, under the rules that are in force."""

    profile: DeliveryProfile
    calendar: WorkCalendar
    policy: Policy
    register: Organisations

    def old(self, happened_at: datetime, now: datetime) -> bool:
        """Say whether what happened then is nothing to ring anybody up about."""
        since, today = business_date(happened_at), business_date(now)
        return self.calendar.working_days_between(since, today) > self.profile.old_working_days

    def of(
        self, about: str, happened_at: datetime, card: CardTold, now: datetime
    ) -> Iterator[Notification]:
        """Yield what is told of a card that was raised, once for each channel."""
        for name in self.profile.channels:
            if routes := [one for one in self._routes(name) if self._hears(one, card)]:
                due_at = self._let_through(name, routes, now)
                yield Notification(name, about, NotificationKind.RAISED, happened_at, due_at, card)

    def due_at(self, name: str, now: datetime) -> datetime:
        """Return from when on the channel *name* may be told what became of a card."""
        return self._let_through(name, self._routes(name), now)

    def _routes(self, name: str) -> list[AlertRoute]:
        return [one for one in self.profile.routes if one.channel == name]

    def _let_through(self, name: str, routes: list[AlertRoute], now: datetime) -> datetime:
        at_any_hour = not routes or any(one.when == "always" for one in routes)
        hall = None if at_any_hour else self.policy.bureau.hall
        return let_through(now, self.profile.channels[name].quiet, hall, self.calendar)

    def _hears(self, route: AlertRoute, card: CardTold) -> bool:
        return (
            (not route.levels or card.level in route.levels)
            and (not route.slas or card.sla in route.slas)
            and (not route.roles or bool({*route.roles} & {*card.roles}))
            and (not route.organisations or self._below(route.organisations, card.org_code))
        )

    def _below(self, organisations: tuple[str, ...], owner: str) -> bool:
        return any(self.register.admits(one, Scope.BELOW, (owner,)) for one in organisations)
