"""An independent model of the bureau: what must come of the stored facts, told by naive means."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from chinese_calendar import is_workday

from shared.policy.calendar import ZONE
from tests.support.simulation.story import INTRUDER

ONE_DAY = timedelta(days=1)
HALF_A_DAY = timedelta(hours=12)

SILENCE_DAYS = 5
CORRECTED_DAYS = 1
AFTERWARDS = {
    "DELIVERY": (10, 2),
    "DISCLOSURE": (7, 2),
    "ARCHIVE": (20, 5),
    "LINK_PUSH": (1, 0),
}
"""How many days what follows a decision or a closing takes, and how many are left when near."""

Figures = Counter[tuple[str, str, date]]
Standing = set[tuple[str, str, datetime, str]]
"""Clock, level, instant and state of each alert that stands."""


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZONE)


@dataclass
class Hold:
    opened_on: date
    pauses: list[str]
    expected_days: int | None = None
    closed_on: date | None = None
    closed_at: datetime | None = None

    def close(self, at: datetime) -> None:
        self.closed_on, self.closed_at = at.date(), self.closed_at or at


@dataclass
class Case:
    """One case as a clerk with paper and a wall calendar would know it."""

    received_on: date | None = None
    accepted_on: date | None = None
    limits: dict[str, int] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    decided_on: date | None = None
    decided_at: datetime | None = None
    closed_on: date | None = None
    expired: bool = False
    early: bool = False
    """Whether handling began, by its own time, before the case was accepted."""
    oddities: int = 0
    silences: list["Unbroken"] = field(default_factory=list)
    waits: dict[str, date] = field(default_factory=dict)
    """What is to follow, and since when it is waited for: nobody of these weeks does it."""

    def learn(self, kind: str, at: datetime, data: dict[str, Any]) -> None:  # noqa: C901 - a case a fact
        match kind:
            case "intake.application.received":
                self.received_on = date.fromisoformat(data["received_date"])
                self.silences.append(Unbroken(self.received_on))
            case "intake.correction.received":
                self.silences.append(
                    Unbroken(date.fromisoformat(data["delivered_date"]), corrected=True)
                )
            case "intake.correction.requested":
                self._speak(at)
            case "intake.correction.expired":
                self.expired = True
            case "handling.step.started" if self.accepted_on is None:
                # Somebody began, and was held up until the silence had accepted the case.
                self.early = True
                self.oddities += 1
            case "intake.application.accepted":
                self.oddities += self.early
                self._speak(at)
                self.accepted_on = date.fromisoformat(data["effective_date"])
                self.limits = {
                    "COMMITTED": data["committed_limit"],
                    "STATUTORY": data["statutory_limit"],
                }
            case "handling.hold.opened":
                # Asked for before the instant at which silence accepted, and done after it.
                self.oddities += self.accepted_on is None
                self.holds[data["hold_id"]] = Hold(
                    at.date(), data["pauses"], data.get("expected_days")
                )
            case "handling.hold.closed" if data["hold_id"] in self.holds:
                self.holds[data["hold_id"]].close(at)
            case "handling.hold.closed" | "intrusion":
                self.oddities += 1
            case "handling.decision.made":
                self.decided_on = date.fromisoformat(data["decision_date"])
                backdated = at.date() != self.decided_on
                self.decided_at = midnight(self.decided_on) if backdated else at
                self.waits |= dict.fromkeys(
                    ("DELIVERY", "DISCLOSURE", "LINK_PUSH"), self.decided_on
                )
            case "handling.case.closed":
                self.closed_on = date.fromisoformat(data["closed_date"])
                self.waits["ARCHIVE"] = self.closed_on
            case _:
                pass

    def _speak(self, at: datetime) -> None:
        self.silences[-1].broken_at = self.silences[-1].broken_at or at

    def nth(self, clock: str, count: int) -> date | None:
        """Return the day with which *count* days of *clock* are used up; None while it stands."""
        assert self.accepted_on is not None
        day = self.accepted_on
        while count > 0:
            day += ONE_DAY
            if any(end is None and day >= start for start, end in self._stops(clock)):
                return None
            held = any(end is not None and start <= day < end for start, end in self._stops(clock))
            count -= is_workday(day) and not held
        return day

    def _stops(self, clock: str) -> Iterator[tuple[date, date | None]]:
        for hold in self.holds.values():
            if clock not in hold.pauses:
                continue
            if self.decided_on is None:
                yield hold.opened_on, hold.closed_on
            elif hold.opened_on < self.decided_on:
                yield hold.opened_on, min(hold.closed_on or self.decided_on, self.decided_on)

    def figures(self) -> Iterator[tuple[str, date]]:
        if self.received_on:
            yield "L03/received", self.received_on
            if not (self.closed_on or self.expired):
                yield "L01/open", self.received_on
        if self.accepted_on:
            yield "L03/accepted", self.accepted_on
        if self.decided_on:
            yield "L03/decided", self.decided_on
            promised, law = self.nth("COMMITTED", self.limits["COMMITTED"]), self._by_law()
            if promised:
                yield (
                    "K23.2/on_time" if self.decided_on <= promised else "K23.2/late",
                    self.decided_on,
                )
            if law and self.decided_on > law:
                yield "K23.2/late_by_law", self.decided_on
        if self.closed_on:
            yield "L03/closed", self.closed_on

    def _by_law(self) -> date | None:
        return self.nth("STATUTORY", self.limits["STATUTORY"])

    def standing(self, now: datetime) -> Iterator[tuple[str, str, datetime, str]]:
        for silence in self.silences:
            yield from silence.standing(now)
        for clock, since in self.waits.items():
            yield from _not_done(clock, since, now)
        for hold in self.holds.values():
            yield from self._announced(hold, now)
        for clock, limit in self.limits.items():
            margin = 0 if limit <= 2 else min(5, max(1, limit // 5))
            near, due = self.nth(clock, limit - margin), self.nth(clock, limit)
            late_at = midnight(due + ONE_DAY) if due else None
            if late_at and self.decided_at and self.decided_at < late_at:
                late_at = None
            if near and not (self.decided_on and near > self.decided_on):
                yield from _alert(clock, "YELLOW", midnight(near), late_at or self.decided_at, now)
            if late_at:
                yield from _alert(clock, "RED", late_at, self.decided_at, now)

    def _announced(self, hold: Hold, now: datetime) -> Iterator[tuple[str, str, datetime, str]]:
        """Yield what comes of a hold that takes longer than it said (SLA-10)."""
        if hold.expected_days is None:
            return
        limit = hold.expected_days
        margin = 0 if limit <= 2 else min(5, limit // 5)
        over_at = min(filter(None, (hold.closed_at, self.decided_at)), default=None)
        near_at = midnight(_worked(hold.opened_on, limit - margin))
        late_at: datetime | None = midnight(_worked(hold.opened_on, limit) + ONE_DAY)
        if over_at and late_at and over_at < late_at:
            late_at = None
        name = "SPECIAL_PROCEDURE"
        if not over_at or near_at <= over_at:
            yield from _alert(name, "YELLOW", near_at, late_at or over_at, now)
        if late_at:
            yield from _alert(name, "RED", late_at, over_at, now)


@dataclass
class Unbroken:
    """A silence of the bureau: since when, and the instant at which it spoke."""

    since: date
    broken_at: datetime | None = None
    corrected: bool = False
    """Whether all that was missing is there: then it should be broken on the next day (SLA-02)."""

    def standing(self, now: datetime) -> Iterator[tuple[str, str, datetime, str]]:
        yield from self._near_and_late(SILENCE_DAYS, 1, now)
        if self.corrected:
            yield from self._near_and_late(CORRECTED_DAYS, 0, now)

    def _near_and_late(
        self, days: int, margin: int, now: datetime
    ) -> Iterator[tuple[str, str, datetime, str]]:
        near_at = midnight(_worked(self.since, days - margin))
        late_at: datetime | None = midnight(_worked(self.since, days) + ONE_DAY)
        if self.broken_at and late_at and self.broken_at < late_at:
            late_at = None
        if not self.broken_at or near_at <= self.broken_at:
            yield from _alert("INTAKE", "YELLOW", near_at, late_at or self.broken_at, now)
        if late_at:
            yield from _alert("INTAKE", "RED", late_at, self.broken_at, now)


def _worked(since: date, days: int) -> date:
    """Return the day with which *days* working days have passed."""
    day = since
    while days:
        day += ONE_DAY
        days -= is_workday(day)
    return day


def _not_done(clock: str, since: date, now: datetime) -> Iterator[tuple[str, str, datetime, str]]:
    days, margin = AFTERWARDS[clock]
    late_at = midnight(_worked(since, days) + ONE_DAY)
    near_at = midnight(_worked(since, days - margin))
    if clock == "LINK_PUSH":
        near_at += HALF_A_DAY
    yield from _alert(clock, "YELLOW", near_at, late_at, now)
    yield from _alert(clock, "RED", late_at, None, now)


def _alert(
    clock: str, level: str, at: datetime, over_at: datetime | None, now: datetime
) -> Iterator[tuple[str, str, datetime, str]]:
    if at <= now:
        yield clock, level, at, "RESOLVED" if over_at and over_at <= now else "RAISED"


def cases_of(bodies: Iterable[bytes]) -> dict[str, Case]:
    """Return every case that *bodies* tell of, in whatever order they come."""
    documents = [json.loads(body) for body in bodies]
    by_case: defaultdict[str, list[tuple[datetime, int, str, str, Any]]] = defaultdict(list)
    for one in documents:
        at = datetime.fromisoformat(one["time"]).astimezone(ZONE)
        kind = one["type"].removeprefix("casetrack.").removesuffix(".v1")
        number = int(one.get("sequence", 0))
        told = "intrusion" if one["source"] == INTRUDER else kind
        by_case[one["partitionkey"]].append((at, number, one["id"], told, one["data"]))
    cases = {}
    for key, facts in by_case.items():
        cases[key] = Case()
        for at, _, _, kind, data in sorted(facts, key=lambda fact: fact[:3]):
            cases[key].learn(kind, at, data)
    return cases


@dataclass(frozen=True)
class Silence:
    """Whose time runs before acceptance: how it will end, and when."""

    ending: str
    at: datetime


def silence_after(before: Silence | None, kind: str, data: dict[str, Any]) -> Silence | None:
    """Return the silence that runs after a fact of a case; None where there is nothing to say."""
    match kind:
        case "intake.application.received":
            return _of_the_bureau(date.fromisoformat(data["received_date"]))
        case "intake.correction.received":
            return _of_the_bureau(date.fromisoformat(data["delivered_date"]))
        case "intake.correction.requested":
            day = date.fromisoformat(data["deadline"])
            return Silence("intake.correction.expired", midnight(day + ONE_DAY))
        case "intake.application.accepted" | "intake.correction.expired":
            return None
        case _:
            return before


def _of_the_bureau(since: date) -> Silence:
    last = _worked(since, SILENCE_DAYS)
    return Silence("intake.application.accepted", midnight(last + ONE_DAY))
