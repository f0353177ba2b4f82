"""What every command has: its instant, its day, and the way into the words of a fact."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TypeVar

from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something asked of a subject at the instant *at*; no decision asks for the time."""

    at: datetime

    @property
    def on(self) -> date:
        """The bureau's calendar day."""
        return business_date(self.at)

    def stated(self, fact: type[F], **more: object) -> F:
        """
        Return *fact* in the words of this command, and *more* that the rules add.

        What only the decision needs (a calendar, a former rating) the fact does
        not repeat; what the rules add must have its place in it.
        """
        if strange := more.keys() - fact.model_fields.keys():
            raise TypeError(f"{fact.__name__} has no {', '.join(sorted(strange))}")
        words = {field.name: getattr(self, field.name) for field in fields(self)}
        return fact.model_validate({**words, **more})
