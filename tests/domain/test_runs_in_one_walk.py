"""One walk over a subject's steps finds for every row what a walk for that row alone would find."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.clocks.reading import episodes_in
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.register import KINDS
from services.metrics.domain.subjects.subject import CourseStep, Subject
from shared.policy.limits import Earlier, Limit, Moment, StopMoment
from shared.policy.sla import bureau_policy

BEGIN = datetime(2024, 9, 2, 2, tzinfo=UTC)
NOBODY = Case(name="XC20240902000017")
EVERY_KIND: Sequence[type[Subject]] = (*KINDS, Card)
KIND_OF = {kind.COURSE.subject: kind for kind in EVERY_KIND}
Span = tuple[int, str, str | None]
"""The number of an episode, the fact that began it and the one that ended it."""
TURNING = bureau_policy().turning


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """Make a subject that some row looks at, with any of its facts in any order."""
    kind = KIND_OF[draw(st.sampled_from(sorted(TURNING)))]
    facts = draw(st.lists(st.sampled_from(kind.COURSE.facts), max_size=20))
    steps = [
        CourseStep(
            fact.TYPE,
            BEGIN + timedelta(hours=number),
            f"e{number}",
            tuple(guard.name for guard in kind.COURSE.guards(fact) if draw(st.booleans())),
        )
        for number, fact in enumerate(facts)
    ]
    return kind(name="one", steps=tuple(steps))


def of_one_row(sla: Limit, subject: Subject) -> list[Span]:
    """Return what began and ended by turns, as the row is written down: fact by fact."""
    found: list[Span] = []
    begun, met = "", Counter[StopMoment]()
    for place, step in enumerate(subject.steps):
        before = subject.steps[:place]
        if begun and any(_ends(one, step, met) for one in sla.stops):
            found.append((len(found), begun, step.by))
            begun = ""
            met.clear()
        if not begun and any(_is(one, step) and _after(one.after, before) for one in sla.starts):
            begun = step.by
    return [*found, (len(found), begun, None)] if begun else found


def _is(asked: Moment | Earlier, step: CourseStep) -> bool:
    return asked.fact == step.fact and (asked.when is None or asked.when in step.meets)


def _ends(stop: StopMoment, step: CourseStep, met: Counter[StopMoment]) -> bool:
    met[stop] += _is(stop, step)
    return _is(stop, step) and met[stop] >= stop.times


def _after(earlier: Earlier | None, before: Sequence[CourseStep]) -> bool:
    if earlier is None:
        return True
    told = [_is(earlier, one) for one in before if _is(earlier, one) or one.fact == earlier.until]
    return bool(told) and told[-1]


@given(subjects())
def test_one_walk_finds_for_every_row_what_its_own_would(subject: Subject) -> None:
    kind = subject.COURSE.subject
    rows = [one for one in bureau_policy().by_subject[kind] if not one.beside]
    found = {
        row: [(one.number, one.started_by, one.stop and one.stop.by) for one in episodes]
        for row, episodes in episodes_in(TURNING[kind], subject, NOBODY).items()
    }

    assert found == {one.id: spans for one in rows if (spans := of_one_row(one, subject))}
