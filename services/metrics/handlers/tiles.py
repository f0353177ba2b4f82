"""The tiles of the page of today: their numbers, their words, and where their cases are listed."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.metrics.domain.figures import register
from services.metrics.domain.figures.values import Value
from services.metrics.domain.today import is_statutory
from services.metrics.domain.wording import LANGUAGES, say
from services.metrics.ports.glances import Glance
from services.metrics.views.today import Tile
from services.metrics.views.view import Both
from shared.contracts.supervision.words import AlertLevel

CARDS = {"prompt": AlertLevel.PROMPT, "yellow": AlertLevel.YELLOW, "red": AlertLevel.RED}
"""The tiles that count cards, which are in the colour of these as soon as there is one."""

Values = Mapping[str, Value]
"""What the day has added, by the names of its tiles."""


def numbers(glance: Glance, values: Values) -> dict[str, int | float | None]:
    """Return what the tiles of *glance* show, by their names."""
    return {
        "open": glance.open_cases,
        "due_today": glance.due_today,
        **{name: _standing(glance, level) for name, level in CARDS.items()},
        "red_statutory": _statutory(glance),
        **{name: value.number for name, value in values.items()},
    }


def tiles(glance: Glance, values: Values, today: date) -> list[Tile]:
    """Return the tiles in the order in which they are shown: what stands, then the day."""
    return [*_of_what_stands(glance, today), *_of_the_day(values, today)]


def _of_what_stands(glance: Glance, today: date) -> Iterator[Tile]:
    yield _tile("open", "L01", "case", "/v1/kpis/L01/cases")
    yield _tile("due_today", None, "case", f"/v1/cases?due={today}")
    for name, level in CARDS.items():
        if level is AlertLevel.PROMPT and not _standing(glance, level):
            continue  # A bureau whose policy has no prompts is not told of none.
        yield _tile(
            name,
            f"L02.{name}",
            "card",
            f"/v1/alerts?level={level}",
            note=_said("red.note", n=_statutory(glance)) if level is AlertLevel.RED else None,
            level=level if _standing(glance, level) else None,
        )


def _of_the_day(values: Values, today: date) -> Iterator[Tile]:
    for tile, figure in register.REGISTER.tiles.items():
        yield Tile(
            name=tile.name,
            group="day",
            title=Both(tile.zh, tile.en),
            note=None,
            kpi_id=figure.id,
            unit=figure.unit,
            level=values[tile.name].level,
            cases=f"/v1/kpis/{figure.id}/cases?from={today}&to={today}",
        )


def _tile(
    name: str,
    kpi_id: str | None,
    unit: str,
    cases: str,
    *,
    note: Both | None = None,
    level: AlertLevel | None = None,
) -> Tile:
    """Return the tile of a number that the projection keeps ready, for no sum is as cheap."""
    return Tile(name, "standing", _said(name), note, kpi_id, unit, level, cases)


def _said(code: str, **values: object) -> Both:
    return Both(*(say(language, f"tile.{code}", **values) for language in LANGUAGES))


def _standing(glance: Glance, level: AlertLevel) -> int:
    return sum(n for (of, _), n in glance.cards.items() if of is level)


def _statutory(glance: Glance) -> int:
    cards = glance.cards.items()
    return sum(n for (of, clock), n in cards if of is AlertLevel.RED and is_statutory(clock))
