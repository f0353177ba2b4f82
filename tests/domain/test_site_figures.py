"""What the figures of sites and of scenes come to in a few short stories."""

import pytest

from services.metrics.domain.figures.dimensions import Dimensions, dimensions_of
from tests.support.told_figures import STORIES, picture, value

STATION = "a station that takes to the platform, shows the standard and becomes a centre"


@pytest.mark.parametrize(
    ("figure", "stories", "expected"),
    [
        (
            "K01.1",
            [STATION, "a centre that shows the standard from its first day", "a relay station"],
            (1, 2),
        ),
        ("K01.1", ["a station that becomes a relay station"], (0, 0)),
        ("K01.1", ["a relay station of a day that nobody means"], (0, 0)),
        ("K01.1", ["a site on the platform of which nobody said that it opened"], (0, 0)),
        (
            "K02.1",
            [
                "a scene of the state",
                "a scene of the city that is told twice",
                "a scene of the district",
                "a scene of the province",
            ],
            (3, None),
        ),
        (
            "K02.2",
            [
                "a scene of the city that is told twice",
                "a scene of the province",
                "a scene of the province at the window alone",
            ],
            (1, None),
        ),
        (
            "K02.4",
            [
                "a joint case that is closed in time",
                "a joint case that is closed late",
                "a joint case that is past its limit",
            ],
            (1, 3),
        ),
        (
            "K02.5",
            [
                "a scene of the state",
                "a scene of the city that is told twice",
                "a scene of the district",
                "a scene of the province",
            ],
            (2, 4),
        ),
        (
            "K03.1",
            [
                "a relay station of a day that nobody means",
                "a station that another system opens twice",
            ],
            (1, None),
        ),
        ("K03.2", ["items that come to a site, one of them told twice"], (3, None)),
        (
            "K03.2.entrusted",
            [
                "items that come to a site, one of them told twice",
                "an item that comes to another site, too",
            ],
            (1, None),
        ),
        ("K03.2.authorised", ["an item that comes to another site, too"], (1, None)),
        ("K03.2.assisted", ["items that come to a site, one of them told twice"], (2, None)),
        (
            "K09.1",
            [
                STATION,
                "a centre that shows the standard from its first day",
                "a station that another system opens twice",
            ],
            (2, None),
        ),
    ],
)
def test_a_figure_counts_what_its_formula_says(
    figure: str, stories: list[str], expected: tuple[int, int | None]
) -> None:
    found = value(figure, *stories)

    assert (found.numerator, found.denominator) == expected


@pytest.mark.parametrize(
    ("until", "standing"),
    [
        ("2024-09-01", {}),
        ("2024-09-02", {"K01.1/open:COMMUNITY_STATION": 1}),
        (
            "2024-09-12",
            {"K01.1/open:COMMUNITY_STATION": 1, "K01.1/onboarded:COMMUNITY_STATION": 1},
        ),
        (
            "2024-09-22",
            {
                "K01.1/open:COMMUNITY_STATION:demonstration": 1,
                "K01.1/onboarded:COMMUNITY_STATION:demonstration": 1,
                "K09.1/showing": 1,
            },
        ),
        (
            "2024-10-12",
            {
                "K01.1/open:STREET_CENTER": 1,
                "K01.1/onboarded:STREET_CENTER": 1,
                "K09.1/showing": 1,
            },
        ),
    ],
)
def test_a_site_is_counted_as_what_it_was_on_any_day(until: str, standing: dict[str, int]) -> None:
    sums: dict[str, int] = {}
    for (part, day), number in picture(STORIES[STATION]).contributions.items():
        if f"{day}" <= until:
            sums[part] = sums.get(part, 0) + number

    assert {part: number for part, number in sums.items() if number} == standing


def test_what_is_told_of_a_site_lies_there() -> None:
    assert dimensions_of(picture(STORIES[STATION]).dossier) == Dimensions(site="s1")
