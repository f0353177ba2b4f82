"""A clock is dead where nobody would look at it in time."""

from datetime import datetime, timedelta
from typing import cast

import pytest

from services.metrics.domain.clocks.alert import Alert, next_at
from services.metrics.domain.clocks.armed import DeadClock, dead_clocks
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import shipped
from tests.support import way_of_a_case as way

DOSSIER = fold_all(way.CASE, [way.RECEIVED, way.ACCEPTED])
CLOCK = next(one for one in clocks_of(DOSSIER, shipped()) if one.sla.id == "SLA-04")
NEAR, DUE = cast("datetime", CLOCK.near_at), cast("datetime", CLOCK.due_at)
EARLY = NEAR - timedelta(days=1)
YELLOW = Alert("a", AlertLevel.YELLOW, NEAR, AlertState.RAISED)


def found(clock: Clock, **armed: object) -> list[DeadClock]:
    rows = {clock.key: armed["at"]} if "at" in armed else {}
    return list(dead_clocks([clock], rows, {}, EARLY))  # type: ignore[arg-type]  # an instant or None


@pytest.mark.parametrize(
    "armed",
    [{}, {"at": None}, {"at": NEAR + timedelta(seconds=1)}],
    ids=["no row", "never", "too late"],
)
def test_what_nobody_looks_at_in_time_is_dead(armed: dict[str, object]) -> None:
    assert found(CLOCK, **armed) == [DeadClock(CLOCK, NEAR, alerted=False)]


@pytest.mark.parametrize("early", [timedelta(0), timedelta(days=9)])
def test_what_is_armed_in_time_or_early_is_not(early: timedelta) -> None:
    assert found(CLOCK, at=NEAR - early) == []


def test_what_was_said_counts() -> None:
    said = {CLOCK.key: (YELLOW,)}
    dead = dead_clocks([CLOCK], {CLOCK.key: None}, said, NEAR)

    assert list(dead) == [DeadClock(CLOCK, DUE, alerted=True)]


def test_where_nothing_is_left_to_say_nothing_is_armed() -> None:
    red = Alert("b", CLOCK.sla.late, DUE, AlertState.RAISED)
    resolved = Alert("a", AlertLevel.YELLOW, NEAR, AlertState.RESOLVED)
    said = (resolved, red)

    assert next_at(CLOCK, said, DUE) is None
    assert list(dead_clocks([CLOCK], {}, {CLOCK.key: said}, DUE)) == []
