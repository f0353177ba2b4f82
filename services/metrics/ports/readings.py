"""What requests ask of the store: subjects, their facts, figures and alerts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, Self

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import EVERYWHERE, Dimension, Narrowed
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.reasons.explanation import Raised
from services.metrics.views.explanation import Explanation
from shared.contracts.handling.course import Phase
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel


@dataclass(frozen=True, slots=True)
class TodaySpan:
    """Now, the cut-offs between which today lies, and how far the look ahead goes."""

    now: datetime
    today: date
    begins: datetime
    ends: datetime
    horizon: datetime


class Sought(NamedTuple):
    """Which subjects: below which key, in which phases, from which source, how many at most."""

    below: str
    phases: Sequence[Phase]
    source: str | None
    rows_max: int


@dataclass(frozen=True, slots=True)
class Section:
    """Subjects that lie side by side, and the last key that was looked at if more follow."""

    dossiers: Sequence[Dossier]
    last: str | None


class Summed(NamedTuple):
    """
    Which sums: of which parts, over which days, both included, narrowed to what.

    What is narrowed knows only parts whose contributors are kept by name.
    """

    parts: Sequence[str]
    """By name; one that ends like `MANY` stands for all its classes."""
    since: date
    until: date
    narrowed: Narrowed = EVERYWHERE
    organisations: Sequence[str] | None = None
    """Of whose dossiers; None for all."""

    @property
    def everywhere(self) -> bool:
        """Whether everything counts, so that nobody who stands behind it has to be asked."""
        return self.narrowed == EVERYWHERE and self.organisations is None

    @property
    def whose(self) -> Sequence[str] | None:
        """The organisations that are asked for and seen; None for all."""
        asked, *_ = self.narrowed
        if asked is None:
            return self.organisations
        return [asked] if self.organisations is None or asked in self.organisations else []


class Behind(NamedTuple):
    """A dossier that stands behind a number on one day, and how much of each part it adds."""

    day: date
    dossier: Dossier
    adds: Parts


class AlertOrder(StrEnum):
    """In which order alerts are listed; their ids tell apart those that are equal in it."""

    NEWEST = "NEWEST"
    """Raised last before the others."""
    DUE = "DUE"
    """Due first before the others."""


AlertPlace = tuple[date, str]
"""The instant at which an alert was raised, or the day on which its limit is due, and its id."""


class AlertsSought(NamedTuple):
    """Which alerts: behind which place of their order, what of; None where it does not matter."""

    behind: AlertPlace
    states: Sequence[AlertState]
    level: AlertLevel | None
    case_no: str | None
    sla: str | None
    rows_max: int
    begins: str | None = None
    """With what the number of the case begins."""
    organisation: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    order: AlertOrder = AlertOrder.NEWEST


class AlertRead(NamedTuple):
    """An alert, and the dossier that it is about as it stands now."""

    alert: AlertRecord
    dossier: Dossier

    def place(self, order: AlertOrder) -> AlertPlace:
        """Return where it stands in *order*."""
        alert = self.alert
        at = alert.raised_at if order is AlertOrder.NEWEST else alert.due
        return at, alert.alert_id


AlertExplained = tuple[AlertRead, Explanation]
"""An alert, and the explanation that it was raised with."""


class CardsCounted(NamedTuple):
    """How many alerts stand of one limit, at one level, in one organisation."""

    sla: str
    level: AlertLevel
    organisation: str
    number: int


ClockPlace = tuple[datetime, ClockKey]
"""When a clock is due, and which one it is: the order in which work waits."""


class ClocksSought(NamedTuple):
    """Which running clocks: due behind which place, until when, how many at most."""

    behind: ClockPlace
    until: datetime
    rows_max: int
    slas: Sequence[str] | None = None
    """Of which limits; None for all."""


class ClockRead(NamedTuple):
    """A running clock: when it is near and due unless it is stopped, and its dossier."""

    key: ClockKey
    near_at: datetime | None
    due_at: datetime
    dossier: Dossier

    @property
    def place(self) -> ClockPlace:
        return self.due_at, self.key


class PressingSought(NamedTuple):
    """Of when, how many lines, and of whose dossiers; None for all."""

    span: TodaySpan
    late_next_max: int
    organisations: Sequence[str] | None = None


class Pressing(NamedTuple):
    """Which clocks can still be saved, how many are due today, and how many cards stand."""

    late_next: Sequence[tuple[ClockKey, Dossier]]
    due_today: int
    cards: Mapping[tuple[AlertLevel, str], int]
    """By level and clock."""


class Readings(Protocol):
    """
    What requests ask of the projection; nothing here writes.

    Nothing is seen before somebody has said `within` whose eyes it is.
    """

    def within(self, organisations: Collection[str] | None) -> Self:
        """Return the same for the eyes of who sees *organisations*, None for everything."""
        ...

    async def dossier(self, key: str) -> Dossier | None:
        """Return one subject."""
        ...

    async def dossiers(self, sought: Sought) -> Section:
        """Return the next subjects in descending order of their keys."""
        ...

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        """Return subjects like `dossiers`, but only those that turn red *between* two instants."""
        ...

    async def running(self, sought: ClocksSought) -> Sequence[ClockRead]:
        """Return running clocks, the one that is due first before the others."""
        ...

    async def pressing(self, sought: PressingSought) -> Pressing:
        """Return what presses, counted where it lies: there may be very many of each."""
        ...

    async def timeline(self, key: str) -> Sequence[str]:
        """Return the bodies of all facts of a subject, in no order."""
        ...

    async def holding(self, dossiers: Sequence[str], word: str) -> Mapping[str, Sequence[str]]:
        """Return of each of *dossiers* the bodies of facts that hold *word*, in no order."""
        ...

    async def parts(self, summed: Summed) -> Parts:
        """Return sums by part."""
        ...

    async def days(self, summed: Summed) -> Mapping[date, Parts]:
        """Return sums by business day and part, oldest first."""
        ...

    async def dimension(self, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        """Return sums by one dimension and part."""
        ...

    async def behind(
        self, summed: Summed, before: tuple[date, str], rows_max: int
    ) -> Sequence[Behind]:
        """Return who stands behind the sums, the last day first, and of one day the last key."""
        ...

    async def last_words(self) -> LastWords:
        """Return what each publisher told last; nothing where not everything is seen."""
        ...

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        """Return alerts in the order that is asked for."""
        ...

    async def cards(self) -> Sequence[CardsCounted]:
        """Return how many alerts stand, by limit, level and organisation."""
        ...

    async def explained(self, alert_ids: Collection[str]) -> Mapping[str, AlertExplained]:
        """Return by id those of *alert_ids* that there are."""
        ...

    async def alert(self, alert_id: str) -> AlertExplained | None:
        """Return one alert."""
        return (await self.explained([alert_id])).get(alert_id)

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        """Return the alerts that stand on *dossiers*."""
        ...
