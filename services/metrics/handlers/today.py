"""The picture of today: what the page shows, read from the projection in one go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.metrics.adapters.readings import Readings, Row
from services.metrics.domain.clock import Clock, cut_off
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.picture import Rules, clocks_of
from services.metrics.handlers.rows import RECENT, RECENT_FACTS_MAX
from shared.runtime.clock import SHANGHAI, business_date
from shared.runtime.clock import Clock as RuntimeClock

LATE_NEXT_MAX = 20
RED_CARDS_MAX = 40
WEEKS_COMPARED = 4
HOURS = 24
FRESH_SECONDS = 5.0
"""A partition that was looked at so lately, with nothing waiting, is complete."""

STATE = msgspec.json.Decoder(Dossier)

TODAY_KPIS = ("L03", "K12.1", "K12.3", "K24.5", "K10.1")
TODAY = {
    "received_today": ("L03", "received"),
    "accepted_today": ("L03", "accepted"),
    "decided_today": ("L03", "decided"),
    "closed_today": ("L03", "closed"),
    "ratings_today": ("K12.3", "posted"),
    "rectifications_closed_today": ("K12.1", "closed"),
    "inspections_today": ("K24.5", "concluded"),
    "referrals_today": ("K10.1", "referred"),
}

Document = dict[str, Any]


class Today:
    """Reads the picture of today under one set of rules."""

    def __init__(
        self, readings: Readings, rules: Rules, clock: RuntimeClock, *, demo: bool
    ) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock
        self._demo = demo

    async def load(self) -> Document:
        """Return the picture; its keys are what a delta replaces."""
        now = self._clock.now()
        return {
            "as_of": now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            **fresh(await self._readings.freshness(), now),
            "demo": self._demo,
            "now": await self._figures(now),
            "late_next": await self._late_next(now),
            "red": await self._red(now),
            "arrivals": await self._arrivals(now),
            "latest": await self._latest(),
        }

    async def _figures(self, now: datetime) -> Document:
        today = business_date(now)
        sums = await self._readings.day(TODAY_KPIS, today)
        cards = await self._readings.standing_alerts()
        end = cut_off(today, self._rules.policy)
        return {
            "open": (await self._readings.total("L01")).get("open", 0),
            "due_today": await self._readings.due_between(max(now, end - timedelta(1)), end),
            "yellow": sum(row["cases"] for row in cards if row["level"] == "YELLOW"),
            "red": sum(row["cases"] for row in cards if row["level"] == "RED"),
            "red_statutory": sum(
                row["cases"] for row in cards if (row["level"], row["severity"]) == ("RED", 2)
            ),
            **{name: sums.get(place, 0) for name, place in TODAY.items()},
        }

    async def _late_next(self, now: datetime) -> list[Document]:
        rows = await self._readings.late_next(now, LATE_NEXT_MAX)
        return [
            late_next(clock, STATE.decode(row["state"]), now)
            for row in rows
            for clock in clocks_of(STATE.decode(row["state"]), self._rules)
            if clock.sla.id == row["sla"]
        ]

    async def _red(self, now: datetime) -> list[Document]:
        rows = await self._readings.red_cards(RED_CARDS_MAX)
        return [red_card(row, self._rules, now) for row in rows]

    async def _arrivals(self, now: datetime) -> Document:
        today = business_date(now)
        days = [await self._hours(now)] + [
            await self._hours(now - timedelta(weeks=week)) for week in range(1, WEEKS_COMPARED + 1)
        ]
        earlier = [round(sum(hour) / WEEKS_COMPARED, 2) for hour in zip(*days[1:], strict=True)]
        return {"date": today.isoformat(), "hours": days[0], "comparison": earlier}

    async def _hours(self, instant: datetime) -> list[int]:
        sums = await self._readings.day(("L03",), business_date(instant))
        return [sums.get(("L03", f"hour:{hour:02}"), 0) for hour in range(HOURS)]

    async def _latest(self) -> list[Document]:
        facts = [fact for recent in await self._readings.recent() for fact in RECENT.decode(recent)]
        facts.sort(key=lambda fact: datetime.fromisoformat(fact[0]), reverse=True)
        names: dict[str, str | None] = {}
        for _, _, key, _ in facts[:RECENT_FACTS_MAX]:
            if key not in names:
                state = await self._readings.dossier(key)
                names[key] = STATE.decode(state).item_name if state else None
        return [
            {
                "time": time,
                "type": kind,
                "case_no": key,
                "item_name": names[key] or None,
                "activity": activity,
            }
            for time, kind, key, activity in facts[:RECENT_FACTS_MAX]
        ]


def fresh(rows: Sequence[Row], now: datetime) -> Document:
    """Return up to which event time everything is complete, and how long ago that was known."""
    if not rows:
        return {"complete_to": None, "lag_seconds": 0.0}
    lag = max(0.0, (now - min(row["checked_at"] for row in rows)).total_seconds())
    waiting = [row for row in rows if row["next_offset"] < row["highwater"]]
    known = [row["complete_to"] for row in waiting if row["complete_to"] is not None]
    complete_to = min(known) if known else min(row["checked_at"] for row in rows)
    return {
        "complete_to": complete_to.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "lag_seconds": round(lag, 1),
    }


def late_next(clock: Clock, dossier: Dossier, now: datetime) -> Document:
    """Return one line of the list of what can still be saved."""
    today = business_date(now)
    near, red_at = clock.yellow_from, clock.red_at
    last = clock.due or today
    return {
        "case_no": dossier.key,
        "item_code": dossier.item_code,
        "item_name": dossier.item_name,
        "clock": clock.name.value,
        "sla_id": clock.sla.id,
        "due": clock.due.isoformat() if clock.due else None,
        "days_left": clock.days_left(today),
        "seconds_left": round((red_at - now).total_seconds()) if red_at else None,
        "level": "YELLOW" if near is not None and near <= today else None,
        "limit": clock.limit,
        "unit": clock.unit.value,
        "consumed": clock.consumed(today),
        "stopped_days": stopped_days(clock, min(today, last)),
        "provisional": clock.provisional,
        "paused": clock.paused,
    }


def stopped_days(clock: Clock, until: Any) -> int:  # noqa: ANN401 - a date
    """Return on how many days that would count *clock* has stood still by *until*."""
    running = clock.calendar.working_days_between(clock.started_on, until)
    return max(0, running - clock.consumed(until)) if clock.stops else 0


def red_card(row: Row, rules: Rules, now: datetime) -> Document:
    """Return a red card as the page shows it, with its reason in one sentence."""
    dossier = STATE.decode(row["dossier_state"])
    explanation: Mapping[str, Any] = msgspec.json.decode(row["explanation"])
    overdue = [
        clock.overdue_days(business_date(now))
        for clock in clocks_of(dossier, rules)
        if clock.sla.id == row["sla"]
    ]
    return {
        "alert_id": row["alert_id"],
        "case_no": row["dossier"],
        "item_name": dossier.item_name,
        "level": row["level"],
        "severity": row["severity"],
        "basis": row["clock"],
        "due": row["due"].isoformat(),
        "overdue_days": overdue[0] if overdue else 0,
        "raised_at": row["raised_at"].astimezone(SHANGHAI).isoformat(),
        "sentence": explanation["sentence"],
        "state": row["state"],
    }
