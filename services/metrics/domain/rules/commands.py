"""What the law desk and operations may ask of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from shared.commands.command import Command
from shared.policy.notice import Notice
from shared.policy.publisher import BACKDATED_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCalendar(Command):
    """Settle a year by its notice, for the first time or otherwise than before."""

    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPolicy(Command):
    """Judge what begins on *effective_from* and later by another policy."""

    effective_from: date
    document: Mapping[str, Any]
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPublisher(Command):
    """Let another system speak, or give the one of this id another entry."""

    publisher_id: str
    name: str
    sources: tuple[str, ...]
    types: tuple[str, ...]
    key: Mapping[str, Any] | None = None
    """The public half of its key, as a JWK."""
    others: tuple[str, ...] = ()
    backdates: int | Literal["unlimited"] = BACKDATED_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePublisher(Command):
    """Let a system speak no longer."""

    publisher_id: str


AnyCommand = PublishCalendar | PublishPolicy | RegisterPublisher | RemovePublisher
