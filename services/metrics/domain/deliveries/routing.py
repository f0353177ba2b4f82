"""Who is told of a card, and from when on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.deliveries.hours import let_through
from services.metrics.domain.deliveries.notification import (
    CardTold,
    Notification,
    NotificationKind,
    OrderTold,
)
from services.metrics.domain.deliveries.profile import AlertRoute, DeliveryProfile
from shared.policy.calendar import WorkCalendar, business_date
from shared.policy.organisations import Organisations, Scope
from shared.policy.sla import Policy

ONE_DAY = timedelta(days=1)
ADDRESSEE = "RESPONSIBLE_ORG"
"""What routes call whoever an order is for."""


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
        late = card.overdue_days > 0 and self.profile.repeats_max > 0
        again_at = self.again_at(now) if late else None
        for name, due_at in self._heard(card, now):
            kind = NotificationKind.RAISED
            yield Notification(name, about, kind, happened_at, due_at, card, again_at=again_at)

    def climbed(
        self, about: str, happened_at: datetime, card: CardTold, level: int, now: datetime
    ) -> Iterator[Notification]:
        """Yield what whoever stands on *level* of the ladder is told of a card that came there."""
        ladder = self.policy.bureau.ladder
        heard = msgspec.structs.replace(card, roles=ladder[level : level + 1])
        for name, due_at in self._heard(heard, now):
            kind = NotificationKind.ESCALATED
            yield Notification(name, about, kind, happened_at, due_at, heard, level)

    def ordered(
        self, happened_at: datetime, order: OrderTold, now: datetime
    ) -> Iterator[Notification]:
        """Yield what is told of an order: to routes that ask for no colour and no limit."""
        for name in self.profile.channels:
            routes = [one for one in self._routes(name) if self._hears_order(one, order)]
            if routes:
                due_at, kind = self._let_through(name, routes, now), NotificationKind.ORDERED
                yield Notification(name, order.order_id, kind, happened_at, due_at, order)

    def again(self, known: Notification, now: datetime) -> Notification:
        """Return how a card that was told before is told again: by how late the work is now."""
        card, number = known.told, known.number + 1
        assert isinstance(card, CardTold)  # noqa: S101 - a bug
        days = self.calendar.working_days_between(card.due, business_date(now))
        return Notification(
            known.channel,
            known.about,
            NotificationKind.REPEATED,
            now,
            self.due_at(known.channel, now),
            msgspec.structs.replace(card, overdue_days=max(days, card.overdue_days)),
            number,
            self.again_at(now) if number < self.profile.repeats_max else None,
        )

    def again_at(self, at: datetime) -> datetime:
        """Return when a card that is told at *at* is told again: when the hall opens."""
        for _ in range(self.profile.repeat_working_days):
            day = midnight(business_date(at) + ONE_DAY)
            at = let_through(day, None, self.policy.bureau.hall, self.calendar)
        return at

    def due_at(self, name: str, now: datetime) -> datetime:
        """Return from when on the channel *name* may be told what became of a card."""
        return self._let_through(name, self._routes(name), now)

    def _heard(self, card: CardTold, now: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield each channel that hears of *card*, and from when on."""
        for name in self.profile.channels:
            if routes := [one for one in self._routes(name) if self._hears(one, card)]:
                yield name, self._let_through(name, routes, now)

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

    def _hears_order(self, route: AlertRoute, order: OrderTold) -> bool:
        asks_for_cards = bool(route.levels or route.slas)
        return (
            not asks_for_cards
            and (not route.roles or ADDRESSEE in route.roles)
            and (not route.organisations or self._below(route.organisations, order.org_code))
        )

    def _below(self, organisations: tuple[str, ...], owner: str) -> bool:
        return any(self.register.admits(one, Scope.BELOW, (owner,)) for one in organisations)
