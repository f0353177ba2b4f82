"""The dossier: all that is known of the subjects that share one key, mostly one case."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.metrics.domain.entry import Order
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.register import AnySubject
from shared.contracts.supervision.words import DoubtReason

FOLD_VERSION = 26
"""Which fold made a stored dossier: another number whenever its fields are others."""

ANOMALIES_NAMED_MAX = 16
"""Contradicting facts that are named; the rest is counted."""


DOUBTS_NAMED_MAX = 16
"""Doubted facts that are named; the rest is counted."""


class Doubt(Struct, frozen=True, array_like=True, gc=False):
    """A fact that is kept and moves nothing: its id and source, who told it, and why."""

    id: str
    source: str
    publisher: str
    why: DoubtReason


class Track(Struct, frozen=True, array_like=True, gc=False):
    """Facts that take their effect in one order: the last of them, and those that contradicted."""

    last: Order | None = None
    anomalies: int = 0
    anomalous: tuple[str, ...] = ()

    def after(self, last: Order, contradicting: Sequence[str]) -> "Track":
        """Return the track once facts up to *last* have come, of which some *contradicting*."""
        named = (*self.anomalous, *contradicting)[:ANOMALIES_NAMED_MAX]
        return Track(last, self.anomalies + len(contradicting), named)


class Dossier(Struct, frozen=True, array_like=True, gc=False, tag=FOLD_VERSION):
    """
    What figures, clocks and pages need of one key; its facts lie in the timeline.

    Stored, it begins with the version of its fold: no other fold takes it for one of its own.
    """

    key: str
    own: Track = Track()
    supervision: Track = Track()
    """The facts about cards: they say today what was true long ago, and touch nothing else."""
    facts: int = 0
    first_source: str = ""
    subjects: tuple[AnySubject, ...] = ()
    """In the order of their first facts."""
    cards: tuple[Card, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    """What publishers say and nobody has confirmed; the first ones."""
    doubted: int = 0
    judged: bool = False
    """Whether somebody has confirmed or rejected one of its facts."""

    @property
    def is_disputed(self) -> bool:
        """Whether any further fact may decide what is believed of the others."""
        return self.judged or self.doubted > 0

    @property
    def case(self) -> Case:
        """The case; one of which nothing is known where the key is no case's."""
        for subject in self.subjects:
            if type(subject) is Case:
                return subject
        return Case(name=self.key)

    @property
    def source(self) -> str:
        """Who told of the receipt, else who told of it first."""
        return self.case.source or self.first_source

    @property
    def anomalies(self) -> int:
        return self.own.anomalies + self.supervision.anomalies + self.doubted

    @property
    def contradicting(self) -> tuple[str, ...]:
        """The ids of facts that are believed, and contradict what was known."""
        return self.own.anomalous + self.supervision.anomalous

    @property
    def anomalous(self) -> tuple[str, ...]:
        return self.contradicting + tuple(doubt.id for doubt in self.doubts)

    @property
    def latest(self) -> datetime | None:
        """The business time of the last fact."""
        lasts = (self.own.last, self.supervision.last)
        return max((last[0] for last in lasts if last is not None), default=None)
