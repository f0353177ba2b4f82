"""
Finds the deadlines in casetrack's explanations again: a program of somebody else's.

    python tests/checker/due_dates.py FILE        ('-' is standard input)

It knows nothing of casetrack: this file and Python are all of it. FILE is an answer of the API
in JSON (a card, the clocks of a case, a list of such), or one on each line; every explanation in
it is counted again, day by day and session by session. Taken from it are the rule (`limit`,
`extensions`, `measured`), the start, the stretches that stood still, and which days are worked:
where that is no ordinary week, the day has the name of a holiday, and the notice says which.
Found again are `due`, `due_at`, `near_at`, `consumed`, `remaining`, `provisional`, which days
count, and the instant of the card. Prints each difference; the exit status is 0 without one, 1
with one, 2 where there was nothing to count again.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

BEIJING = timezone(timedelta(hours=8))
DAY, SECOND, HOUR = timedelta(days=1), timedelta(seconds=1), 3600


def when(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(BEIJING)


def begin(day: date, at: time = time()) -> datetime:
    return datetime.combine(day, at, BEIJING)


class Recount:
    """One explanation, counted again."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told, self.rule, self.near = told, told["measured"], told["measured"]["near"]
        self.unit = self.rule["unit"]
        self.start = self.first = date.fromisoformat(told["starts_on"])
        self.begun = when(self.rule["started_at"])
        self.since = self.begun.replace(microsecond=0)
        self.hall = [
            (time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"]))
            for one in self.rule["hall"]
        ]
        self.days = {date.fromisoformat(one["date"]): one for one in told["days"]}
        self.stops: list[tuple[date, date]] = []
        self.frozen = date.max
        if self.unit == "DH":
            # What comes when the hall is closed counts from when it opens next.
            on_its_day = self.since.date() == self.start
            opening = next(self.sessions(self.since if on_its_day else begin(self.start)))[0]
            self.begun, self.since, self.first = opening, opening, opening.date()
        # What is due on a day that somebody named is due then, whatever stands still.
        for one in () if self.unit == "AT" else told["stretches"]:
            if not one["running"]:
                last = date.fromisoformat(one["to"]) if one["to"] else date.max
                self.stops.append((date.fromisoformat(one["from"]), last))
        self.frozen = min((a for a, b in self.stops if b == date.max), default=date.max)

    def works(self, day: date) -> bool:
        if day not in self.days:
            raise LookupError(f"{day} is beyond the days that are shown")
        return bool(self.days[day]["worked"])

    def stands(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.stops)

    def counts(self, day: date) -> bool:
        return not self.stands(day) and (self.unit == "ND" or self.works(day))

    def after_days(self, amount: int) -> date | None:
        """Return the day with which *amount* days have counted; None where it never comes."""
        day = self.first
        while amount > 0:
            day += DAY
            if day >= self.frozen:
                return None
            amount -= self.counts(day)
        return day

    def counted(self, until: date) -> int:
        days = (self.first + DAY * n for n in range(1, (until - self.first).days + 1))
        return sum(self.counts(day) for day in days)

    def sessions(
        self, since: datetime, last: date = date.max
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield from when to when the hall is open and the clock runs, up to the *last* day."""
        day = since.date()
        while day <= last and day < self.frozen:
            if not self.stands(day) and self.works(day):
                for opens, closes in self.hall:
                    if begin(day, closes) > since:
                        yield max(since, begin(day, opens)), begin(day, closes)
            day += DAY

    def after_hours(self, seconds: float) -> datetime | None:
        """Return when the hall has been open for so long; None where it never comes."""
        if seconds <= 0:
            return self.begun
        for opens, closes in self.sessions(self.since):
            if opens + SECOND * seconds <= closes:
                return opens + SECOND * seconds
            seconds -= (closes - opens).total_seconds()
        return None

    def open_until(self, end: datetime) -> float:
        spans = [
            (opens, min(end, closes))
            for opens, closes in self.sessions(self.since, (end - SECOND).date())
        ]
        return sum(max(0.0, (closes - opens).total_seconds()) for opens, closes in spans)

    def end(self, limit: int) -> tuple[date | None, datetime | None]:
        """Return the due day of *limit*, and the first instant at which it is too late."""
        over: datetime | None = self.begun
        if self.unit == "AO":
            return self.start, over
        if self.unit == "HH":
            over = self.after_hours(limit * HOUR)
            return (over - SECOND).date() if over else None, over
        if self.unit == "AT":
            until = self.rule["until"]
            if "T" in until:
                return when(until).date(), when(until)
            due: date | None = date.fromisoformat(until)
        else:
            due = self.after_days(limit)
        while self.unit == "ND" and limit and due and not (self.counts(due) and self.works(due)):
            due = due + DAY if due + DAY < self.frozen else None
        if due is None:
            return None, None
        if self.unit == "DH":
            return due, begin(due, self.hall[-1][1])
        return due, begin(due, time.fromisoformat(self.rule["cut_off"])) + SECOND

    def margin(self, limit: int) -> int | None:
        """Return with how much left *limit* is near."""
        near = self.near
        if near["by"] == "share":
            if limit < near["limit_min"]:
                return None
            share = int(Fraction(near["fraction"]) * limit)
            within = min(near["days_max"], max(near["days_min"], share))
            return 0 if limit <= near["zero_upto"] else within
        if near["by"] == "remaining":
            others = near.get("others")
            return 0 if others is None else max(0, limit - max(0, others - near["days"]))
        return int(near["hours"] if near["by"] == "hours" else near["days"])

    def nearing(self, limit: int, due: date | None, over: datetime | None) -> datetime | None:
        """Return the first instant at which *limit* is near; None where it never is."""
        if self.near is None or self.unit == "AO":
            return None
        found = self.warned(limit, due, over)
        return None if found and over and found >= over else found

    def warned(self, limit: int, due: date | None, over: datetime | None) -> datetime | None:
        by = self.near["by"]
        if by == "after":
            seconds = self.near["hours"] * HOUR
            before = over is not None and self.open_until(over) > seconds
            return self.after_hours(seconds) if before else None
        margin = self.margin(limit)
        if margin is None or (over is None and (by == "hours" or self.unit != "WD")):
            return None
        if self.unit == "HH":
            return self.after_hours((limit - margin) * HOUR)
        if by == "hours" and over is not None:
            return self.after_hours(self.open_until(over) - margin * HOUR)
        total = limit if self.unit == "WD" or due is None else self.counted(due)
        day = self.after_days(total - margin)
        if day is None:
            return None
        found = begin(day, time.fromisoformat(self.near.get("at") or "00:00"))
        return max(self.begun, found) if by == "remaining" else found

    def spent(self, limit: int, due: date | None, seen: datetime) -> int:
        """Return how much of *limit* has counted until *seen*, or until the clock stopped."""
        ended = self.rule["ended_at"]
        until = min(seen, when(ended)) if ended else seen
        if self.unit == "AO":
            return 0
        if self.unit == "HH":
            return int(self.open_until(until) // HOUR)
        total = self.counted(until.date())
        if self.unit == "ND" and due is not None and total > limit:
            # What it waits for a working day after its end is no part of it.
            total -= self.counted(min(due, until.date())) - limit
        return total

    def flags(self, limit: int, due: date | None) -> Iterator[tuple[str, Any, Any]]:
        """Yield of each day that is shown whether it counts, as told and as counted again."""
        left = limit
        for day, one in self.days.items():
            counts = day > self.first and self.counts(day)
            if counts and (due is None or day <= due):
                counts, left = left > 0, left - 1
            yield f"counted on {day}", one["counted"], counts
            if not one.get("name"):
                yield f"worked on {day}, of an ordinary week", one["worked"], day.weekday() < 5

    def again(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield everything that is found again: its name, as told, and as counted again."""
        told, limit = self.told, self.told["limit"]
        first = limit - sum(one["days"] for one in told["extensions"])
        warnings = []
        for one in told["extensions"]:
            due, over = self.end(first)
            warnings.append(self.nearing(first, due, over))
            in_time = due is None or date.fromisoformat(one["on"]) <= due
            yield f"extended in time on {one['on']}", True, in_time
            first += one["days"]
        due, over = self.end(limit)
        near = self.nearing(limit, due, over)
        yield "due", told["due"], due and due.isoformat()
        yield "due_at", told["due_at"] and when(told["due_at"]), over
        yield "near_at", told["near_at"] and when(told["near_at"]), near
        if self.unit == "AT" and due:
            yield "limit", limit, self.counted(due)
        consumed = self.spent(limit, due, when(self.rule["seen_at"]))
        yield "consumed", told["consumed"], consumed
        yield "remaining", told["remaining"], limit - consumed
        years = range(self.start.year, (due or self.start).year + 1)
        unknown = any(year in self.rule["unpublished"] for year in years)
        yield "provisional", told["provisional"], unknown
        if self.unit in ("WD", "ND", "AT"):
            yield from self.flags(limit, due)
        if told["raised_at"]:
            raised = when(told["raised_at"])
            yield "raised_at", raised, raised if raised in [over, near, *warnings] else near


def explanations(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - whatever JSON has
    """Yield every explanation in *document*, wherever it lies."""
    if isinstance(document, list):
        for one in document:
            yield from explanations(one)
    elif isinstance(document, dict):
        if document.get("measured") and "starts_on" in document:
            yield document
        else:
            yield from explanations(list(document.values()))


def differences(told: dict[str, Any]) -> list[str]:
    """Return what *told* says otherwise than it is counted again."""
    name = f"{told['sla_id']} {told['subject']}/{told['episode']}"
    try:
        found = [one for one in Recount(told).again() if one[1] != one[2]]
    except (LookupError, StopIteration) as unseen:
        return [f"{name}: cannot be counted again: {unseen}"]
    return [f"{name}: {what} is {as_told}, counted again {again}" for what, as_told, again in found]


def main(path: str) -> int:
    text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = [json.loads(line) for line in text.splitlines() if line.strip()]
    found = list(explanations(documents))
    wrong = [line for one in found for line in differences(one)]
    sys.stdout.writelines(
        f"{line}\n" for line in [*wrong, f"{len(found)} counted again, {len(wrong)} differ"]
    )
    return 2 if not found else int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
