"""What every figure of the register is made of, and what the stories add to it."""

from collections.abc import Iterator
from datetime import date

import pytest

from services.metrics.domain.figures.figure import MANY, Aggregate, Figure, counts, named
from services.metrics.domain.figures.register import REGISTER
from tests.support.told_figures import STORIES, parts, picture, value

PARTS = [part for module in REGISTER.modules for part in module.Part]


def names(figure: Figure) -> Iterator[str]:
    return (part.removesuffix(MANY) for part in (*figure.parts, *figure.shown))


def test_every_part_is_yielded_by_a_line() -> None:
    yielded = {named(part) for story in STORIES for part in parts(story)}

    assert yielded == {*PARTS}


def test_every_part_is_named_by_a_figure_and_every_figure_names_parts_alone() -> None:
    told = {named(name) for figure in REGISTER.figures for name in names(figure)}

    assert told == {*PARTS}


def test_every_line_is_counted_or_shown_by_a_figure() -> None:
    told = [name for figure in REGISTER.figures for name in (*figure.parts, *figure.shown)]
    lines = {part for story in STORIES for part in parts(story)}

    assert {part for part in lines if not counts(told, part)} == set()


def test_the_register_knows_which_figures_count_a_part() -> None:
    for part in {part for story in STORIES for part in parts(story)}:
        wanted = [figure for figure in REGISTER.figures if counts(figure.parts, part)]

        assert list(REGISTER.counting(part)) == wanted


def test_every_figure_and_every_part_has_a_name_of_its_own() -> None:
    assert len(REGISTER.by_id) == len(REGISTER.figures)
    assert len({*PARTS}) == len(PARTS)
    assert len(REGISTER.tiles) == sum(figure.tile is not None for figure in REGISTER.figures)


@pytest.mark.parametrize("figure", REGISTER.figures, ids=lambda figure: figure.id)
def test_a_figure_says_what_it_is(figure: Figure) -> None:
    assert figure.zh
    assert figure.en
    assert figure.formula
    # What a gauge comes to is the sum of all days; the page reads the sums of one.
    assert not (figure.gauge and figure.tile)
    divided = figure.measure in (Aggregate.RATE, Aggregate.COVERAGE, Aggregate.CURRENT)
    assert bool(figure.denominator) is divided
    assert figure.item is None or figure.id.startswith(f"K{figure.item:02}.")
    tails = [name.rpartition("/")[2] for name in figure.parts]
    assert len(tails) == len({*tails})


@pytest.mark.parametrize(
    ("figure", "stories", "expected"),
    [
        ("K01.2", ["a case from receipt to rating"], (0, 1)),
        ("K01.4", ["a case from receipt to rating"], (1, 1)),
        ("K04.1", ["a key project", "a key project with a gap"], (1, None)),
        ("K04.3", ["a key project", "a key project with a gap"], (1, 2)),
        ("K05.1", ["a request that was answered in time"], (1, None)),
        ("K05.2", ["a request that was answered in time"], (1, 1)),
        ("K05.2", ["a request that was answered late"], (0, 1)),
        ("K05.2", ["a request that nobody answers"], (0, 1)),
        ("K05.2", ["a request within its limit"], (0, 0)),
        ("K05.2", ["a request that was declined"], (0, 0)),
        (
            "K05.3",
            [
                "a request that was answered in time",
                "an enterprise that is helped from afar",
            ],
            (1, 2),
        ),
        ("K06.1", ["a visit at home in time"], (1, 1)),
        ("K06.1", ["a visit at home that comes late"], (0, 1)),
        ("K06.1", ["a visit at home for which somebody waits too long"], (0, 1)),
        ("K06.1", ["a visit at home that is waited for"], (0, 0)),
        ("K06.3", ["a visit at home in time"], (1, 1)),
        ("K10.1", ["a referral within its limit"], (1, 1)),
        ("K10.1", ["two referrals of one case"], (1, 1)),
        ("K10.1.referred", ["two referrals of one case"], (2, None)),
        ("K10.2", ["a referral that the list does not ask for"], (1, None)),
        ("K10.2", ["a referral that was sent back"], (0, None)),
        ("K10.2", ["a referral of a difficult matter"], (0, None)),
        ("K10.3", ["a referral that the list does not ask for"], (13, 1)),
        ("K10.4", ["a referral that the list does not ask for"], (1, None)),
        ("K10.4", ["a referral that was sent back"], (0, None)),
        ("K12.1", ["a bad review that was answered in time"], (1, 1)),
        ("K12.1", ["a bad review that was answered late, and nobody called"], (0, 1)),
        ("K12.1", ["a bad review that waits too long"], (0, 1)),
        ("K12.1", ["a bad review within its limit"], (0, 0)),
        ("K12.1", ["a bad review that was struck out"], (0, 0)),
        ("K12.2", ["a bad review that was answered in time"], (1, 1)),
        ("K12.2", ["a bad review that was answered late, and nobody called"], (0, 1)),
        ("K12.3", ["a case from receipt to rating"], (0, 1)),
        ("K12.3", ["a default rating"], (0, 0)),
        ("K12.3", ["a bad review that was struck out"], (0, 0)),
        ("K12.3", ["a text that was added to a rating"], (0, 0)),
        ("K12.3.voluntary", ["a case from receipt to rating"], (1, 1)),
        ("K12.3.posted", ["a case from receipt to rating", "a default rating"], (2, None)),
        ("K12.4", ["an open case past its limit", "a card that was wrong"], (2, None)),
        ("K12.4", ["a case whose limit is near by three tiers"], (0, None)),
        ("K12.4.prompt", ["a case whose limit is near by three tiers"], (1, None)),
        ("L02.prompt", ["a case whose limit is near by three tiers"], (1, None)),
        ("K12.4.revoked", ["a card that was wrong", "a prompt that was wrong"], (1, None)),
        ("K12.4.revoked_red", ["a card that was wrong", "a prompt that was wrong"], (1, None)),
        ("K12.4.revoked_yellow", ["a card that was wrong"], (0, None)),
        ("K12.4.revoked_prompt", ["a prompt that was wrong"], (1, None)),
        ("K12.6.items", ["a case from receipt to rating"], (1, 1)),
        ("K12.6.items", ["a decision of which nobody speaks"], (0, 1)),
        ("K12.6.items", ["a rating of somebody at a window"], (0, 0)),
        ("K12.6.windows", ["a case from receipt to rating"], (1, 1)),
        ("K12.6.windows", ["a decision of which nobody speaks", "a default rating"], (0, 1)),
        ("K12.6.staff", ["a case that two examined, of whom one is rated"], (1, 2)),
        ("K12.6.staff", ["a case from receipt to rating"], (0, 1)),
        (
            "K12.6.staff",
            ["a decision of which nobody speaks", "a rating of somebody at a window"],
            (0, 1),
        ),
        ("K12.6.staff", ["a rating of somebody at a window"], (0, 0)),
        ("K14.1", ["a certificate that is published in time"], (1, 1)),
        ("K14.1", ["a decision of which nobody speaks"], (0, 1)),
        ("K15.1.window", ["a case from receipt to rating"], (1, 1)),
        ("K15.3.good", ["a case from receipt to rating"], (0, 1)),
        (
            "K15.3.good",
            ["a case from receipt to rating", "a good rating from a telephone"],
            (1, 2),
        ),
        ("K15.3.good", ["a default rating", "a rating of somebody at a window"], (0, 0)),
        ("K16.2", ["a promise that was kept", "a case from receipt to rating"], (1, 1)),
        ("K16.3", ["a promise that was kept"], (1, 1)),
        ("K16.3", ["a promise that was kept late"], (0, 1)),
        ("K16.3", ["a promise that was broken"], (0, 1)),
        ("K16.3", ["a promise that is overdue"], (0, 1)),
        ("K16.3", ["a promise that is waited for"], (0, 0)),
        ("K16.3", ["a promise that was taken back"], (0, 0)),
        ("K16.3", ["a promise without a day"], (0, 0)),
        ("K20.2", ["a weekend's case"], (1, None)),
        ("K22.5", ["a bad review within its limit"], (1, None)),
        ("K22.5", ["a bad review that was struck out"], (0, None)),
        ("K22.8", ["a case that is wrong in three ways"], (3, None)),
        ("K22.9", ["an open case past its limit"], (1, None)),
        ("K22.9", ["a card of a limit that was kept after all"], (0, None)),
        ("K23.2", ["a case from receipt to rating"], (1, 1)),
        ("K23.2", ["an open case past its limit"], (0, 1)),
        ("K23.2", ["a card that was wrong"], (0, 0)),
        ("K23.2", ["a decision after both limits"], (0, 1)),
        ("K23.2.late_by_law", ["a decision after both limits"], (1, None)),
        ("K23.2.days_saved", ["a case from receipt to rating"], (6, 1)),
        ("K23.4", ["a certificate that is published in time"], (1, 1)),
        ("K23.4", ["a decision that is published late"], (0, 1)),
        ("K23.4", ["a decision that nobody publishes"], (0, 1)),
        ("K23.4", ["a decision of which nobody speaks"], (0, 0)),
        ("K23.5", ["a case from receipt to rating"], (1, 1)),
        ("K24.1", ["an inspection passed at once"], (1, 1)),
        ("K24.1", ["an inspection about which somebody complains"], (0, 1)),
        ("K24.1", ["an inspection that was made twice"], (0, 0)),
        ("K24.2", ["an inspection passed at once", "an inspection that was late"], (1, 2)),
        ("K24.3", ["an inspection passed at once"], (1, 1)),
        ("K24.3", ["an inspection that was late"], (0, 1)),
        ("K24.3", ["an inspection that nobody makes"], (0, 1)),
        ("K24.3", ["an inspection within its limit"], (0, 0)),
        ("K24.4", ["an inspection passed at once", "an inspection that was late"], (1, 2)),
        ("K24.5", ["an inspection passed at once", "an inspection that was made twice"], (1, 2)),
        ("K24.5.again", ["an inspection that was made twice"], (1, None)),
        ("K24.6", ["an inspection passed at once"], (1, 1)),
        ("K25.3", ["a visit at home in time", "a key project"], (1, 2)),
        ("K25.3.bad", ["a key project"], (1, None)),
        ("K25.5", ["a request that was answered late"], (1, None)),
        ("L20", ["a case for which everybody waits in turn"], (6, 13)),
        ("L20", ["an open case past its limit"], (0, 0)),
        ("L02", ["an open case past its limit", "a card that was wrong"], (2, None)),
        ("L04.share", ["a case from receipt to rating"], (40, 1)),
        ("L04.share", ["a decision after both limits"], (380, 1)),
        ("L04.share", ["an open case past its limit"], (0, 0)),
        ("L05", ["a case from receipt to rating"], (10, 20)),
        ("L06", ["a visit that waits for half an hour"], (30, 1)),
        ("L06", ["a visit that waits for a second more"], (31, 1)),
        ("L06", ["a visit that does not wait", "a visit that is told twice"], (4, 2)),
        ("L06", ["a visit that nobody has called for days"], (999, 1)),
        ("L09", ["a fact that contradicts its case", "a case from receipt to rating"], (1, 1)),
        ("K01.4", ["a case that is closed as returned"], (1, 1)),
        ("E07.case.normal", ["a case from receipt to rating"], (1, None)),
        ("E07.case.normal", ["a case that is closed as returned"], (0, None)),
        ("E07.case.returned", ["a case that is closed as returned"], (1, None)),
        ("E07.case.voided", ["a case that is made void"], (1, None)),
        ("E07.case.voided", ["a case that is closed as void, and ended once more"], (1, None)),
        ("E07.case.deleted", ["a case that was entered twice and deleted"], (1, None)),
        ("E07.case.deleted", ["a case that is closed as void, and ended once more"], (0, None)),
        ("E07.case.deleted", ["a case that ends because a promise was broken"], (0, None)),
        ("E07.case.not_accepted", ["a case that is not accepted"], (1, None)),
        ("E07.case.not_accepted", ["a case that is made void"], (0, None)),
        (
            "E07.case.accepted_in_all",
            ["a case that is not accepted", "a case that is made void"],
            (1, None),
        ),
        ("E07.case.closed_in_all", ["a case that is closed as returned"], (1, None)),
        (
            "E07.case.red",
            ["an open case past its limit", "a case whose referral is late"],
            (2, None),
        ),
        ("E07.case.red", ["a complaint that is late", "a plea that is late"], (0, None)),
        ("E07.case.prompt", ["a case whose limit is near by three tiers"], (1, None)),
        ("E07.case.revoked_red", ["a card that was wrong"], (1, None)),
        ("E07.case.revoked_prompt", ["a prompt that was wrong"], (1, None)),
        (
            "E07.complaint.rate",
            [
                "a complaint that was settled",
                "a complaint that was closed all the same",
                "a complaint that waits",
                "a complaint that is another's matter",
            ],
            (2, 3),
        ),
        (
            "E07.complaint.normal",
            ["a complaint that was settled", "a complaint that was closed all the same"],
            (1, None),
        ),
        ("E07.complaint.returned", ["a complaint that is another's matter"], (1, None)),
        (
            "E07.complaint.returned",
            ["a complaint that is sent back, and dispatched again"],
            (0, None),
        ),
        ("E07.complaint.accepted_in_all", ["a complaint that waits"], (1, None)),
        ("E07.complaint.red", ["a complaint that is late", "a question that is late"], (1, None)),
        ("E07.complaint.yellow", ["a complaint that is late"], (0, None)),
        ("E07.complaint.revoked_yellow", ["a complaint that is late"], (1, None)),
        (
            "E07.complaint.revoked_prompt",
            ["a complaint of which nobody should have been reminded"],
            (1, None),
        ),
        (
            "E07.complaint.accepted",
            ["a question that was answered", "a plea that was heard"],
            (0, None),
        ),
        ("E07.consultation.closed", ["a question that was answered"], (1, None)),
        (
            "E07.consultation.closed",
            ["a complaint that was settled", "a ticket of which only the end is known"],
            (0, None),
        ),
        ("E07.consultation.red", ["a question that is late"], (1, None)),
    ],
)
def test_a_figure_counts_what_its_formula_says(
    figure: str, stories: list[str], expected: tuple[int, int | None]
) -> None:
    found = value(figure, *stories)

    assert (found.numerator, found.denominator) == expected


@pytest.mark.parametrize(
    ("figure", "story"),
    [
        ("K02.4", "a joint case within its limit"),
        ("K05.2", "a request within its limit"),
        ("K06.1", "a visit at home that is waited for"),
        ("K07.2", "a change that is published in two places only"),
        ("K08.2", "a policy to apply for that has no guide yet"),
        ("K12.1", "a bad review within its limit"),
        ("K12.5", "a ticket that waits"),
        ("K16.3", "a promise that is waited for"),
        ("K16.4", "a decision on a promise that is not due"),
        ("K17.3", "an application that was just taken in"),
        ("K18.4", "a decision of which nobody speaks"),
        ("K21.3", "a problem that was just found"),
        ("K22.4", "a matter that was just recorded"),
        ("K23.2", "a card that was wrong"),
        ("K24.3", "an inspection within its limit"),
    ],
)
def test_what_may_still_come_in_time_is_told_apart_and_judged_by_nobody(
    figure: str, story: str
) -> None:
    found = value(figure, story)

    assert (found.number, found.denominator, found.pending, found.level) == (None, 0, 1, None)


@pytest.mark.parametrize(
    ("story", "green"),
    [
        ("a referral within its limit", ["SLA-04", "SLA-05", "SLA-18", "SLA-18a"]),
        ("an open case past its limit", ["SLA-05"]),
        ("a card that was wrong", ["SLA-04", "SLA-05"]),
        ("a decision of which nobody speaks", ["SLA-34", "SLA-35", "SLA-36", "SLA-39"]),
    ],
)
def test_an_open_limit_is_green_until_a_card_stands_on_it(story: str, green: list[str]) -> None:
    assert {part for part in parts(story) if named(part) == "L02/green"} == {
        f"L02/green:{sla}" for sla in green
    }
    assert not REGISTER.is_listed("L02/green:SLA-04")


def test_a_late_card_takes_an_overdue_case_out_of_the_rate_once_it_is_withdrawn() -> None:
    assert value("K23.2", "an open case past its limit").pending == 0
    assert value("K23.2", "a card of a limit that was kept after all").pending == 1


def test_an_overdue_case_is_counted_on_the_day_of_its_card() -> None:
    of = picture(STORIES["an open case past its limit"]).contributions

    assert of["K23.2/overdue", date(2024, 10, 12)] == 1
    assert of["K22.9/backlog", date(2024, 10, 12)] == 1
