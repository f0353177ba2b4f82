"""When a limit is near (临期): with a share, days or hall hours left, of it or of another."""

from datetime import time
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.policy.lookup import Lookup, Whereabouts, reading
from shared.policy.rule import Rule


class ShareYellow(Rule):
    """Near (临期) with a share of the limit left, within bounds."""

    by: Literal["share"]
    fraction: Decimal = Field(gt=0, lt=1)
    days_min: int = Field(ge=0)
    days_max: int = Field(ge=0)
    zero_upto: int = Field(ge=0)
    """A limit of so much or less is near in its last day or hour only."""
    limit_min: int = Field(ge=0)
    """A shorter limit has no yellow: an immediate case is either done today or late."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.days_min > self.days_max:
            raise ValueError("days_min is more than days_max")
        return self

    @cached_property
    def _ratio(self) -> tuple[int, int]:
        return self.fraction.as_integer_ratio()

    def left(self, limit: int) -> int | None:
        """Return from how much left on *limit* is near; None where it never is."""
        if limit < self.limit_min:
            return None
        if limit <= self.zero_upto:
            return 0
        part, whole = self._ratio
        return min(self.days_max, max(self.days_min, limit * part // whole))


class DaysYellow(Rule):
    """Near from *at* on the day after which no more than *days* are left; 0 is the last day."""

    by: Literal["days"]
    days: int = Field(ge=0)
    at: time = time()

    def left(self, _: int) -> int:
        return self.days


class HoursYellow(Rule):
    """Near with so many hall hours (大厅工时) left."""

    by: Literal["hours"]
    hours: int = Field(ge=1)

    def left(self, _: int) -> int:
        return self.hours


class AfterYellow(Rule):
    """Near once so many hall hours have passed since it began."""

    by: Literal["after"]
    hours: int = Field(ge=1)

    def left(self, _: int) -> None:
        return None


class RemainingYellow(Rule):
    """
    Near on its last day, or with no more than *days* left of the limit within which it has to fit.

    Of that one the subject knows, in *of*, how many working days were left when it began.
    """

    by: Literal["remaining"]
    of: Whereabouts
    days: int = Field(ge=0)

    def left(self, _: int) -> int:
        return 0

    def left_within(self, limit: int, others: int) -> int:
        """Return from how much left on *limit* is near, where *others* were left at its start."""
        return max(0, limit - max(0, others - self.days))

    @cached_property
    def read(self) -> Lookup:
        return reading(self.of)


Yellow = Annotated[
    ShareYellow | DaysYellow | HoursYellow | AfterYellow | RemainingYellow,
    Field(discriminator="by"),
]
