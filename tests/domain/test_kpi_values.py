"""What a KPI comes to, from its parts."""

import pytest

from services.metrics.domain.kpi_values import Value, catalogued, quantiles, valued
from services.metrics.domain.kpis import BY_ID, Kpi


def test_a_count_is_the_sum_of_its_parts() -> None:
    value = valued(BY_ID["K12.4"], {"YELLOW:COMMITTED:RAISED": 3, "RED:STATUTORY:RAISED": 2})

    assert value == Value(5, 5, None, sample_ok=True)


def test_a_rate_is_divided_and_says_how_many_it_judges() -> None:
    value = valued(BY_ID["K23.2"], {"on_time": 19, "late": 1, "late_by_law": 1})

    assert value == Value(0.95, 19, 20, sample_ok=True)


def test_a_rate_of_few_is_shown_but_not_judged() -> None:
    assert valued(BY_ID["K23.2"], {"on_time": 2}) == Value(1.0, 2, 2, sample_ok=False)


def test_a_rate_of_nothing_is_undefined() -> None:
    assert valued(BY_ID["K23.2"], {}) == Value(None, 0, 0, sample_ok=False)


@pytest.mark.parametrize(
    ("kpi_id", "expected"),
    [("L01", "L01"), ("L03.received", "L03"), ("K12.1.opened", "K12.1"), ("K05.2", "K05.2")],
)
def test_a_suffix_tells_apart_what_shares_a_table_of_parts(kpi_id: str, expected: str) -> None:
    assert catalogued(Kpi(kpi_id, "", "", "", ())) == expected


def test_an_id_of_another_form_stands_for_itself() -> None:
    assert catalogued(Kpi("own", "", "", "", ())) == "own"


def test_quantiles_are_read_from_the_histogram_by_nearest_rank() -> None:
    parts = {"days:002": 5, "days:010": 4, "days:120": 1, "days_sum": 170, "days:003": 0}

    assert quantiles(parts) == {"p50": 2, "p90": 10}


def test_without_a_histogram_there_are_no_quantiles() -> None:
    assert quantiles({"received": 3}) is None
