"""What every command has: its instant, its day, and the way into the words of a fact."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar

from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something asked of a subject at the instant *at*; no decision asks for the time."""

    FACT: ClassVar[type[Fact]]
    """What has happened when the command is granted."""

    at: datetime

    @property
    def on(self) -> date:
        """The bureau's calendar day."""
        return business_date(self.at)

    def stated(self, **more: object) -> Fact:
        """
        Return the fact in the words of this command, and *more* that the rules add.

        What only the decision needs (a calendar, a former rating) the fact does
        not repeat; what the rules add must have its place in it.
        """
        if strange := more.keys() - self.FACT.model_fields.keys():
            raise TypeError(f"{self.FACT.__name__} has no {', '.join(sorted(strange))}")
        words = {field.name: getattr(self, field.name) for field in fields(self)}
        return self.FACT.model_validate({**words, **more})


def repeated(names: Iterable[str]) -> str | None:
    """Return what a command names more than once, the most frequent; None where nothing is."""
    for name, times in Counter(names).most_common(1):
        if times > 1:
            return name
    return None
