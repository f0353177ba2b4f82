"""Who used up the time (用时方), on a terminal: of one case as a bar, of many as a table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import typer

from deploy.command.asking import Asking
from deploy.command.output import Styled, out, print_json
from deploy.command.tables import Cell, show_table
from deploy.command.words import word
from deploy.texts import LANGUAGE, say
from services.metrics.domain.figures.dimensions import DIMENSIONS
from services.metrics.views.case import Elapsed, ElapsedOf, ElapsedPage
from services.metrics.views.explanation import PartyTime
from shared.contracts.naming import called
from shared.contracts.words import ClockParty

CELLS_MAX = 60
"""A longer time is drawn to scale."""

STYLES = {
    ClockParty.BUREAU: ("█", "#", "accent"),
    ClockParty.APPLICANT: ("▓", "A", "ink"),
    ClockParty.COMMITTEE: ("▒", "C", "muted"),
    ClockParty.THIRD_PARTY: ("░", "T", "muted"),
}
"""How each party is drawn: in shades, in plain letters, in which colour."""

ByOption = Annotated[
    str, typer.Option("--by", metavar="|".join(DIMENSIONS), help=say("elapsed.by_help"))
]


def show_matter(matter: Elapsed, *, plain: bool) -> None:
    """Print how long a case took and whose time it was."""
    days = word("unit.WD", n=matter.elapsed)
    said = "elapsed.took" if matter.ended else "elapsed.so_far"
    out.print(Styled.assemble((say(said, days=days), "bold"), f"  {used_in_words(matter.used)}"))
    if matter.elapsed:
        out.print(bar(matter.used, matter.elapsed, plain=plain))


def bar(used: Iterable[PartyTime], whole: int, *, plain: bool) -> Styled:
    """Return a cell for each unit, or for so many of them that a line holds it."""
    text, drawn, passed, cells = Styled(), 0, 0, min(whole, CELLS_MAX)
    for one in used:
        shade, letter, style = STYLES[one.party]
        passed += one.elapsed
        # By where it ends, so that what is rounded never adds up to another length.
        until = round(passed * cells / whole)
        text.append((letter if plain else shade) * (until - drawn), style)
        drawn = until
    return text


def used_in_words(used: Iterable[PartyTime]) -> str:
    """Return whose time it was in one line."""
    return " · ".join(f"{called(ClockParty, one.party, LANGUAGE)} {one.elapsed}" for one in used)


def show_elapsed(page: ElapsedPage) -> None:
    """Print who used up the time, a line for each value of the dimension."""
    if not page.whole.elapsed:
        out.print(say("elapsed.none", since=page.since, until=page.until))
        return
    parties = [called(ClockParty, party, LANGUAGE) for party in ClockParty]
    headers = [say(f"kpi.by.{page.by}"), say("elapsed.days"), *parties]
    lines = [_line(one.key or "–", one) for one in page.items]
    show_table(headers, [*lines, _line(say("elapsed.whole"), page.whole)])


def _line(name: str, one: ElapsedOf) -> Sequence[Cell]:
    by_party = {used.party: used.elapsed for used in one.used}
    return [name, str(one.elapsed), *(str(by_party.get(party, 0)) for party in ClockParty)]


def elapsed(asking: Asking, by: str, days: Mapping[str, str | None], *, as_json: bool) -> None:
    """Ask who used up the time in some *days*, by one dimension, and print it."""
    page = asking.get(ElapsedPage, "/v1/elapsed", by=by, **days)
    if as_json:
        print_json(page)
    else:
        show_elapsed(page)
