"""What a figure comes to, from its parts."""

from datetime import date

import pytest

from services.metrics.domain.figures import values
from services.metrics.domain.figures.figure import Aggregate, Figure, Threshold, many
from services.metrics.domain.figures.register import REGISTER
from services.metrics.domain.figures.values import Parts, Value, quantiles
from shared.contracts.supervision.words import AlertLevel

RED, YELLOW = AlertLevel.RED, AlertLevel.YELLOW


def figure(figure_id: str) -> Figure:
    return REGISTER.by_id[figure_id]


def valued(figure: Figure, parts: Parts) -> Value:
    return values.valued(figure, parts, date(2024, 12, 31))


def test_a_count_is_the_sum_of_its_parts() -> None:
    value = valued(
        figure("K12.4"), {"K12.4/YELLOW:COMMITTED:RAISED": 3, "K12.4/RED:STATUTORY:RAISED": 2}
    )

    assert value == Value(5, 5, None, sample_ok=True)


def test_a_rate_is_divided_and_says_how_many_it_judges() -> None:
    value = valued(figure("K23.5"), {"K23.5/steps": 20, "K23.5/returned": 1, "L03/closed": 7})

    assert value == Value(0.05, 1, 20, sample_ok=True)


def test_a_rate_of_few_is_shown_but_not_judged() -> None:
    value = valued(figure("K24.1"), {"K24.1/answered": 19})

    assert value == Value(0.0, 0, 19, sample_ok=False)


def test_a_rate_of_nothing_is_undefined() -> None:
    assert valued(figure("K23.5"), {}) == Value(None, 0, 0, sample_ok=False)


def test_a_share_is_what_the_second_of_two_limits_is_less() -> None:
    limits = {"L05/limits:020:010": 3, "L05/limits:010:010": 1}

    assert valued(figure("L05"), {**limits, "L03/closed:0": 2}) == Value(
        0.4286, 30, 70, sample_ok=True
    )
    assert valued(figure("L05"), {}).number is None


@pytest.mark.parametrize("one", REGISTER.figures, ids=lambda one: one.id)
def test_what_an_edition_before_counted_otherwise_stops_no_figure(one: Figure) -> None:
    """Its projection is read while ours is made: parts had other classes then, or none."""
    before = {
        f"{part.removesuffix(many(''))}{classed}": 30
        for part in one.parts
        for classed in ("", ":PC", ":PC:7", ":7", ":7:7", ":7:7:7")
    }

    valued(one, before)
    quantiles(one, before)


def test_a_rate_of_a_thousand_is_told_so() -> None:
    value = valued(
        figure("K22.8.per_thousand"), {"K22.8/mistake:AMENDED": 3, "L03/received:PC": 400}
    )

    assert value.number == 7.5


@pytest.mark.parametrize(
    ("satisfied", "level"), [(19, RED), (20, RED), (96, YELLOW), (97, None), (100, None)]
)
def test_a_figure_is_as_red_as_the_worst_of_its_rules(
    satisfied: int, level: AlertLevel | None
) -> None:
    value = valued(figure("K24.1"), {"K24.1/answered": 100, "K24.1/satisfied": satisfied})

    assert value.level is level


def test_one_that_is_overdue_is_red_however_few_there_are() -> None:
    parts = {"K12.1/on_time": 3, "K12.1/overdue": 1, "K12.1/running": 2}

    assert valued(figure("K12.1"), parts) == Value(
        0.75, 3, 4, sample_ok=False, pending=2, level=RED
    )


def test_a_rule_may_look_at_what_is_too_much() -> None:
    assert valued(figure("K22.9"), {"K22.9/backlog": 1}).level is YELLOW
    assert valued(figure("K22.9"), {"K22.9/backlog": 4}).level is RED
    assert valued(figure("K22.9"), {}).level is None


DAYS = {"L04/days:PC:002": 5, "L04/days:WINDOW:010": 4, "L04/days:PC:120": 1, "L04/days:PC:003": 0}


def test_a_mean_and_its_quantiles_are_read_from_the_histogram() -> None:
    assert valued(figure("L04"), DAYS) == Value(17.0, 170, 10, sample_ok=False)
    assert quantiles(figure("L04"), DAYS) == {"p50": 2, "p90": 10}


def test_a_ninetieth_percentile_is_reached_by_nearest_rank() -> None:
    parts = {f"K10.3/days:{days:03}": 2 for days in range(1, 11)}

    assert valued(figure("K10.3"), parts) == Value(9, 9, 20, sample_ok=True, level=YELLOW)
    assert valued(figure("K10.3"), {}) == Value(None, 0, 0, sample_ok=False)


def test_a_ninety_fifth_percentile_is_reached_later() -> None:
    parts = {f"K18.2/seconds:{seconds:03}": 2 for seconds in range(10, 110, 10)}

    assert valued(figure("K18.2"), parts) == Value(100, 100, 20, sample_ok=True, level=YELLOW)
    assert quantiles(figure("K18.2"), parts) == {"p50": 50, "p90": 90}


def test_a_spread_is_how_far_apart_the_medians_of_the_groups_are() -> None:
    assert valued(figure("K15.3"), DAYS).number == 8
    assert valued(figure("K15.3"), {}).number is None


def test_a_spread_of_rates_is_how_far_apart_those_of_the_groups_are() -> None:
    parts = {
        "K15.3/rated:PC:1": 9,
        "K15.3/rated:PC:0": 1,
        "K15.3/rated:WINDOW:1": 19,
        "K15.3/rated:WINDOW:0": 1,
        "K15.3/rated:MOBILE:1": 0,
    }

    assert valued(figure("K15.3.good"), parts) == Value(0.05, 28, 30, sample_ok=True, level=YELLOW)
    assert valued(figure("K15.3.good"), {}) == Value(None, 0, 0, sample_ok=False)


def test_a_coverage_is_the_share_of_the_names_that_are_also_on_the_other_side() -> None:
    parts = {
        "K12.6/item:a": 4,
        "K12.6/item:elsewhere": 1,
        "K12.6/item:gone": 0,
        "K12.6/active_item:a": 1,
        "K12.6/active_item:gone": 7,
        "K12.6/active_item:c": 0,
    }

    assert valued(figure("K12.6.items"), parts) == Value(0.5, 1, 2, sample_ok=False)
    assert valued(figure("K12.6.items"), {}).number is None


def test_what_the_newest_version_says_of_a_name_is_so() -> None:
    parts = {
        "K07.1/listed:a": 1,
        "K07.1/listed:b": 1,
        "K07.1/listed:c": 1,
        "K07.1/listed:never:told:of": 1,
        "K07.1/listed:gone": 0,
        "K07.1/specified:a:9:0": 1,
        "K07.1/specified:a:10:1": 1,
        "K07.1/specified:b:9:1": 1,
        "K07.1/specified:b:10:0": 1,
        "K07.1/specified:c:1:1": 1,
        "K07.1/specified:c:2:0": 0,
        "K07.1/specified:gone:1:1": 1,
    }

    assert valued(figure("K07.1"), parts) == Value(0.5, 2, 4, sample_ok=False)
    assert valued(figure("K07.1"), {}) == Value(None, 0, 0, sample_ok=False)


def test_of_many_names_those_count_that_anything_is_left_of() -> None:
    parts = {"K04.1/project:a": 2, "K04.1/project:b": 1, "K04.1/project:c": 0}

    assert valued(figure("K04.1"), parts) == Value(2, 2, None, sample_ok=True)


def test_a_load_is_that_of_the_ninetieth_in_a_hundred() -> None:
    loads = {f"K25.5/load:{name}": name for name in range(1, 11)}

    assert valued(figure("K25.5"), loads) == Value(9, 55, None, sample_ok=True)
    assert valued(figure("K25.5"), {}).number is None


@pytest.mark.parametrize(
    ("newest", "days", "level"),
    [
        ("2024-12-31", 0, None),
        ("2024-10-02", 90, None),
        ("2024-10-01", 91, YELLOW),
        ("2024-07-04", 180, YELLOW),
        ("2024-07-03", 181, RED),
    ],
)
def test_an_age_is_how_many_days_ago_the_newest_day_was(
    newest: str, days: int, level: AlertLevel | None
) -> None:
    parts = {
        "K06.2/published:2024-01-02": 1,
        f"K06.2/published:{newest}": 2,
        "K06.2/published:2025-01-02": 0,
    }

    assert valued(figure("K06.2"), parts) == Value(days, 2, None, sample_ok=True, level=level)


def test_what_was_never_there_has_no_age() -> None:
    assert valued(figure("K06.2"), {}) == Value(None, 0, None, sample_ok=True)


def test_without_a_histogram_there_are_no_quantiles() -> None:
    assert quantiles(figure("L04"), {}) is None
    assert quantiles(figure("L03.received"), DAYS) is None


def test_a_rule_without_a_bound_says_nothing() -> None:
    quiet = Figure(
        id="own",
        item=None,
        zh="自",
        en="own",
        unit="case",
        formula="own",
        numerator=(many("own/part"),),
        measure=Aggregate.SUM,
        alerts=(Threshold(level=RED),),
    )

    assert valued(quiet, {"own/part": 1, "own/part:class": 1}) == Value(2, 2, None, sample_ok=True)
