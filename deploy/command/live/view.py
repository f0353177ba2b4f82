"""The picture of today as a terminal shows it: what can still be saved first, totals second."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, OverflowMethod, RenderableType
from rich.layout import Layout
from rich.table import Table

from deploy.command.live.look import GAP, Look, panel
from deploy.command.live.stream import Link, Watched
from deploy.command.live.tiles import flow, flow_rows, standing
from deploy.command.output import Styled
from deploy.command.words import short_clock
from services.metrics.views.today import LateNext, TodayPicture
from shared.contracts.naming import called, fact_called
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import spelled

WIDE_COLUMNS_MIN = 120
"""On a narrower screen the parts stand below each other: no number of a case is cut."""
BAR_COLUMNS = 12
FRAME = 4
"""Columns of a panel's border and padding."""
CASE_NO_COLUMNS_MAX = 16
"""As long as the bureau's own; those of imported logs may be longer."""
RIGHT_COLUMNS_MIN = 42
"""As wide as the words of what stands, in English."""
HOURS_COLUMNS_MIN = 52
NOW_ROWS = 5
HOURS_ROWS = 5
LATEST_ROWS_MIN = 4
FLEXIBLE_COLUMNS_MIN = 8
STALE_SECONDS = 5.0
HOUR, MINUTE, DAY = 3_600, 60, 86_400
SPARKS = " ▁▂▃▄▅▆▇█"
SPARKS_PLAIN = " .:-=+*#@"
FIRST_HOUR, LAST_HOUR = 7, 20
"""The bureau's day; an hour outside it is shown when something came."""


def screen(watched: Watched, look: Look, size: tuple[int, int]) -> RenderableType:
    """Return the whole screen of *size*, columns and rows."""
    columns, rows = size
    whole = Layout()
    body = Layout(name="body", ratio=1)
    whole.split_column(
        Layout(header(watched, look), size=1), body, Layout(footer(watched, look), size=1)
    )
    if look.helping:
        body.update(panel(_help(look), look.say("top.help_title")))
    elif watched.picture is None:
        body.update(panel(_waiting(watched, look), look.word("late_next.title")))
    elif columns >= WIDE_COLUMNS_MIN:
        _wide(body, watched.picture, look, (columns, rows - 2))
    else:
        _narrow(body, watched.picture, look, (columns, rows - 2))
    return whole


def _wide(body: Layout, picture: TodayPicture, look: Look, size: tuple[int, int]) -> None:
    columns, rows = size
    right_columns = max(RIGHT_COLUMNS_MIN, columns // 3)
    inner = columns - right_columns - FRAME
    rows_of_flow = flow_rows(picture)
    left, right = Layout(), Layout(size=right_columns)
    body.split_row(left, right)
    red_rows = _red_rows(picture, rows)
    left.split_column(
        Layout(_late_next(picture, look, (inner, rows - red_rows - 2))),
        Layout(_red(picture, look, (inner, red_rows - 2)), size=red_rows),
    )
    parts = [
        Layout(standing(picture, look), size=NOW_ROWS),
        Layout(flow(picture, look, right_columns - FRAME), size=rows_of_flow),
        Layout(_latest(picture, look, right_columns - FRAME)),
        Layout(_hours(picture, look, wide=right_columns >= HOURS_COLUMNS_MIN), size=HOURS_ROWS),
    ]
    room = rows - NOW_ROWS - HOURS_ROWS - rows_of_flow
    if room < LATEST_ROWS_MIN:
        del parts[2]
        parts[1].size = None
    right.split_column(*parts)


def _narrow(body: Layout, picture: TodayPicture, look: Look, size: tuple[int, int]) -> None:
    columns, rows = size
    inner = columns - FRAME
    red_rows = _red_rows(picture, rows - NOW_ROWS)
    body.split_column(
        Layout(_late_next(picture, look, (inner, rows - red_rows - NOW_ROWS - 2))),
        Layout(_red(picture, look, (inner, red_rows - 2)), size=red_rows),
        Layout(standing(picture, look), size=NOW_ROWS),
    )


def _red_rows(picture: TodayPicture, rows: int) -> int:
    """Red takes what it needs, a line at least, and never more than a third."""
    return max(3, min(len(picture.red) + 2, rows // 3))


def header(watched: Watched, look: Look) -> RenderableType:
    """Return the line above: whose, as of when, and whether it is live."""
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right")
    name = Styled.assemble(
        (look.word("app.bureau"), "ink.bold"), (f"  {look.word('app.title')}", "muted")
    )
    picture = watched.picture
    if picture and picture.demo:
        name.append(f"  {look.word('app.demo')}", "muted")
    line.add_row(name, _state(watched, look))
    return line


def _state(watched: Watched, look: Look) -> Styled:
    picture = watched.picture
    text = Styled()
    if picture:
        as_of = look.word("freshness.as_of", time=spelled(picture.as_of)[11:19])
        text.append(f"{as_of}  ", "muted")
    mark = "*" if look.plain else "●"
    if watched.link is not Link.LIVE:
        return text.append(
            f"{'-' if look.plain else '○'} {look.word(f'freshness.{watched.link}')}", "stale"
        )
    lag = picture.lag_seconds if picture else 0.0
    if lag > STALE_SECONDS:
        return text.append(f"{mark} {look.word('freshness.delayed', seconds=round(lag))}", "stale")
    return text.append(f"{mark} {look.word('freshness.live')}", "accent")


def footer(watched: Watched, look: Look) -> RenderableType:
    """Return the line below: lag, how far complete, and the keys."""
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True)
    line.add_column(justify="right", no_wrap=True)
    picture = watched.picture
    told = Styled(style="muted")
    if picture:
        lag = picture.lag_seconds
        complete = _day_and_time(picture.complete_to) or look.nothing
        told.append(
            look.say("top.lag", seconds=f"{lag:.1f}"), "stale" if lag > STALE_SECONDS else "muted"
        )
        told.append(f"  {look.say('top.complete', time=complete)}")
    line.add_row(told, Styled(look.say("top.keys"), style="muted"))
    return line


def _day_and_time(instant: datetime | None) -> str:
    return spelled(instant)[5:19].replace("T", " ") if instant else ""


def _latest(picture: TodayPicture, look: Look, columns: int) -> RenderableType:
    """Return the last facts, newest first; the panel's height cuts them."""
    if not picture.latest:
        return panel(Styled(look.word("latest.empty"), style="muted"), look.word("latest.title"))
    cells = [
        [
            Styled(spelled(fact.time)[11:16], style="muted"),
            Styled(fact_called(fact.type, look.language)),
            Styled(_end_of(fact.case_no or "", look), style="muted"),
        ]
        for fact in picture.latest
    ]
    return panel(_fitted(cells, look, flexible=1, columns=columns), look.word("latest.title"))


def _late_next(picture: TodayPicture, look: Look, size: tuple[int, int]) -> RenderableType:
    columns, rows = size
    lines = picture.late_next
    title = look.say("top.counted", title=look.word("late_next.title"), count=len(lines))
    if not lines:
        return panel(Styled(look.word("late_next.empty"), style="muted"), title)
    shown = lines[: max(1, rows)]
    cells = [
        [
            _mark(line.level, look),
            Styled(_end_of(line.case_no, look)),
            _subject(line, look),
            Styled(short_clock(line.clock, look.language)),
            _budget(line, look),
            _left(line, look),
        ]
        for line in shown
    ]
    return panel(_fitted(cells, look, flexible=2, columns=columns), title)


def _fitted(lines: Sequence[Sequence[Styled]], look: Look, *, flexible: int, columns: int) -> Table:
    """Return *lines* as a table in which only the *flexible* column gives way."""
    widths = [max(line[place].cell_len for line in lines) for place in range(len(lines[0]))]
    rest = sum(widths) - widths[flexible] + GAP * (len(widths) - 1)
    room = min(widths[flexible], columns - rest)
    least = min(widths[flexible], FLEXIBLE_COLUMNS_MIN)
    table = Table.grid(padding=(0, GAP, 0, 0))
    overflow: OverflowMethod = "crop" if look.plain else "ellipsis"
    kept = [place for place in range(len(widths)) if place != flexible or room >= least]
    for place in kept:
        width = room if place == flexible else widths[place]
        table.add_column(no_wrap=True, overflow=overflow, width=width)
    for line in lines:
        table.add_row(*[line[place] for place in kept])
    return table


def _end_of(case_no: str, look: Look) -> str:
    """Return a long number's end, which tells it from its neighbours."""
    cut = CASE_NO_COLUMNS_MAX - 1
    return case_no if len(case_no) <= cut + 1 else ("~" if look.plain else "…") + case_no[-cut:]


def _mark(level: AlertLevel | None, look: Look) -> Styled:
    if level is not None:
        plain, drawn = ("?", "◇") if level is AlertLevel.PROMPT else ("!", "▲")
        mark = plain if look.plain else drawn
        return Styled(f"{mark} {called(AlertLevel, level, look.language)}", style="near")
    return Styled()


def _subject(line: LateNext, look: Look) -> Styled:
    stopped = line.stopped_days
    dot = "-" if look.plain else "·"
    note = f" {dot} {look.word('late_next.stopped', n=stopped)}" if stopped else ""
    return Styled(f"{line.item_name}{note}", style="muted")


def _budget(line: LateNext, look: Look) -> Styled:
    """Return how much of the limit is used, as a bar and in figures."""
    limit, consumed = max(1, line.limit), line.consumed
    full = min(BAR_COLUMNS, round(BAR_COLUMNS * consumed / limit))
    style = "near" if line.level else "accent"
    done, rest = ("#", "-") if look.plain else ("━", "─")
    bar = Styled(done * full, style=style)
    bar.append(rest * (BAR_COLUMNS - full), "line")
    bar.append(f" {consumed}/{line.limit}", "muted")
    return bar


def _left(line: LateNext, look: Look) -> Styled:
    seconds = line.seconds_left
    if line.paused:
        return Styled(look.word("late_next.paused"), style="muted")
    if seconds is None:
        return Styled(look.nothing, style="muted")
    if seconds >= DAY:
        text = look.say("top.left_days", days=seconds // DAY, hours=seconds % DAY // HOUR)
    else:
        values = {"hours": max(0, seconds) // HOUR, "minutes": max(0, seconds) % HOUR // MINUTE}
        text = look.word("late_next.hours", **values)
    return Styled(text, style="near" if line.level and seconds < DAY else "ink")


def _red(picture: TodayPicture, look: Look, size: tuple[int, int]) -> RenderableType:
    columns, rows = size
    cards = picture.red
    title = look.say("top.counted", title=look.word("red.title"), count=picture.now["red"])
    if not cards:
        return panel(Styled(look.word("red.empty"), style="muted"), title)
    mark = "*" if look.plain else "●"
    cells = [
        [
            Styled(f"{mark} {look.word('red.overdue', n=card.overdue_days)}", style="late"),
            Styled(_end_of(card.case_no, look)),
            Styled(short_clock(card.basis, look.language), style="muted"),
            Styled(card.sentence.said(look.language), style="muted"),
        ]
        for card in cards[: max(1, rows)]
    ]
    return panel(_fitted(cells, look, flexible=3, columns=columns), title)


def _hours(picture: TodayPicture, look: Look, *, wide: bool) -> RenderableType:
    """Return the day's arrivals hour by hour, over the mean of the last four weeks."""
    hours: Sequence[float] = picture.arrivals.hours
    usual: Sequence[float] = picture.arrivals.comparison
    shown = range(*_opening(hours, usual))
    most = max([*hours, *usual, 1])
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, figures, style in (("today", hours, "accent"), ("comparison", usual, "muted")):
        cell = 2 if wide else 1
        sparks = "".join(_spark(figures[hour] / most, look) * cell for hour in shown)
        words = Styled(look.word(f"arrivals.{name}"), style="muted")
        table.add_row(
            words, Styled(sparks, style=style), Styled(f"{sum(figures):,.0f}", style="muted")
        )
    every = "".join(f"{hour:02}" if hour % 3 == 0 else "  " for hour in shown)
    axis = every if wide else "".join(f"{hour:<3}" for hour in shown if hour % 3 == 0)
    table.add_row("", Styled(axis, style="muted"), "")
    return panel(table, look.word("arrivals.title"))


def _opening(hours: Sequence[float], usual: Sequence[float]) -> tuple[int, int]:
    busy = [hour for hour in range(24) if hours[hour] or usual[hour]]
    return min([FIRST_HOUR, *busy]), max([LAST_HOUR, *busy]) + 1


def _spark(share: float, look: Look) -> str:
    sparks = SPARKS_PLAIN if look.plain else SPARKS
    return sparks[-(-round(share * 1_000) * (len(sparks) - 1) // 1_000)]


def _help(look: Look) -> RenderableType:
    codes = ("order", "colours", "bar", "stale", "explain", "keys_help")
    return Group(*[Styled(f"{look.say(f'top.{code}')}\n") for code in codes])


def _waiting(watched: Watched, look: Look) -> Styled:
    return Styled(watched.fault or look.word("freshness.connecting"), style="stale")
