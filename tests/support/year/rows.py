"""
The rows of the limits, read a second time: slowly, from the file, over the facts as they came.

Nothing of the fold is used and nothing of the models of the policy. A row is the document that
it is, a subject is the list of its facts, and what a row looks up is found by going through them.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import dropwhile
from typing import Any

from services.metrics.domain.entry import Entry
from shared.contracts.courses import COURSES
from tests.support.year.lookups import ACCEPTED, LOOKED_UP, RECEIVED, End, Told, day_of, took_effect

Row = Mapping[str, Any]

FACTS_OF = {
    course.subject: (course.named_by, {fact.TYPE for fact in course.facts}) for course in COURSES
}

GRIEVANCES = ("COMPLAINT", "REPORT", "SUGGESTION")
GUARDS: Mapping[str, Callable[[Any], bool]] = {
    "complete": lambda fact: fact.complete,
    "reached": lambda fact: fact.reached,
    "complex": lambda fact: fact.finding == "LEDGER",
    "let_in": lambda fact: fact.result == "ADMITTED",
    "sent_back": lambda fact: fact.result == "RETURNED",
    "spoken": lambda fact: fact.outcome not in ("DEFER", "RETURN_TO_SECTION"),
    "put_off": lambda fact: fact.outcome == "DEFER",
    "given_back": lambda fact: fact.outcome == "RETURN_TO_SECTION",
    "ordinary": lambda fact: fact.kind != "EMERGENCY",
    "urgent": lambda fact: fact.kind == "EMERGENCY",
    "question": lambda fact: fact.kind == "CONSULT",
    "plea": lambda fact: fact.kind == "HELP",
    "grievance": lambda fact: fact.kind in GRIEVANCES,
    "simple": lambda fact: fact.cause not in ("POLICY", "MULTI_DEPARTMENT"),
    "involved": lambda fact: fact.cause in ("POLICY", "MULTI_DEPARTMENT"),
    "forwarded_up": lambda fact: fact.forward_up is True,
    "immediate": lambda fact: fact.case.case_type == "IMMEDIATE",
    "hearing": lambda fact: fact.reason == "HEARING",
    "approved": lambda fact: fact.decision == "APPROVED",
    "acknowledged": lambda fact: fact.acknowledged,
    "dated": lambda fact: fact.deadline is not None,
    "undated": lambda fact: fact.deadline is None,
    "faulty": lambda fact: fact.result in ("FAIL", "RECTIFY"),
    "repeated": lambda fact: fact.round > 1,
    "silent_refusal": lambda fact: (
        fact.decision == "DENIED" and not (fact.reasons and fact.remedies_told)
    ),
    "outside_the_rule": lambda fact: not fact.on_list and fact.grade != "L4",
    "unproven": lambda fact: fact.result != "NOT_DONE" and not fact.evidence,
    "tolerated": lambda fact: fact.mode == "TOLERANCE",
    "on_a_promise": lambda fact: fact.mode == "COMMITMENT",
    "at_home": lambda fact: fact.mode == "HOME_VISIT",
    "key_project": lambda fact: fact.kind == "KEY_PROJECT",
    "short_notice": lambda fact: fact.notified_date + timedelta(7) > fact.hearing_date,
    "in_time": lambda fact: fact.notified_date + timedelta(7) <= fact.hearing_date,
    "called_complex": lambda fact: fact.complex is True,
}
"""What a row may ask of a fact."""

OFFER = "casetrack.handling.hearing.offered.v1"
STEP, HOLD = "casetrack.handling.step.started.v1", "casetrack.handling.hold.opened.v1"


@dataclass(frozen=True)
class Pause:
    """From a day to another that counts again; None while it lasts."""

    since: date
    until: date | None


@dataclass(frozen=True)
class Ran:
    """A limit that the facts set running."""

    row: Row
    subject: str
    number: int
    started_on: date
    started_at: datetime
    limit: int
    unit: str
    until: date | None
    others: int | None
    ended: End | None
    pauses: tuple[Pause, ...]
    extensions: tuple[tuple[date, int], ...]

    @property
    def key(self) -> tuple[str, str, int]:
        return self.row["id"], self.subject, self.number


def documents(
    profile: str, supervision: str = "DEFAULT"
) -> tuple[Sequence[Row], Mapping[str, Row], Row]:
    """Return the rows of the limits, of the pauses by reason, and the bureau's own file."""
    folder = files("shared.policy") / "profiles" / profile

    def read(name: str) -> Any:  # noqa: ANN401 - a document
        return json.loads((folder / f"{name}.json").read_text("utf-8"))

    pauses = {one["reason"]: one["clocks"] for one in read("pauses")}
    rows: Sequence[Row] = read("limits")
    if supervision == "THREE_TIER":
        rows = [three_tiers(row) for row in rows]
    return rows, pauses, read("bureau")


def three_tiers(row: Row) -> Row:
    """Return *row* as domain.md 2.2 has it: prompt a day before, yellow late, red past a law."""
    if row["unit"] == "AO":
        return row
    near, heard = row.get("yellow"), row["recipients"]
    late, before = "RED" if row["severity"] == 2 else "YELLOW", row.get("late", "RED")
    told = {"PROMPT": heard["YELLOW"]} if near and "YELLOW" in heard else {}
    told |= {late: heard[before]} if before in heard else {}
    if near and near["by"] in ("share", "days", "remaining") and row["limit"] not in (0, 1):
        near = {"by": "the day before"}
    return {**row, "near_level": "PROMPT", "late": late, "recipients": told, "yellow": near}


def meets(entry: Entry, asked: Row) -> bool:
    when = asked.get("when")
    return entry.type == asked["fact"] and (when is None or GUARDS[when](entry.data))


def waited(still: Row, told: Told) -> Iterator[Pause]:
    """Yield from when to when the facts of another subject keep one waiting."""
    since: date | None = None
    for one in told:
        if since is None and one.type in still["since"]:
            since = day_of(one.time)
        elif since is not None and one.type in still["until"]:
            yield Pause(since, day_of(one.time))
            since = None
    if since is not None:
        yield Pause(since, None)


class Reading:
    """One dossier, read by the rows of a profile."""

    def __init__(
        self,
        key: str,
        told: Told,
        profile: str,
        supervision: str,
        stationed: Collection[str] = (),
    ) -> None:
        self.stationed = stationed
        self.key, self.told = key, sorted(told, key=lambda one: one.time)
        self.limits, self.permitted, _ = documents(profile, supervision)
        case, promise = FACTS_OF["case"][1], FACTS_OF["commitment"][1]
        own = [one for one in self.told if one.type in case]
        # A promise of which no case is known yet begins and ends none.
        self.case = list(dropwhile(lambda one: one.type in promise, own))

    def runs(self) -> Iterator[Ran]:
        for row in self.limits:
            if row["recipients"] and (not row.get("outside") or self.passed_by()):
                for name, told in self.subjects(row["subject"]):
                    yield from self.of_a_row(row, name, told)

    def passed_by(self) -> bool:
        """Say whether the case was filed elsewhere although its item is stationed."""
        channels = [one.data.channel for one in self.case if one.type == RECEIVED]
        return self.item in self.stationed and channels[:1] == ["OTHER"]

    @property
    def item(self) -> str:
        named = [one.data.case for one in self.case if one.type in (RECEIVED, ACCEPTED)]
        return named[0].item_code if named else ""

    def subjects(self, kind: str) -> Iterator[tuple[str, Told]]:
        """Yield the subjects of *kind* by name, each with its facts."""
        if kind == "case":
            yield self.key, self.case
            return
        named_by, types = FACTS_OF[kind]
        own = [one for one in self.told if one.type in types]
        for name in dict.fromkeys(getattr(one.data, named_by) for one in own):
            yield name, [one for one in own if getattr(one.data, named_by) == name]

    def of_a_row(self, row: Row, name: str, told: Told) -> Iterator[Ran]:
        # There is one offer at a time, so that those that run beside one another come by turns.
        beside = row.get("beside") and row["starts"][0]["fact"] != OFFER
        spans = self.beside(row, told) if beside else self.by_turns(row, told)
        for number, start, asked, stop in spans:
            ran = self.ran(row, name, told, number, start, asked, stop)
            if ran is not None:
                yield ran

    def by_turns(self, row: Row, told: Told) -> Iterator[tuple[int, Entry, Row, Entry | None]]:
        """Yield what began and ended one after the other."""
        begun: tuple[Entry, Row] | None = None
        number, tries = 0, dict[int, int]()
        for entry in told:
            for place, asked in enumerate(row.get("stops", ())):
                if begun is not None and meets(entry, asked):
                    tries[place] = tries.get(place, 0) + 1
                    if tries[place] >= asked.get("times", 1):
                        yield number, *begun, entry
                        number, begun, tries = number + 1, None, {}
            for asked in row["starts"]:
                if begun is None and meets(entry, asked) and self.came_after(entry, asked, told):
                    begun = entry, asked
        if begun is not None:
            yield number, *begun, None

    def came_after(self, entry: Entry, asked: Row, told: Told) -> bool:
        earlier = asked.get("after")
        if earlier is None:
            return True
        came = False
        for one in told[: told.index(entry)]:
            if meets(one, earlier):
                came = True
            elif one.type == earlier.get("until"):
                came = False
        return came

    def beside(self, row: Row, told: Told) -> Iterator[tuple[int, Entry, Row, Entry | None]]:
        """Yield each hold and each step that somebody waits for, with its own end."""
        (asked,), (over,) = row["starts"], row["stops"]
        field = "hold_id" if asked["fact"] == HOLD else "step_no"
        number = -1
        for entry in told:
            if entry.type != asked["fact"]:
                continue
            fact = entry.data
            limited = (
                fact.limit is not None if entry.type == STEP else fact.expected_days is not None
            )
            if not (limited or (entry.type == HOLD and fact.reason == "HEARING")):
                continue
            number += 1
            name = getattr(fact, field)
            ends = [
                one
                for one in told[told.index(entry) :]
                if one.type == over["fact"] and getattr(one.data, field) == name
            ]
            if meets(entry, asked):
                yield number, entry, asked, ends[0] if ends else None

    def ran(  # noqa: PLR0913, PLR0917 - a span and what it is a span of
        self,
        row: Row,
        name: str,
        told: Told,
        number: int,
        start: Entry,
        asked: Row,
        stop: Entry | None,
    ) -> Ran | None:
        first = start
        for one in told[: told.index(start) + 1]:
            if one.type in asked.get("since", ()):
                first = one
        day = self.looked_up(asked.get("day"), told) or took_effect(first)
        limit = self.amount(row["limit"], start, told)
        unit = self.amount(row["unit"], start, told)
        if limit is None or unit is None:
            return None
        others = (row.get("yellow") or {}).get("of")
        ended = self.end(row, told, stop)
        named = limit if unit == "AT" else None
        if "latest" in row:
            field = row["latest"]["stated"]
            saying = start if hasattr(start.data, field) else first
            latest = getattr(saying.data, field, None)
            named = latest and max(day, latest)
        return Ran(
            row=row,
            subject=name,
            number=number,
            started_on=day,
            started_at=first.time,
            limit=0 if unit == "AT" else int(limit),
            unit=str(unit),
            until=named,
            others=self.looked_up(others, told),
            ended=ended,
            pauses=(*self.held(row, ended), *self.stood(row, told, ended)),
            extensions=self.extensions(row, told, number, day),
        )

    def amount(self, said: Any, start: Entry, told: Told) -> Any:  # noqa: ANN401 - a day or a number
        if not isinstance(said, dict):
            return said
        if "stated" in said:
            return getattr(start.data, said["stated"])
        return self.looked_up(said["field"], told)

    def end(self, row: Row, told: Told, stop: Entry | None) -> End | None:
        stopped = None if stop is None else (day_of(stop.time), stop.time)
        other = self.looked_up(row.get("ending"), told)
        if stopped is None or (other is not None and other[1] < stopped[1]):
            return other  # type: ignore[no-any-return]  # what LOOKED_UP has for an ending
        return stopped

    def held(self, row: Row, ended: End | None) -> Iterator[Pause]:
        """Yield the holds of the case that stop this limit."""
        clock = str(row["clock"] if row.get("held") is True else row.get("held", ""))
        opened = [one for one in self.case if one.type == HOLD]
        often: dict[str, int] = {}
        for entry in sorted(opened, key=lambda one: (day_of(one.time), one.data.hold_id)):
            fact, since = entry.data, day_of(entry.time)
            permission = self.permitted[fact.reason].get(clock)
            if not clock or clock not in fact.pauses or permission is None:
                continue
            if permission.get("by_guide") and self.stationed and self.item not in self.stationed:
                continue
            if fact.basis not in permission["bases"] or (ended and since >= ended[0]):
                continue
            if often.get(fact.reason, 0) >= permission.get("times_max", len(opened)):
                continue
            often[fact.reason] = often.get(fact.reason, 0) + 1
            closings = (
                day_of(one.time)
                for one in self.case
                if one.type == "casetrack.handling.hold.closed.v1"
                and one.data.hold_id == fact.hold_id
            )
            yield Pause(since, next(closings, None))

    def stood(self, row: Row, told: Told, ended: End | None) -> Iterator[Pause]:
        """Yield when another subject made this one wait."""
        for still in row.get("standstills", ()):
            for name, others in self.subjects(still["subject"]):
                if name == self.looked_up(still["link"], told):
                    for pause in waited(still, others):
                        if ended is None or pause.since < ended[0]:
                            yield pause

    def extensions(
        self, row: Row, told: Told, number: int, day: date
    ) -> tuple[tuple[date, int], ...]:
        if "extensions" not in row:
            return ()
        granted = [
            (took_effect(one), one.data.days)
            for one in told
            if one.type
            in (
                "casetrack.handling.extension.approved.v1",
                "casetrack.joint.extension.approved.v1",
                "casetrack.rectification.deadline.extended.v1",
            )
        ]
        return tuple(one for one in granted if number == 0 or one[0] >= day)

    def looked_up(self, path: str | None, told: Told) -> Any:  # noqa: ANN401 - a day, a number, a word
        """Return what the facts say at *path* in the end; None where they do not."""
        if path is None:
            return None
        of_the_case = path.startswith("case.")
        return LOOKED_UP[path](self.case if of_the_case else told)
