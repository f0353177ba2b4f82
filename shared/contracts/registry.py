"""Every type that casetrack speaks, and the way from bytes to an event and back."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType, ModuleType

import msgspec
from pydantic import ValidationError, create_model

from shared.contracts import assist, committee, handling, inspection, intake, rectification, review, supervision
from shared.contracts.envelope import Event, Fact
from shared.contracts.upcasting import upcast


class Owner(StrEnum):
    """The service that owns a family of types, and its topic."""

    INTAKE = "intake"
    ASSIST = "assist"
    REVIEW = "review"
    SUPERVISION = "supervision"

    @property
    def topic(self) -> str:
        return f"casetrack.{self.value}.v1"


INBOX = "casetrack.inbox.v1"
"""What other systems publish."""

FAMILIES: Mapping[Owner, tuple[ModuleType, ...]] = MappingProxyType({
    Owner.INTAKE: (intake, handling, inspection, committee),
    Owner.ASSIST: (assist,),
    Owner.REVIEW: (review, rectification),
    Owner.SUPERVISION: (supervision,),
})


class Unreadable(Exception):  # noqa: N818 - names what the input is, like every refusal
    """Bytes that are no event of ours: *code* is stable, *field* says where, *detail* says why."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail
