"""What readers ask of the projection in memory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Self, TypeVar

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.contributions import Contributor
from services.metrics.domain.figures.dimensions import (
    DIMENSIONS,
    Dimension,
    Dimensions,
    dimensions_of,
)
from services.metrics.domain.figures.figure import counts
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.reasons.explanation import Raised
from services.metrics.ports.readings import (
    AlertExplained,
    AlertOrder,
    AlertRead,
    AlertsSought,
    Behind,
    CardsCounted,
    ClockRead,
    ClocksSought,
    Pressing,
    PressingSought,
    Readings,
    Section,
    Sought,
    Summed,
)

K = TypeVar("K")

FIRST = datetime.min.replace(tzinfo=UTC)
"""Before every instant."""


class MemoryReadings(Readings):
    """The tables, as requests read them."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def within(self, organisations: Collection[str] | None) -> Self:  # noqa: ARG002 - no eyes here
        return self

    async def dossier(self, key: str) -> Dossier | None:
        return self._tables.dossiers.get(key)

    async def dossiers(self, sought: Sought) -> Section:
        keys = list(self._below(sought.below))[: sought.rows_max]
        looked_at = [self._tables.dossiers[key] for key in keys]
        last = keys[-1] if len(keys) == sought.rows_max else None
        return Section([one for one in looked_at if _fits(one, sought)], last)

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        red = {clock.key.dossier for clock in self._tables.running(*between)}
        fitting = [
            dossier
            for key in self._below(sought.below)
            if key in red and _fits(dossier := self._tables.dossiers[key], sought)
        ][: sought.rows_max]
        return Section(fitting, fitting[-1].key if len(fitting) == sought.rows_max else None)

    async def running(self, sought: ClocksSought) -> Sequence[ClockRead]:
        found = sorted(
            (clock.due_at, clock.key, clock.near_at)
            for clock in self._tables.running(FIRST, sought.until)
            if clock.due_at is not None
            and (clock.due_at, clock.key) > sought.behind
            and (sought.slas is None or clock.sla.id in sought.slas)
        )
        return [
            ClockRead(key, near_at, due_at, self._tables.dossiers[key.dossier])
            for due_at, key, near_at in found[: sought.rows_max]
        ]

    async def pressing(self, sought: PressingSought) -> Pressing:
        span, lines_max, of = sought

        def is_meant(key: str) -> bool:
            dossier = self._tables.dossiers[key]
            return of is None or dimensions_of(dossier).organisation in of

        late_next = [key for key in self._tables.late_next(span) if is_meant(key.dossier)]
        due = {one.key.dossier for one in self._tables.running(span.begins, span.ends)}
        cards = [one for one in self._tables.alerts.values() if one.state.stands]
        return Pressing(
            [(key, self._tables.dossiers[key.dossier]) for key in late_next[:lines_max]],
            len({key for key in due if is_meant(key)}),
            dict(Counter((one.level, one.clock) for one in cards if is_meant(one.dossier))),
        )

    async def timeline(self, key: str) -> Sequence[str]:
        return [body.decode() for (owner, _), body in self._tables.timeline.items() if owner == key]

    async def holding(self, dossiers: Sequence[str], word: str) -> Mapping[str, Sequence[str]]:
        found = defaultdict[str, list[str]](list)
        for (owner, _), body in self._tables.timeline.items():
            if owner in dossiers and word in body.decode():
                found[owner].append(body.decode())
        return found

    async def parts(self, summed: Summed) -> Parts:
        return self._grouped(summed, lambda _: "").get("", {})

    async def days(self, summed: Summed) -> Mapping[date, Parts]:
        return dict(sorted(self._grouped(summed, lambda row: row.day).items()))

    async def dimension(self, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        place = DIMENSIONS.index(by)
        return _grouped(self._named(summed), lambda row: row.dimensions[place])

    async def behind(
        self, summed: Summed, before: tuple[date, str], rows_max: int
    ) -> Sequence[Behind]:
        pages = _grouped(self._named(summed), lambda row: (row.day, row.dossier))
        keys = sorted((key for key in pages if key < before), reverse=True)[:rows_max]
        return [Behind(day, self._tables.dossiers[key], pages[day, key]) for day, key in keys]

    async def last_words(self) -> LastWords:
        return self._tables.last_words

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        order, newest = sought.order, sought.order is AlertOrder.NEWEST
        found = [
            read
            for read in map(self._read, self._tables.alerts.values())
            if _is_sought(read, sought)
            and (read.place(order) < sought.behind if newest else read.place(order) > sought.behind)
        ]
        found.sort(key=lambda read: read.place(order), reverse=newest)
        return found[: sought.rows_max]

    async def cards(self) -> Sequence[CardsCounted]:
        standing = (self._read(one) for one in self._tables.alerts.values() if one.state.stands)
        counted = Counter(
            (alert.sla, alert.level, dimensions_of(dossier).organisation)
            for alert, dossier in standing
        )
        return [CardsCounted(*of, number) for of, number in counted.items()]

    async def explained(self, alert_ids: Collection[str]) -> Mapping[str, AlertExplained]:
        known = [self._tables.alerts[name] for name in alert_ids if name in self._tables.alerts]
        explanations = self._tables.explanations
        return {one.alert_id: (self._read(one), explanations[one.alert_id]) for one in known}

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        return [
            (
                alert.key,
                Raised(alert.level, alert.raised_at, alert.lateness_ms),
            )
            for alert in self._tables.alerts_of(dossiers)
            if alert.state.stands
        ]

    def _below(self, key: str) -> Iterator[str]:
        return (one for one in sorted(self._tables.dossiers, reverse=True) if one < key)

    def _read(self, alert: AlertRecord) -> AlertRead:
        return AlertRead(alert, self._tables.dossiers[alert.dossier])

    def _grouped(self, summed: Summed, key_of: Callable[[Contributor], K]) -> dict[K, Parts]:
        if not summed.everywhere:
            return _grouped(self._named(summed), key_of)
        rows = [
            Contributor(part, day, "", number, Dimensions())
            for (part, day), number in self._tables.figures.items()
        ]
        return _grouped((row for row in rows if _within(row, summed)), key_of)

    def _named(self, summed: Summed) -> Iterator[Contributor]:
        _, *others = summed.narrowed
        whose = summed.whose
        return (
            row
            for row in self._tables.contributors.values()
            if _within(row, summed)
            and (whose is None or row.dimensions.organisation in whose)
            and all(
                asked in (None, found)
                for asked, found in zip(others, row.dimensions[1:], strict=True)
            )
        )


def _is_sought(read: AlertRead, sought: AlertsSought) -> bool:
    alert, dossier = read
    return (
        alert.state in sought.states
        and sought.level in (None, alert.level)
        and sought.case_no in (None, alert.dossier)
        and sought.sla in (None, alert.sla)
        and alert.dossier.startswith(sought.begins or "")
        and sought.organisation in (None, dimensions_of(dossier).organisation)
        and (sought.due_from or date.min) <= alert.due <= (sought.due_to or date.max)
    )


def _within(row: Contributor, summed: Summed) -> bool:
    return summed.since <= row.day <= summed.until and counts(summed.parts, row.part)


def _grouped(rows: Iterable[Contributor], key_of: Callable[[Contributor], K]) -> dict[K, Parts]:
    groups: defaultdict[K, Counter[str]] = defaultdict(Counter)
    for row in rows:
        groups[key_of(row)][row.part] += row.number
    return {key: dict(parts) for key, parts in groups.items()}


def _fits(dossier: Dossier, sought: Sought) -> bool:
    return dossier.case.phase in sought.phases and sought.source in (None, dossier.source)
