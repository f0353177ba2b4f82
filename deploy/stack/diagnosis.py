"""What looking at one thing of a machine has found."""

from dataclasses import dataclass, field
from enum import StrEnum


class Health(StrEnum):
    FINE = "fine"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at; the texts are `doctor.<check>` in the catalogue."""

    check: str
    verdict: Health
    values: dict[str, str] = field(default_factory=dict)
