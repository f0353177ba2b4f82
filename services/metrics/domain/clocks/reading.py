"""How the rows of the policy are read: which limits the facts of a dossier set running."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import takewhile
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.clocks.run import Run
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.subject import CourseStep, Subject
from services.metrics.domain.subjects.terms import Ending, Extension, Hold
from shared.contracts.words import LimitUnit
from shared.policy.calendar import ZONE, WorkCalendar
from shared.policy.counting import due
from shared.policy.guide import Guide
from shared.policy.limits import Earlier, Limit, Moment, Prolongation, Standstill, StopMoment, Unit
from shared.policy.lookup import Stated
from shared.policy.reads import Reads
from shared.policy.rules import Rules
from shared.policy.sla import Policy, TurnedRow

NOTHING_READ = Reads(frozenset(), frozenset())
NO_ROWS: Mapping[str, tuple[TurnedRow, ...]] = {}
UNITS = {unit.value: unit for unit in Unit}


class Episode(Struct, frozen=True, gc=False):
    """A stretch of a subject in which a limit ran, for the *number*th time, and what ended it."""

    number: int
    started_on: date
    started_at: datetime
    started_by: str
    stop: CourseStep | None
    stated: int | date | None
    """How long it may take, or until when, as the fact says with which it began."""


class Begun(Struct, gc=False):
    """Where a limit began that runs, and how often it *met* what ends it only then and then."""

    start: CourseStep
    moment: Moment
    met: dict[StopMoment, int] = {}


def runs_in(
    subject: Subject, case: Case, dossier: Dossier, rules: Rules
) -> list[tuple[Run, Policy]]:
    """Return the runs of one *subject* of *dossier*, each by the policy in force when it began."""
    found = []
    kind, org = subject.COURSE.subject, _org(subject, case)
    for _, policy in rules.policies:
        rows = policy.by_subject.get(kind, ())
        episodes = episodes_in(policy.turning.get(kind, NO_ROWS), subject, case)
        if subject.waits:
            episodes |= {sla.id: [*_beside(sla, subject, case)] for sla in rows if sla.beside}
        for sla in rows:
            for episode in episodes.get(sla.id, ()):
                day = episode.started_on
                if (
                    day >= sla.told_since
                    and rules.policy_on(day) is policy
                    and (not sla.outside or _passed_by(case, policy))
                ):
                    run = _run(sla, episode, subject, case, dossier, org)
                    if run is not None:
                        if sla.by_guide or sla.latest is not None:
                            guide = policy.guide_of(case.item_code)
                            run = _as_said(run, guide, episode.stated, rules.calendar)
                        found.append((run, policy))
    return found


def _passed_by(case: Case, policy: Policy) -> bool:
    return policy.circulates(case.item_code, case.channel, case.source)


def moved(subject: Subject, known: Subject, policy: Policy) -> bool:
    """
    Say whether a row of *policy* finds something in *subject* that it did not find in *known*.

    By identity: a fold that leaves a value alone hands on the very same object.
    """
    if type(subject) is not type(known) or subject.name != known.name:
        return True
    read = policy.reads.get(subject.COURSE.subject, NOTHING_READ)
    for name in read.fields:
        if getattr(subject, name) is not getattr(known, name):
            return True
    if subject.waits is not known.waits:
        return True
    steps, before = subject.steps, known.steps
    if steps is before:
        return False
    more = len(before)
    if steps[:more] != before:
        return True
    return any(step.fact in read.facts for step in steps[more:])


def episodes_in(
    turning: Mapping[str, tuple[TurnedRow, ...]], subject: Subject, case: Case
) -> dict[str, list[Episode]]:
    """
    Return by row what began and ended by turns, in one walk over the steps of *subject*.

    What begins again while it runs goes on running.
    """
    found: dict[str, list[Episode]] = {}
    begun: dict[str, Begun] = {}

    def end(row: str, run: Begun, stop: CourseStep | None) -> None:
        before = found.setdefault(row, [])
        before.append(_episode(len(before), run.start, run.moment, stop, subject, case))

    for step in subject.steps:
        for row, stops, starts in turning.get(step.fact, ()):
            if row in begun:
                if not _ends(stops, step, begun[row].met):
                    continue
                end(row, begun.pop(row), step)
            if starts and (moment := _met(starts, step, subject)) is not None:
                begun[row] = Begun(step, moment)
    for row, run in begun.items():
        end(row, run, None)
    return found


def _beside(sla: Limit, subject: Subject, case: Case) -> Iterator[Episode]:
    """Yield what began and ended beside one another, by the names of holds and steps."""
    starting = sla.starting
    waits = [wait for wait in subject.waits if wait.began.fact in starting]
    for number, wait in enumerate(waits):
        moment = _met(starting[wait.began.fact], wait.began, subject)
        if moment is not None:
            yield _episode(number, wait.began, moment, wait.over, subject, case)


def _ends(stops: tuple[StopMoment, ...], step: CourseStep, met: dict[StopMoment, int]) -> bool:
    """Say whether *step* ends a limit; *met* counts what did not do so at its first time."""
    for stop in stops:
        if stop.when is not None and stop.when not in step.meets:
            continue
        if stop.times == 1:
            return True
        met[stop] = met.get(stop, 0) + 1
        if met[stop] >= stop.times:
            return True
    return False


def _met(moments: tuple[Moment, ...], step: CourseStep, subject: Subject) -> Moment | None:
    for moment in moments:
        if moment.when is None or moment.when in step.meets:
            earlier = moment.after
            if earlier is None or _came_before(earlier, step, subject):
                return moment
    return None


def _came_before(earlier: Earlier, step: CourseStep, subject: Subject) -> bool:
    """Say whether *earlier* had come when *step* did, and was not taken back."""
    came = False
    for one in takewhile(lambda one: one is not step, subject.steps):
        if one.fact == earlier.fact and (earlier.when is None or earlier.when in one.meets):
            came = True
        elif one.fact == earlier.until:
            came = False
    return came


def _episode(
    number: int,
    start: CourseStep,
    moment: Moment,
    stop: CourseStep | None,
    subject: Subject,
    case: Case,
) -> Episode:
    """Return an episode, counted from the day that the row names, else from the fact's own."""
    if moment.read_day is not None:
        day: date | None = moment.read_day(subject, case)
        if day is not None:
            return Episode(number, day, start.at, start.by, stop, start.stated)
    first, stated = start, start.stated
    if moment.since:
        before = [one for one in subject.steps if one.fact in moment.since and one.at <= start.at]
        first = before[-1] if before else start
        # Who signs for a ticket does not say until when: whoever dispatched it did.
        stated = stated if subject.states(start) else first.stated
    return Episode(number, first.day, first.at, start.by, stop, stated)


def _run(
    sla: Limit,
    episode: Episode,
    subject: Subject,
    case: Case,
    dossier: Dossier,
    org: tuple[str, str],
) -> Run | None:
    limit: Any = sla.limit
    unit: Any = sla.unit
    # Not asked the other way round: of a model's class that costs as much as the rest.
    if not isinstance(limit, int):
        limit = episode.stated if type(limit) is Stated else limit.read(subject, case)
    if not isinstance(unit, Unit):
        unit = unit.read(subject, case)
    if limit is None or unit is None:
        return None
    unit = UNITS[unit]
    named, held = unit is Unit.AT, sla.held
    return Run(
        sla,
        dossier.key,
        subject.name,
        episode.started_at,
        episode.started_on,
        episode.started_by,
        0 if named else limit,
        unit,
        episode.number,
        cast("date | datetime", limit) if named else None,
        case.holds if held else (),
        _stood(sla, subject, case, dossier) if sla.standstills else (),
        _extensions(sla.extensions, episode, subject, case) if sla.extensions else (),
        _ending(sla, episode.stop, subject, case),
        case.item_code if held else "",
        *org,
        sla.read_others(subject, case) if sla.read_others else None,
    )


def _org(subject: Subject, case: Case) -> tuple[str, str]:
    """Return who answers for *subject*: whose the case is, else whom it names itself."""
    named: Any = case if case.org_code else subject
    return getattr(named, "org_code", ""), getattr(named, "org_name", "")


def _as_said(run: Run, guide: Guide, latest: int | date | None, calendar: WorkCalendar) -> Run:
    """Return *run* as long as the *guide* of its item says, and *latest* where that comes first."""
    if run.sla.by_guide:
        run = replace(run, limit=guide.limits.get(run.sla.id, run.limit))
    if run.sla.latest is None or not isinstance(latest, date):
        return run
    # What was named too early is at once.
    latest = max(latest, run.started_on)
    end = due(calendar, run.started_on, run.limit, LimitUnit(run.unit))
    if end is None or end <= latest:
        return run
    return replace(run, limit=0, unit=Unit.AT, until=latest)


def _ending(sla: Limit, stop: CourseStep | None, subject: Subject, case: Case) -> Ending | None:
    """Return the first of what ends it."""
    read = sla.read_ending
    other: Ending | None = None if read is None else read(subject, case)
    if stop is None or (other is not None and other.ended_at < stop.at):
        return other
    # By its own time: an acceptance that takes effect earlier was given when it was given.
    at = stop.at.astimezone(ZONE)
    return Ending(at.date(), at, stop.by, decided=False)


def _extensions(
    prolongation: Prolongation, episode: Episode, subject: Subject, case: Case
) -> tuple[Extension, ...]:
    found: tuple[Extension, ...] = prolongation.read(subject, case)
    if not episode.number:
        return found
    return tuple(one for one in found if one.approved_on >= episode.started_on)


def _stood(sla: Limit, subject: Subject, case: Case, dossier: Dossier) -> tuple[Hold, ...]:
    """Return when other subjects made this one wait."""
    return tuple(
        hold
        for standstill in sla.standstills
        for other in dossier.subjects
        if other.COURSE.subject == standstill.subject
        and other.name == standstill.read_link(subject, case)
        for hold in _waited(standstill, other)
    )


def _waited(standstill: Standstill, other: Subject) -> Iterator[Hold]:
    opened: CourseStep | None = None
    for step in other.steps:
        if opened is None and step.fact in standstill.since:
            opened = step
        elif opened is not None and step.fact in standstill.until:
            yield _hold(standstill, opened, step)
            opened = None
    if opened is not None:
        yield _hold(standstill, opened, None)


def _hold(standstill: Standstill, opened: CourseStep, closed: CourseStep | None) -> Hold:
    return Hold(
        hold_id=opened.by,
        reason=standstill.reason,
        basis="",
        pauses=(),
        opened_on=opened.day,
        opened_by=opened.by,
        closed_on=closed.day if closed else None,
        closed_by=closed.by if closed else None,
    )
