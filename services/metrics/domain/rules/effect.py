"""What another edition of the rules does to what is known: said before, and no other afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.metrics.domain.clocks.alert import Alert, SaidOfClocks, reconcile, withdraw
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.picture import Differences, Picture
from shared.contracts.supervision.facts import AlertRaised, AlertRevoked

EXAMPLES_MAX = 20


@dataclass(frozen=True, slots=True)
class RunMoved:
    """One run under two editions; a day is None while it stands still, or where it is no more."""

    dossier: str
    sla: str
    started_on: date
    due_before: date | None
    due_after: date | None
    provisional_before: bool
    provisional_after: bool
    raised: int = 0
    revoked: int = 0

    @property
    def moved(self) -> bool:
        return self.due_before != self.due_after

    @property
    def settled(self) -> bool:
        return self.provisional_before and not self.provisional_after

    @property
    def touched(self) -> bool:
        return bool(self.moved or self.settled or self.raised or self.revoked)


@dataclass(slots=True)
class Effect:
    """The sum over dossiers; of very many runs the first are named and all are counted."""

    runs_moved: int = 0
    runs_settled: int = 0
    cards_raised: int = 0
    cards_revoked: int = 0
    figures: set[str] = field(default_factory=set)
    examples: list[RunMoved] = field(default_factory=list)

    def note(self, before: Picture, after: Picture, said: SaidOfClocks, now: datetime) -> None:
        """Add what becomes of one dossier, of whose clocks *said* was said by *now*."""
        figures = Differences()
        figures.note(after, before)
        self.figures.update(part.partition("/")[0] for part, _ in figures.sums)
        for run in _runs(before, after, said, now):
            self.runs_moved += run.moved
            self.runs_settled += run.settled
            self.cards_raised += run.raised
            self.cards_revoked += run.revoked
            if run.touched and len(self.examples) < EXAMPLES_MAX:
                self.examples.append(run)


def moved_clocks(before: Iterable[Clock], after: Iterable[Clock]) -> list[Clock]:
    """Return those clocks of *after* that call for something else than they did."""
    earlier = {clock.key: clock for clock in before}
    return [clock for clock in after if not _as_before(earlier.get(clock.key), clock)]


def _as_before(before: Clock | None, after: Clock) -> bool:
    return before is not None and _shown(before) == _shown(after)


def _shown(clock: Clock) -> tuple[object, ...]:
    """Return all that is stored of *clock*, and what it calls for."""
    span = (clock.due, clock.near_at, clock.due_at)
    return (*span, clock.provisional, clock.limits, clock.stops, expected(clock))


def _runs(before: Picture, after: Picture, said: SaidOfClocks, now: datetime) -> Iterator[RunMoved]:
    later = {clock.key: clock for clock in after.clocks}
    earlier = {clock.key: clock for clock in before.clocks}
    for key, known in {**earlier, **later}.items():
        old, new = earlier.get(key), later.get(key)
        raised, revoked = _cards(new, said.get(key, ()), now)
        raised_anyway, revoked_anyway = _cards(old, said.get(key, ()), now)
        yield RunMoved(
            dossier=key.dossier,
            sla=key.sla,
            started_on=known.started_on,
            due_before=old.due if old else None,
            due_after=new.due if new else None,
            provisional_before=bool(old and old.provisional),
            provisional_after=bool(new and new.provisional),
            raised=max(0, raised - raised_anyway),
            revoked=max(0, revoked - revoked_anyway),
        )


def _cards(clock: Clock | None, said: Sequence[Alert], now: datetime) -> tuple[int, int]:
    """Return how many cards the ticker will raise and revoke where *clock* is as it is."""
    rulings = reconcile(clock, said, now) if clock else withdraw(said, now)
    raised = sum(isinstance(one.fact, AlertRaised) for one in rulings)
    return raised, sum(isinstance(one.fact, AlertRevoked) for one in rulings)
