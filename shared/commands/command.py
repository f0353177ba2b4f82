"""What every command has: its instant, its day, and the way into the words of a fact."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar, TypeVar, overload

from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date

F = TypeVar("F", bound=Fact)


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

    @overload
    def stated(self, fact: type[F], /, **more: object) -> F: ...

    @overload
    def stated(self, **more: object) -> Fact: ...

    def stated(  # type: ignore[misc]  # positional-only beside any keyword: no overlap, mypy sees one
        self, fact: type[Fact] | None = None, /, **more: object
    ) -> Fact:
        """
        Return the fact in the words of this command, and *more* that the rules add.

        What only the decision needs (a calendar, a former rating) the fact does
        not repeat; what the rules add must have its place in it.
        """
        kind = fact or self.FACT
        if strange := more.keys() - kind.model_fields.keys():
            raise TypeError(f"{kind.__name__} has no {', '.join(sorted(strange))}")
        words = {field.name: getattr(self, field.name) for field in fields(self)}
        return kind.model_validate({**words, **more})
