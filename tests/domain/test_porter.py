"""Whatever a row may say: our arithmetic, the porter and the stranger come to the same."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.clocks.run import Run
from services.metrics.domain.subjects.terms import Ending, Extension
from shared.policy.calendar import official_calendar
from shared.policy.limits import Limit, Unit
from shared.policy.sla import PROFILE, bureau_policy
from tests.support.clock_facts import hold, instant
from tests.support.way_of_a_case import CASE
from tests.support.year.compare import checker, differences, explained
from tests.support.year.lookups import End
from tests.support.year.porter import Porter
from tests.support.year.rows import Pause, Ran, documents

POLICY, CALENDAR, BUREAU = bureau_policy(), official_calendar(), documents(PROFILE)[2]
STRANGER = checker()
ROW = next(one for one in documents(PROFILE)[0] if one["id"] == "SLA-19")
SHARE = {"by": "share", "fraction": "0.2", "days_min": 1, "days_max": 5}
YELLOWS: st.SearchStrategy[Mapping[str, object] | None] = st.one_of(
    st.none(),
    st.builds(lambda upto: {**SHARE, "zero_upto": upto, "limit_min": 1}, st.integers(0, 3)),
    st.builds(
        lambda days, at: {"by": "days", "days": days, "at": at},
        st.integers(0, 6),
        st.sampled_from(["00:00", "12:00", "23:30"]),
    ),
    st.builds(lambda hours: {"by": "hours", "hours": hours}, st.integers(1, 20)),
    st.builds(lambda hours: {"by": "after", "hours": hours}, st.integers(1, 9)),
    st.builds(
        lambda days: {"by": "remaining", "of": "remaining_days", "days": days}, st.integers(0, 5)
    ),
)
STARTS = st.integers(0, 700 * 1440).map(lambda n: instant("2024-01-05") + timedelta(minutes=n))
SPANS = st.lists(
    st.tuples(st.integers(-3, 12), st.one_of(st.none(), st.integers(0, 9))), max_size=3
)
UNITS = st.sampled_from([Unit.WD, Unit.WD, Unit.ND, Unit.HH, Unit.DH])


def row_of(unit: Unit, limit: int, yellow: Mapping[str, object] | None) -> Limit:
    """Return a row that nobody has laid down yet; one that no policy may have is none."""
    # What is left of another limit is told in working days: no row counts natural ones against it.
    assume(not (unit is Unit.ND and yellow and yellow["by"] == "remaining"))
    heard = {"RED": ["ANYBODY"]} | ({"YELLOW": ["ANYBODY"]} if yellow else {})
    changes = {"unit": unit, "limit": limit, "yellow": yellow, "recipients": heard}
    row = {**ROW, "standstills": (), "extensions": {"field": "extensions", "times_max": 2}}
    try:
        return Limit.model_validate(row | changes)
    except ValidationError:
        assume(False)  # noqa: FBT003 - hypothesis has no other word
        raise


def both(
    row: Limit,
    begun: datetime,
    *,
    spans: list[tuple[int, int | None]],
    granted: list[tuple[int, int]] = [],  # noqa: B006 - read only
    ended: int | None = None,
    others: int | None = None,
) -> tuple[Clock, Porter]:
    """Return the clock, and the porter who waits for the same."""
    start = begun.date()
    stops = [
        (start + timedelta(on), None if length is None else start + timedelta(on + length))
        for on, length in spans
    ]
    end: End | None = None
    if ended is not None:
        end = (begun + timedelta(minutes=ended)).date(), begun + timedelta(minutes=ended)
    kept = [one for one in stops if end is None or one[0] < end[0]]
    extensions = [(start + timedelta(on), days) for on, days in granted]
    run = Run(
        row,
        CASE,
        "ONE",
        begun,
        start,
        "begun",
        limit=row.number,
        unit=Unit(str(row.unit)),
        stood=tuple(
            hold(since.isoformat(), until.isoformat() if until else None, name=f"H{number}")
            for number, (since, until) in enumerate(kept)
        ),
        extensions=tuple(Extension(on, days, f"E{on}") for on, days in extensions),
        ending=None if end is None else Ending(*end, "ended", decided=False),
        others=others,
    )
    ran = Ran(
        row=json.loads(row.model_dump_json(exclude_none=True)),
        subject="ONE",
        number=0,
        started_on=start,
        started_at=begun,
        limit=row.number,
        unit=str(row.unit),
        until=None,
        others=others,
        ended=end,
        pauses=tuple(Pause(*one) for one in kept),
        extensions=tuple(extensions),
    )
    return clock_of(run, POLICY, CALENDAR), Porter(ran, BUREAU)


@settings(max_examples=120, deadline=None)
@given(
    st.builds(row_of, UNITS, st.integers(0, 24), YELLOWS),
    STARTS,
    SPANS,
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), max_size=3),
    st.one_of(st.none(), st.integers(0, 40 * 1440)),
    st.one_of(st.none(), st.integers(-2, 20)),
)
def test_whoever_counts_comes_to_the_same(
    row: Limit,
    begun: datetime,
    spans: list[tuple[int, int | None]],
    granted: list[tuple[int, int]],
    ended: int | None,
    others: int | None,
) -> None:
    if row.unit not in (Unit.WD, Unit.ND):
        granted = []
    if row.unit is Unit.DH:
        # When it opens next is not shown of what will never be due.
        spans = [(on, length or 0) for on, length in spans]
    clock, porter = both(row, begun, spans=spans, granted=granted, ended=ended, others=others)

    assert list(differences(clock, porter)) == []
    assert [one for told in explained(clock) for one in STRANGER.differences(told)] == []
