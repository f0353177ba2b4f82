"""How large a drill is, by the environment."""

import os
from dataclasses import asdict, dataclass, field


def _number(name: str, default: int) -> int:
    return int(os.environ.get(f"CASETRACK_DRILL_{name}", str(default)))


def _workers() -> tuple[int, ...]:
    return tuple(
        int(word) for word in os.environ.get("CASETRACK_DRILL_WORKERS", "1,2,4").split(",")
    )


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is the same for every number of workers."""

    workers: tuple[int, ...] = field(default_factory=_workers)
    events: int = field(default_factory=lambda: _number("EVENTS", 100_000))
    """Of the flow, and once more of the backlog."""
    rate: int = field(default_factory=lambda: _number("RATE", 300))
    """Events a second of the steady load."""
    seconds: int = field(default_factory=lambda: _number("SECONDS", 20))
    """Of the steady load, and of the load under each change of the group."""
    rounds: int = field(default_factory=lambda: _number("ROUNDS", 3))
    """So often a worker joins, leaves and is killed."""
    partitions: int = field(default_factory=lambda: _number("PARTITIONS", 4))
    events_a_case: int = 15

    def document(self) -> dict[str, object]:
        return asdict(self)
