"""What one dossier adds to the figures: every figure is the sum of these over all dossiers."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from services.metrics.domain.figures import register
from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.figures.figure import About

PartOfDay = tuple[str, date]
"""Part and business day."""

Contributions = Mapping[PartOfDay, int]

NOTHING: Contributions = {}


def contributions(about: About) -> Contributions:
    """
    Return what a dossier adds, a number for each place; a place that it leaves alone is missing.

    Nothing here asks what day it is: what changes with the passing of time
    comes as a fact, like everything else.
    """
    sums: dict[PartOfDay, int] = {}
    dossier, lines = about.dossier, register.REGISTER.lines
    for subject in (dossier, *dossier.subjects, *dossier.cards):
        for added in lines.get(type(subject), ()):
            for part, day, number in added(subject, about):
                place = (part, day)
                sums[place] = sums.get(place, 0) + number
    return sums


class Contributor(Struct, frozen=True, order=True, gc=False):
    """A dossier that stands behind a number, with how much it adds and where it belongs."""

    part: str
    day: date
    dossier: str
    number: int
    dimensions: Dimensions

    @property
    def place(self) -> tuple[str, date, str]:
        """Of one place of one dossier there is one number."""
        return self.part, self.day, self.dossier
