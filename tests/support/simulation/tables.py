"""The metrics tables in memory, which look at once whether what they are given can be true."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.metrics.adapters.memory.tables import AT_ONCE, MemoryTables
from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived, entry_of
from services.metrics.domain.fold import fold_all
from services.metrics.ports.deadlines import Closed, Explained
from services.metrics.ports.projection import Changes, Stretch
from shared.contracts.registry import OWN_TOPICS
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Partition
from tests.support.simulation.life import Violation
from tests.support.simulation.store import SimulatedStore


@dataclass
class SimulatedTables(MemoryTables):
    """The server: what it holds outlives every process."""

    supervision: SimulatedStore
    bus: MemoryBus = field(kw_only=True)
    written_at: dict[ClockKey, datetime] = field(default_factory=dict)
    """When each clock was last changed."""

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
            alert.raised_at > asked_at
            and self.clocks[alert.key].next_at == AT_ONCE
            and self.is_complete(alert.key)
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
        keys = (*(clock.key for clock in changes.clocks), *changes.gone)
        self.written_at.update(dict.fromkeys(keys, self.clock.now()))
        for dossier in changes.dossiers:
            self._must_be_folded(dossier)

    def _must_be_folded(self, dossier: Dossier) -> None:
        """Look at once: what somebody may read now, later facts may cover up."""
        bodies = [body for (key, _), body in self.timeline.items() if key == dossier.key]
        folded = fold_all(dossier.key, [entry_of(body) for body in bodies])
        if folded != dossier:
            raise Violation("every state is the fold of its facts", dossier, "promised", folded)

    def _must_be_complete(self, alert: AlertRecord) -> None:
        """See that all is folded that lay on the bus when it came true, and when that was known."""
        since = max(alert.raised_at, self.written_at[alert.key])
        if self._waiting(alert.key, since):
            raise Violation("an alert where its lane was behind", alert, since)

    def _waiting(self, key: ClockKey, since: datetime) -> bool:
        """Say whether the lane of a clock has not folded all that lay on the bus at *since*."""
        number, before = self.partitions[key.dossier], since.timestamp() * 1000
        waiting = (
            self.bus.read(Partition(topic, number), self.folded_to(topic, number))
            for topic in OWN_TOPICS
        )
        return any(first and (first[0].timestamp_ms or 0) < before for first in waiting)

    def say(self, raised: Iterable[Explained], closed: Iterable[Closed]) -> None:
        raised, now = list(raised), self.clock.now()
        for one in raised:
            if one.alert.raised_at > now:
                raise Violation("an alert before its instant", one.alert)
            self._must_be_complete(one.alert)
        super().say(raised, closed)
