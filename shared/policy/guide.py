"""The guide of an item (办事指南): what is published of it alone."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.handling.words import HoldReason
from shared.policy.rule import Rule

ItemType = Annotated[str, Field(pattern=r"^(0[0-9]|10|20)$")]
"""事项类型, by its number in table A.1 of GB/T 39046-2020: 01 is a licence."""


def _in_order(reasons: tuple[HoldReason, ...] | None) -> tuple[HoldReason, ...] | None:
    # Not a set: the version of a policy is the digest of its text, the same in every process.
    return None if reasons is None else tuple(sorted({*reasons}))


class Guide(Rule):
    """
    What the clocks of an item's cases, and reports about them, take from its guide.

    A list is read as *holds*: that was all that a guide could say once.
    """

    holds: Annotated[tuple[HoldReason, ...] | None, AfterValidator(_in_order)] = None
    """The reasons that let its committed limit stand still; None where it says nothing of them."""
    limits: Mapping[str, int] = Field(default_factory=dict)
    """By row, how long it may take; of the rows that leave that to guides."""
    item_type: ItemType | None = None
    stationed: bool = False
    """Whether its cases have to be filed with the hall or the platform (应进必进)."""

    @model_validator(mode="before")
    @classmethod
    def _of_holds_alone(cls, said: Any) -> Any:  # noqa: ANN401 - whatever was sent
        return {"holds": said} if isinstance(said, list | tuple) else said
