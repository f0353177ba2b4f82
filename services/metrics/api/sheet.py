"""Tables for spreadsheets (CSV): in UTF-8 with its mark, and no cell that one would reckon out."""

import csv
import io
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv"

RECKONED = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a spreadsheet begins a formula, and a Chinese one with the wide ones, too."""
PASSED_OVER = ("\t", "\r", "\n")
"""With these in front some spreadsheets take what follows for a cell of its own."""
TEXT = "'"
"""What stands behind it is text to every spreadsheet."""


def sheet(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """Return a table with its head; the mark in front tells a spreadsheet how to read Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([harmless(cell or "") for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """Return *cell* so that nothing in it is reckoned out, whatever stands before the formula."""
    risky = cell.startswith(PASSED_OVER) or cell.lstrip().startswith(RECKONED)
    return f"{TEXT}{cell}" if risky else cell
