"""
A year of the bureau by lot: dossiers of every kind of subject, as their facts happened.

A fact is like the published example, in other words and with other days and numbers, and comes
when its course lets it come. The fold is asked whether it does, and for nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold
from shared.contracts.course import ABSENT, Course
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import HoldOpened, StepStarted
from shared.contracts.handling.words import HoldReason
from shared.contracts.publishing import example_of
from shared.policy.calendar import ZONE
from shared.policy.sla import bureau_policy

FACTS_MAX = 40
TRIES_MAX = 160
"""So often something is asked to happen to one dossier; most of it cannot."""

COURSE = {course.subject: course for course in COURSES}
TOGETHER: Sequence[tuple[str, ...]] = (
    ("case",),
    ("case", "commitment"),
    ("case", "commitment"),
    ("case", "inspection", "inspection"),
    ("case", "inspection", "referral"),
    ("case", "review", "rectification"),
    ("case", "referral", "commitment"),
    ("review", "rectification"),
    ("review", "rectification"),
    ("assist",),
    ("ticket",),
)
"""What is drawn more often, and with something beside it."""
ALONE = sorted(COURSE.keys() - {"alert", *(kind for plot in TOGETHER[:-2] for kind in plot)})
"""Every other kind of subject; the cards lie on all of them."""
PLOTS = (*TOGETHER, *((kind,) for kind in ALONE))
"""What lies in one dossier."""
TIMED = [plot for plot in PLOTS if not bureau_policy().by_subject.keys().isdisjoint(plot)]
"""What lies in a dossier of which somebody may wait for something."""

HOW_OFTEN = {
    "intake.application.accepted": 4.0,
    "intake.correction.requested": 0.5,
    "intake.correction.received": 2.0,
    "handling.step.started": 2.0,
    "handling.hold.opened": 2.0,
    "handling.hold.closed": 2.0,
    "handling.hearing.offered": 2.0,
    "handling.hearing.announced": 2.0,
    "inspection.followup.completed": 0.4,
    "inspection.defect.ordered": 3.0,
    "inspection.defect.submitted": 2.0,
    "rectification.case.assigned": 0.4,
    "intake.application.rejected": 0.1,
    "intake.application.withdrawn": 0.06,
    "intake.correction.expired": 0.3,
    "handling.case.terminated": 0.04,
    "handling.case.forwarded": 0.12,
    "handling.case.amended": 0.1,
    "handling.activity.recorded": 0.02,
    "handling.decision.made": 1.5,
    "handling.decision.revoked": 0.1,
    "commitment.supplement.expired": 0.2,
    "commitment.promise.withdrawn": 0.1,
    "commitment.verification.completed": 3.0,
    "inspection.defect.expired": 0.3,
    "assist.task.completed": 0.2,
    "assist.task.terminated": 0.3,
    "assist.task.declined": 0.1,
    "rectification.case.closed": 0.3,
}
"""How much more or less often than others something is tried."""

DAYS = {
    "received_date": (-2, 0),
    "delivered_date": (-2, 0),
    "effective_date": (-4, 1),
    "approved_date": (-2, 0),
    "told_date": (-2, 0),
    "notified_date": (-2, 0),
    "hearing_date": (0, 14),
    "decision_date": (-3, 0),
    "closed_date": (-2, 0),
    "published_date": (-1, 0),
    "deadline": (-1, 25),
    "promise_date": (0, 20),
    "due": (-1, 12),
    "new_due": (-2, 30),
    "issued_date": (-9, 0),
    "listed_date": (-3, 3),
    "handed_over_date": (-1, 0),
    "synced_date": (-2, 0),
    "date": (-2, 0),
}
"""From how many days before or after itself a fact may name a day."""

COUNTS: dict[str, Sequence[int]] = {
    "statutory_limit": (*range(31), 45, 90),
    "committed_limit": range(26),
    "days": range(1, 11),
    "expected_days": range(1, 31),
    "limit": range(6),
    "remaining_committed_days": range(-3, 21),
    "round": (1, 1, 1, 2),
}
OPTIONAL = frozenset({"deadline", "expected_days", "limit", "handed_over_date", "reasons"})
ITEM = {"item_version": 4, "item_code": "000117051000"}
ALWAYS: Mapping[str, Mapping[str, Any]] = {
    "item.definition.revised": ITEM,
    "item.change.synced": ITEM,
}
"""What a fact says in every story."""
REASONS = (*HoldReason, *["HEARING"] * 4)
CLOCKS = ((), ("COMMITTED",), ("STATUTORY",), ("COMMITTED", "STATUTORY"))
AMENDED = (
    "received_date",
    "effective_date",
    "decision_date",
    "committed_limit",
    "statutory_limit",
)
THEIR_OWN = ("committeerules", "gradinglist", "itemlist", "scene", "servicelist", "site")
"""What a fact of it is named after by its kind."""
NAMES = {
    **{course.named_by: (f"{course.subject}-1",) for course in COURSES},
    "inspection_id": ("inspection-1", "inspection-2"),
}
for alone in ("agent", "case_no", "change", "item_code", "report", *THEIR_OWN):
    NAMES.pop(alone)  # What the key, and the words of the fact itself, say.
MINUTES = (7, 45, 180, 600, 1440, 2880, 4320, 7200, 14400, 28800)
"""How long it may be until the next fact, at most."""
PACES = (1, 1, 1, 5, 12)
"""How much longer, where nobody hurries."""


def dossiers(seed: int | str, first: date, count: int) -> Iterator[tuple[str, list[Event]]]:
    """Yield *count* dossiers that begin within a year from *first* on, each with its facts."""
    for number in range(count):
        yield dossier(seed, first, number, plots=TIMED)


def dossier(
    seed: int | str,
    first: date,
    number: int,
    *,
    anything: bool = False,
    plots: Sequence[tuple[str, ...]] = PLOTS,
) -> tuple[str, list[Event]]:
    """
    Return one of them; its *number* says what lies in it, too.

    In one in which *anything* may happen, facts contradict what came before.
    """
    chance = Random(f"{seed}/{first.year}/{number}")  # noqa: S311 - a story, no secret
    began = datetime.combine(first, datetime.min.time(), ZONE)
    began += timedelta(days=chance.randrange(365), minutes=chance.choice((0, 420, 600)))
    began += timedelta(minutes=chance.randrange(720))
    key = f"XC{first.year}{number:08}"
    return key, _Story(key, chance, began, anything=anything).told(plots[number % len(plots)])


class _Story:
    """One dossier in the making."""

    def __init__(self, key: str, chance: Random, began: datetime, *, anything: bool) -> None:
        self.key, self.chance, self.now, self.anything = key, chance, began, anything
        self.dossier, self.events = Dossier(key=key), list[Event]()
        self.pace = chance.choice(PACES)

    def told(self, plot: Sequence[str]) -> list[Event]:
        length = self.chance.randrange(2, FACTS_MAX)
        for _ in range(TRIES_MAX):
            self._try(COURSE[self.chance.choice(plot)])
            if len(self.events) == length:
                break
        return self.events

    def _try(self, course: Course) -> None:
        """Let something of *course* happen, if it can."""
        chance = self.chance
        names = {name: chance.choice(of) for name, of in NAMES.items()}
        state = next(
            (
                one.state
                for one in self.dossier.subjects
                if one.COURSE is course and one.name == names.get(course.named_by, one.name)
            ),
            ABSENT,
        )
        kinds = [kind for kind in course.facts if self.anything or course.allows(state, kind)]
        if not kinds:
            return
        kind = chance.choices(kinds, [HOW_OFTEN.get(_short(one), 1.0) for one in kinds])[0]
        wait = 1 + self.pace * chance.randrange(chance.choice(MINUTES))
        at = self.now + timedelta(minutes=wait)
        try:
            fact = kind.model_validate(_Words(self, at).of(kind, names))
        except ValidationError:
            return
        event = Event.of(
            fact,
            id=f"{self.key}-{len(self.events):02}",
            source="urn:test",
            time=at,
            partitionkey=self.key,
        )
        after = fold(self.dossier, [Entry.of(event)])
        if self.anything or not after.anomalies:
            self.dossier, self.now = after, at
            self.events.append(event)


class _Words:
    """What one fact says."""

    def __init__(self, story: _Story, at: datetime) -> None:
        self.story, self.chance, self.at = story, story.chance, at

    def of(self, kind: type[Fact], names: dict[str, str]) -> dict[str, Any]:
        data = dict(example_of(kind.TYPE)["data"])
        for name, field in kind.model_fields.items():
            written = field.alias or name
            data[written] = self._word(name, field.annotation, data.get(written))
        data |= {name: word for name, word in names.items() if name in kind.model_fields}
        if "case_no" in kind.model_fields and kind.KEYED_BY_CASE:
            data["case_no"] = self.story.key
        if "case" in data:
            sort = self.chance.choice(("COMMITTED", "COMMITTED", "IMMEDIATE"))
            data["case"] = {**data["case"], "case_no": self.story.key, "case_type": sort}
        return data | self._of_its_kind(kind)

    def _of_its_kind(self, kind: type[Fact]) -> dict[str, Any]:
        """Return what has to fit what was told before."""
        chance, told = self.chance, self.story.events
        data = dict(ALWAYS.get(_short(kind.TYPE), {}))
        match _short(kind.TYPE):
            case "intake.application.accepted" if chance.random() < 0.4:
                data = {"mode": "COMMITMENT"}
            case "handling.hold.opened":
                data = {"hold_id": f"H{len(told)}", "pauses": chance.choice(CLOCKS)}
                data |= {"reason": chance.choice(REASONS)}
            case "handling.hold.closed" | "handling.hearing.announced":
                data = {"hold_id": self._one_of(HoldOpened, "hold_id")}
            case "handling.step.started":
                data = {"step_no": 1 + len(told)}
            case "handling.step.completed":
                data = {"step_no": self._one_of(StepStarted, "step_no") or 1}
            case "handling.case.amended":
                field = chance.choice(AMENDED)
                new = chance.randrange(30) if field.endswith("limit") else self._day((-6, 2))
                data = {"field": field, "new": str(new)}
            case "inspection.visit.concluded" if chance.random() < 0.5:
                data = {"evidence": []}
        return data

    def _one_of(self, kind: type[Fact], field: str) -> Any:  # noqa: ANN401 - any field
        """Return what one of the last facts of *kind* said."""
        said = [getattr(one.data, field) for one in self.story.events if type(one.data) is kind]
        return self.chance.choice(said[-3:]) if said else None

    def _word(self, name: str, annotation: Any, said: Any) -> Any:  # noqa: ANN401 - any field
        chance = self.chance
        if name in OPTIONAL and chance.random() < 0.4 and _may_be_none(annotation):
            return None
        if name in COUNTS:
            return chance.choice(COUNTS[name])
        if name in DAYS:
            return self._day(DAYS[name])
        words = _words(annotation)
        return chance.choice(words) if words and chance.random() < 0.7 else said

    def _day(self, within: tuple[int, int]) -> str:
        day = self.at.astimezone(ZONE).date() + timedelta(self.chance.randint(*within))
        return day.isoformat()


def _short(kind: type[Fact] | str) -> str:
    name = kind if isinstance(kind, str) else kind.TYPE
    return name.removeprefix("casetrack.").removesuffix(".v1")


def _may_be_none(annotation: Any) -> bool:  # noqa: ANN401 - whatever a field is made of
    return NoneType in get_args(annotation)


def _words(annotation: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever a field is made of
    """Return every word that a field may have; none where they cannot be told."""
    if get_origin(annotation) in (Union, UnionType):
        return [word for one in get_args(annotation) for word in _words(one)]
    if annotation is bool:
        return (True, False)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [one.value for one in annotation]
    return ()
