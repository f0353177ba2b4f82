"""What was let in before days were bounded breaks nothing: the fold takes it for unset."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of, picture_of
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.moments import FIRST_DAY
from shared.policy.calendar import business_date, spelled
from shared.policy.counting import HORIZON
from shared.policy.rules import shipped
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    DELIVERED,
    RECEIVED,
    STARTED,
    WAY,
    entry,
    of,
)

UNSET = [date.min, date(1900, 1, 1), date(1970, 1, 1), date(2099, 12, 31), date.max]
INSTANTS = [
    datetime.fromisoformat(text)
    for text in ("0001-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00")
]
RULES = shipped()
DATED = {
    "received_date": RECEIVED,
    "effective_date": ACCEPTED,
    "decision_date": DECIDED,
    "closed_date": CLOSED,
    "delivered_date": DELIVERED,
}


def on(day: date, told: Entry, name: str) -> Entry:
    return replace(told, data=told.data.model_copy(update={name: day}))


@pytest.mark.parametrize("day", UNSET)
@pytest.mark.parametrize("name", DATED)
def test_a_day_that_nobody_can_mean_is_the_day_on_which_the_fact_happened(
    name: str, day: date
) -> None:
    told = DATED[name]
    others = [one for one in (*WAY, DELIVERED) if one.id != told.id]
    mended = fold_all(CASE, [*others, on(business_date(told.time), told, name)])

    found = fold_all(CASE, [*others, on(day, told, name)])

    assert found.anomalous == (told.id,)
    assert replace(found, own=mended.own) == mended


@pytest.mark.parametrize("at", INSTANTS)
def test_what_happened_when_nobody_can_mean_is_noted_and_changes_nothing_else(
    at: datetime,
) -> None:
    told = replace(DECIDED, time=at, order=(at, 0, DECIDED.id))
    others = [RECEIVED, ACCEPTED, STARTED]
    known = fold_all(CASE, others)

    found = fold_all(CASE, [*others, told])

    assert found.anomalous == (DECIDED.id,)
    assert replace(found, own=known.own, facts=known.facts) == known


@pytest.mark.parametrize("day", UNSET)
def test_no_figure_and_no_clock_has_a_day_that_nobody_can_mean(day: date) -> None:
    facts = [on(day, told, name) for name, told in DATED.items()]
    alone = [replace(told, time=INSTANTS[0], order=(INSTANTS[0], 0, told.id)) for told in WAY]

    for found in (fold_all(CASE, [*facts, STARTED]), fold_all(CASE, alone)):
        picture = picture_of(found, None, RULES)
        days = {day for _, day in picture.contributions}
        assert all(FIRST_DAY <= one <= HORIZON for one in days)
        assert all(clock.started_on.year == 2024 for clock in picture.clocks)
        assert any(part == "L08/anomalies" for part, _ in picture.contributions)


@pytest.mark.parametrize("new", ["1900-01-01", "0001-01-01", "20240903", "2024-W36-2", "0"])
def test_a_correction_to_no_day_is_an_anomaly(new: str) -> None:
    amended = of(
        CaseAmended,
        case_no=CASE,
        field="received_date",
        old="2024-09-02",
        new=new,
        reason="录入错误",
        approved_by="st-1",
        is_error=True,
    )
    found = fold_all(CASE, [RECEIVED, entry(amended, 3)])

    assert found.anomalies == 1
    assert found.case.received_on == date(2024, 9, 2)


@pytest.mark.parametrize("start", [date(1900, 1, 1), date(9999, 12, 31)])
def test_a_dossier_that_was_folded_before_is_still_shown(start: date) -> None:
    stored = fold_all(CASE, [RECEIVED, ACCEPTED])
    assert stored.case.terms is not None
    case = replace(stored.case, terms=replace(stored.case.terms, effective_on=start))
    stored = replace(stored, subjects=(case,))

    for clock in clocks_of(stored, RULES):
        assert clock.due_at is not None
        assert clock.due_at - timedelta(days=400) > datetime.min.replace(tzinfo=clock.due_at.tzinfo)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2024-09-02T01:00:00Z", "2024-09-02T09:00:00+08:00"),
        ("1990-07-01T00:00:00Z", "1990-07-01T09:00:00+09:00"),
        ("1900-01-29T15:54:17Z", "1900-01-29T15:54:17+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_every_instant_is_shown_as_rfc_3339(instant: str, expected: str) -> None:
    assert spelled(datetime.fromisoformat(instant)) == expected


def test_an_empty_dossier_has_no_figures() -> None:
    assert picture_of(Dossier(key=CASE), None, RULES).contributions == {}
