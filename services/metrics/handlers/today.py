"""The picture of today: what the page shows, made from one glance at the projection."""

from dataclasses import dataclass, field
from datetime import date, datetime

from services.metrics.domain import today
from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.recent import RECENT_FACTS_MAX
from services.metrics.handlers.freshness import Freshness, milliseconds, rebuilding_told
from services.metrics.handlers.tiles import numbers, tiles
from services.metrics.ports.glances import Glance, Glances, ListLengths
from services.metrics.ports.readings import TodaySpan
from services.metrics.views.today import Arrivals, LateNext, RedCard, TodayPicture
from services.metrics.views.view import Both
from shared.policy.calendar import business_date
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

LINES = ListLengths(late_next_max=20, red_max=60, latest_max=RECENT_FACTS_MAX)
SENTENCES_KEPT_MAX = 500
COMPARISON_SECONDS = 60.0
"""How long the hours of earlier weeks are believed: a late fact changes them now and then."""


@dataclass(slots=True)
class Remembered:
    """What is dear to make and seldom changes."""

    sentences: dict[tuple[str, datetime, int, int], tuple[Both, int, date | None]] = field(
        default_factory=dict
    )
    comparison: list[float] = field(default_factory=list)
    comparison_day: date | None = None
    comparison_at: float = 0.0


class Today:
    """Reads the picture of today under the newest rules."""

    def __init__(self, glances: Glances, rules: Editions, clock: Clock, *, demo: bool) -> None:
        self._glances = glances
        self._rules = rules
        self._clock = clock
        self._demo = demo
        self._remembered = Remembered()
        self.freshness = Freshness()

    async def load(self) -> tuple[int, TodayPicture]:
        """Return how far the projection had changed, and the picture; a delta replaces its keys."""
        now = self._clock.now()
        span = self._span(now)
        glance = await self._glances.load(span, today.parts_of_the_day(), LINES)
        values = today.values_of_the_day(glance.sums, span.today)
        complete_to, lag = self.freshness.told(glance.offsets, glance.outboxes, now)
        return glance.changes, TodayPicture(
            as_of=milliseconds(now),
            complete_to=complete_to,
            lag_seconds=lag,
            rebuilding=rebuilding_told(glance.rebuilding),
            demo=self._demo,
            tiles=tiles(glance, values, business_date(now)),
            now=numbers(glance, values),
            late_next=self._late_next(glance, now),
            red=[self._red_card(*one, now) for one in glance.red],
            arrivals=Arrivals(
                hours=today.by_hour(glance.sums),
                comparison=await self._comparison(business_date(now)),
            ),
            latest=[today.fact_line(*one) for one in glance.latest],
        )

    def _span(self, now: datetime) -> TodaySpan:
        day = business_date(now)
        begins, ends = today.day_span(day, self._rules.newest)
        return TodaySpan(now, day, begins, ends, today.horizon(day, self._rules.newest))

    def _late_next(self, glance: Glance, now: datetime) -> list[LateNext]:
        lines = []
        for key, dossier in glance.late_next:
            clock = today.clock_named(dossier, key, self._rules.newest)
            if clock is not None:
                lines.append(today.late_next(clock, dossier, now))
        return lines

    def _red_card(self, alert: AlertRecord, dossier: Dossier, now: datetime) -> RedCard:
        sentence, overdue_days, due = self._reason(alert, dossier, now)
        return RedCard(
            alert_id=alert.alert_id,
            case_no=alert.dossier,
            item_name=dossier.case.item_name,
            level=alert.level,
            severity=alert.severity,
            basis=alert.clock,
            due=due or alert.due,
            overdue_days=overdue_days,
            raised_at=milliseconds(alert.raised_at),
            sentence=sentence,
            state=alert.state,
        )

    def _reason(
        self, alert: AlertRecord, dossier: Dossier, now: datetime
    ) -> tuple[Both, int, date | None]:
        """Return why the card stands; what was told this hour of the same facts is repeated."""
        kept = self._remembered.sentences
        hour = now.replace(minute=0, second=0, microsecond=0)
        key = (alert.alert_id, hour, dossier.facts, self._rules.newest.edition)
        if key not in kept:
            clock = today.clock_named(dossier, alert.key, self._rules.newest)
            if len(kept) >= SENTENCES_KEPT_MAX:
                kept.clear()
            kept[key] = (
                (Both("", ""), 0, None)
                if clock is None
                else (today.sentences(clock, now), clock.overdue(now), clock.due)
            )
        return kept[key]

    async def _comparison(self, day: date) -> list[float]:
        kept, instant = self._remembered, self._clock.monotonic()
        known = kept.comparison_day == day
        if not known or instant - kept.comparison_at > COMPARISON_SECONDS:
            parts = await self._glances.sums(today.HOURS, today.compared_days(day))
            kept.comparison = today.by_hour(parts, today.WEEKS_COMPARED)
            kept.comparison_day, kept.comparison_at = day, instant
        return kept.comparison
