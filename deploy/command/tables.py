"""Tables of answers: aligned columns, one line a thing, cut only where somebody's screen ends."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from deploy.command.output import SafeConsole, Styled
from deploy.texts import LANGUAGE
from shared.contracts.naming import called
from shared.contracts.supervision.words import AlertLevel

WIDTH_UNSEEN = 240
"""Where no screen ends, in a file or a pipe, nothing is cut before this."""
LAST_WIDTH_MIN = 12
GAP = 2

Cell = str | Styled


def show_table(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print *rows* under *headers*; where the screen is too narrow the last column is cut."""
    lines = [[cell if isinstance(cell, Styled) else Styled(cell) for cell in row] for row in rows]
    console = SafeConsole()
    if not console.is_terminal:
        console = SafeConsole(width=WIDTH_UNSEEN)
    widths = [
        max([Styled(header).cell_len, *(line[number].cell_len for line in lines)])
        for number, header in enumerate(headers)
    ]
    left = console.width - sum(widths[:-1]) - GAP * (len(headers) - 1)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0))
    for header in headers[:-1]:
        table.add_column(header, no_wrap=True)
    table.add_column(headers[-1], no_wrap=True, max_width=max(LAST_WIDTH_MIN, left))
    for line in lines:
        table.add_row(*line)
    console.print(table)


def marked(level: AlertLevel | None) -> Styled:
    """Return *level* as it is shown in a cell."""
    match level:
        case AlertLevel.RED:
            return Styled(f"● {called(AlertLevel, level, LANGUAGE)}", style="red")
        case AlertLevel.YELLOW:
            return Styled(f"▲ {called(AlertLevel, level, LANGUAGE)}", style="yellow")
        case AlertLevel.PROMPT:
            return Styled(f"◇ {called(AlertLevel, level, LANGUAGE)}", style="yellow")
        case _:
            return Styled("–", style="dim")
