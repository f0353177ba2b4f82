"""The metrics tables in memory, which look at once whether what they are given can be true."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.metrics.adapters.memory.tables import AT_ONCE, MemoryTables
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived, entry_of
from services.metrics.domain.fold import fold_all
from services.metrics.ports.deadlines import Closed, Explained
from services.metrics.ports.projection import Changes, Stretch
from tests.support.simulation.life import Violation
from tests.support.simulation.store import SimulatedStore


@dataclass
class SimulatedTables(MemoryTables):
    """The server: what it holds outlives every process."""

    supervision: SimulatedStore

    def moving(self, number: int) -> Callable[[], bool]:
        """Return whether anything of the lane was folded since."""
        before = self._folded(number)
        return lambda: self._folded(number) != before

    def overtaking(self, stretch: Stretch, epoch: int, *, halfway: bool) -> Callable[[], bool]:
        """Return whether *stretch* has another claimant by now, with part of the lane folded."""
        topic, number = stretch.topic, stretch.partition
        moved = self.moving(number)
        return lambda: (
            self.lanes[number].epoch != epoch
            and moved() is halfway
            and self.folded_to(topic, number) < stretch.following
        )

    def contradicted(self, asked_at: datetime) -> bool:
        """Say whether a clock is to be looked at of which more was said than was true then."""
        return any(
            alert.raised_at > asked_at and self.clocks[alert.key].next_at == AT_ONCE
            for alert in self.alerts.values()
        )

    def folded_to(self, topic: str, number: int) -> int:
        """Return where a partition goes on."""
        offset = self.offsets.get((topic, number))
        return offset.next_offset if offset else 0

    def _folded(self, number: int) -> list[int]:
        return [one.next_offset for one in self.offsets.values() if one.partition == number]

    def write(self, partition: int, facts: Sequence[Arrived], changes: Changes) -> None:
        super().write(partition, facts, changes)
        for dossier in changes.dossiers:
            self._must_be_folded(dossier)

    def _must_be_folded(self, dossier: Dossier) -> None:
        """Look at once: what somebody may read now, later facts may cover up."""
        bodies = [body for (key, _), body in self.timeline.items() if key == dossier.key]
        folded = fold_all(dossier.key, [entry_of(body) for body in bodies])
        if folded != dossier:
            raise Violation("every state is the fold of its facts", dossier, "promised", folded)

    def say(self, raised: Iterable[Explained], closed: Iterable[Closed]) -> None:
        raised, now = list(raised), self.clock.now()
        for one in raised:
            if one.alert.raised_at > now:
                raise Violation("an alert before its instant", one.alert)
        super().say(raised, closed)
