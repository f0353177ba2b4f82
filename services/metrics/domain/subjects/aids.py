"""What helped a case along: the applicant's credit, and electronic instruments."""

from datetime import date

from msgspec import Struct

USES_MAX = 64
"""So many instruments by day are kept of one case."""


class CreditUse(Struct, frozen=True, array_like=True, gc=False):
    """One mode in which the applicant's credit was used (信用应用)."""

    mode: str
    used_on: date
    materials_saved: int
    seconds: int | None
    """How soon it was decided, where it was decided at once."""


class InstrumentUse(Struct, frozen=True, array_like=True, gc=False):
    """How often one instrument was used on one day (四电应用)."""

    instrument: str
    used_on: date
    times: int


def used_again(
    known: tuple[InstrumentUse, ...], instrument: str, day: date
) -> tuple[InstrumentUse, ...]:
    """Return *known* with one use more of *instrument* on *day*; of too many the first ones."""
    others = [one for one in known if (one.instrument, one.used_on) != (instrument, day)]
    before = sum(one.times for one in known if one not in others)
    return (*others, InstrumentUse(instrument, day, before + 1))[:USES_MAX]
