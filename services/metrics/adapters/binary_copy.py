"""
The timeline's rows in PostgreSQL's binary COPY format ("File Formats" in the manual of COPY).

The driver takes a body as text only, so each would be decoded from what Kafka
brought and encoded again; that and its own way through a row cost the fold a tenth.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from struct import Struct

from services.metrics.domain.entry import IDENTITY_BYTES, Arrived

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""With no flags, and no more header."""
END = b"\xff\xff"

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL counts its microseconds from here."""

MICROSECOND = timedelta(microseconds=1)

COLUMNS = 4
COUNT_AND_SIZE = Struct("!hi").pack
"""How many columns a row has, and how many bytes its first one."""
BETWEEN = Struct(f"!i{IDENTITY_BYTES}siqi").pack
"""The identity and the time, each behind its size, and the size of the body."""
TIME_BYTES = 8


def binary_copy(rows: Iterable[Arrived]) -> memoryview:
    """Return *rows* as COPY … FROM … WITH (FORMAT binary) takes them."""
    pieces = [SIGNATURE]
    for row in rows:
        name, body = row.dossier.encode(), row.body
        time = (row.occurred_at - EPOCH) // MICROSECOND
        pieces += (
            COUNT_AND_SIZE(COLUMNS, len(name)),
            name,
            BETWEEN(IDENTITY_BYTES, row.identity, TIME_BYTES, time, len(body)),
            body,
        )
    pieces.append(END)
    # A view, because the driver takes plain bytes for the name of a file.
    return memoryview(b"".join(pieces))
