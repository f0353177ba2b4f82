"""What every part of a policy is: frozen, strict, in two languages where people read it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Bilingual = Annotated[dict[str, str], Field(min_length=2)]
"""The same words in ``zh-CN`` and ``en``."""


class Rule(BaseModel):
    """A part of the policy: frozen, and strict, because we write it ourselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")
