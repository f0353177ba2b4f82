"""Every type that casetrack speaks, and the way from bytes to an event and back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from inspect import getmembers, isclass
from types import MappingProxyType, ModuleType
from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.access import facts as access
from shared.contracts.activity import facts as activity
from shared.contracts.assist import facts as assist
from shared.contracts.commitment import facts as commitment
from shared.contracts.committee import facts as committee
from shared.contracts.credit import facts as credit
from shared.contracts.documents import Document, parse, printable, write
from shared.contracts.envelope import Event, Fact, case_no_of, event_model
from shared.contracts.hall import facts as hall
from shared.contracts.handling import facts as handling
from shared.contracts.hotline import facts as hotline
from shared.contracts.inspection import facts as inspection
from shared.contracts.instrument import facts as instrument
from shared.contracts.intake import facts as intake
from shared.contracts.intermediary import facts as intermediary
from shared.contracts.item import facts as item
from shared.contracts.joint import facts as joint
from shared.contracts.moments import RECORDED
from shared.contracts.outreach import facts as outreach
from shared.contracts.plan import facts as plan
from shared.contracts.policy import facts as policy
from shared.contracts.rectification import facts as rectification
from shared.contracts.review import facts as review
from shared.contracts.rules import facts as rules
from shared.contracts.site import facts as site
from shared.contracts.supervision import facts as supervision
from shared.contracts.unfinished import facts as unfinished
from shared.contracts.unreadable import Flaw, Unreadable
from shared.contracts.upcasting import UPCASTERS, Upcaster, upcast
from shared.contracts.xregion import facts as xregion

__all__ = [
    "FACTS",
    "INBOX",
    "INBOXES",
    "OWN_TOPICS",
    "PUBLISHED",
    "Dialect",
    "Owner",
    "Unreadable",
    "decode",
    "encode",
    "inbox_of",
    "is_inbox",
    "kinds_of",
    "owner_of",
]


class Owner(StrEnum):
    """The service that owns a family of types, and its topic."""

    INTAKE = "intake"
    ASSIST = "assist"
    REVIEW = "review"
    SUPERVISION = "supervision"

    @cached_property
    def topic(self) -> str:
        return f"casetrack.{self.value}.v1"


OWN_TOPICS: tuple[str, ...] = tuple(owner.topic for owner in Owner)
"""Where we publish; of all of them the same partition numbers hold the same cases."""
INBOX = "casetrack.inbox.v1"
"""What other systems publish where the broker asks nobody who they are."""
INBOXES = f"{INBOX}."
"""What the inbox of each publisher begins with; its id in the register follows."""


def inbox_of(publisher: str) -> str:
    """Return the topic to which nobody but *publisher*, as the register calls it, may write."""
    return f"{INBOXES}{publisher}"


def is_inbox(topic: str) -> bool:
    return topic == INBOX or topic.startswith(INBOXES)


FAMILIES: Mapping[Owner, tuple[ModuleType, ...]] = MappingProxyType(
    {
        Owner.INTAKE: (
            intake,
            handling,
            inspection,
            committee,
            commitment,
            credit,
            instrument,
            joint,
            xregion,
            item,
            site,
        ),
        Owner.ASSIST: (assist, activity, outreach, intermediary, policy),
        Owner.REVIEW: (review, rectification, hotline, unfinished, hall),
        Owner.SUPERVISION: (supervision, rules, access, plan),
    }
)


def _facts_in(modules: Iterable[ModuleType]) -> Iterable[type[Fact]]:
    """Yield the fact classes that *modules* define, not those that they import."""
    for module in modules:
        for _, member in getmembers(module, isclass):
            if issubclass(member, Fact) and "TYPE" in vars(member):
                yield member


FACTS: Mapping[str, type[Fact]] = MappingProxyType(
    {fact.TYPE: fact for modules in FAMILIES.values() for fact in _facts_in(modules)}
)
"""The fact class of each type."""

_OWNERS = {fact.TYPE: owner for owner, modules in FAMILIES.items() for fact in _facts_in(modules)}


def owner_of(kind: str) -> Owner:
    """Return who owns the type *kind*; only a type of ours may be asked for."""
    return _OWNERS[kind]


def kinds_of(owner: Owner) -> frozenset[str]:
    """Return the types that *owner* owns."""
    return frozenset(kind for kind, known in _OWNERS.items() if known is owner)


@dataclass(frozen=True)
class Dialect:
    """The types that a reader knows, and how older ones become them."""

    facts: Mapping[str, type[Fact]]
    upcasters: Mapping[str, Upcaster]

    @cached_property
    def validators(self) -> Mapping[str, Callable[..., Event]]:
        """The quickest way from JSON to the event of each type."""
        return {
            kind: event_model(fact).__pydantic_validator__.validate_json
            for kind, fact in self.facts.items()
        }

    def prepare(self) -> int:
        """Build every validator now, which the first fact would wait for; return how many."""
        return len(self.validators)

    def speaks(self, kind: str) -> bool:
        return kind in self.facts or kind in self.upcasters

    def has_other_version_of(self, kind: str) -> bool:
        stem = kind.rpartition(".v")[0]
        return any(known.rpartition(".v")[0] == stem for known in (*self.facts, *self.upcasters))


PUBLISHED = Dialect(FACTS, UPCASTERS)


class _Head(msgspec.Struct):
    type: str


_HEAD = msgspec.json.Decoder(_Head)


def decode(body: bytes, dialect: Dialect = PUBLISHED) -> Event:
    """
    Return the event in *body*, which one of us encoded or a gateway admitted.

    This is the fold's way in, so what only a stranger would write (a name
    said twice, 33 levels of brackets) is looked for only where the quick way
    stumbles; strangers are read by ``read_foreign``. Nor is it measured: a store
    measures what it takes, and what an older one took is on record.

    Raises:
        Unreadable: no event of *dialect*.
    """
    if b"\\u0000" in body:
        return read(parse(body), dialect, context=RECORDED)
    try:
        event = dialect.validators[_HEAD.decode(body).type](body, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, ValidationError):
        return read(parse(body), dialect, context=RECORDED)
    _agree(event)
    return event


def read(document: Document, dialect: Dialect = PUBLISHED, *, context: str | None = None) -> Event:
    """
    Return the event that *document* is, brought to the newest version.

    What is on record is read in the context `RECORDED`.

    Raises:
        Unreadable: no event of *dialect*.
    """
    kind = document.get("type")
    if not isinstance(kind, str):
        code = Flaw.INVALID_ATTRIBUTE if "type" in document else Flaw.MISSING_ATTRIBUTE
        raise Unreadable(code, "type", "an event names its type")
    if not dialect.speaks(kind):
        other = dialect.has_other_version_of(kind)
        code = Flaw.UNSUPPORTED_VERSION if other else Flaw.UNKNOWN_TYPE
        raise Unreadable(code, "type", printable(kind))
    current = upcast(document, dialect.upcasters)
    try:
        event = dialect.validators[current["type"]](write(current), strict=True, context=context)
    except ValidationError as refusal:
        raise _unreadable(refusal.errors(include_url=False, include_context=False)) from None
    _agree(event)
    return event


def encode(event: Event) -> bytes:
    """Return *event* as it is stored and published: compact UTF-8 JSON without empty attributes."""
    return event.__pydantic_serializer__.to_json(event, exclude_none=True)


def _unreadable(errors: list[ErrorDetails]) -> Unreadable:
    # Subject and key are derived from the data, so a fault in the data is the truer reason.
    derived = ("subject", "partitionkey")
    first = next((error for error in errors if error["loc"][0] not in derived), errors[0])
    field = ".".join(str(part) for part in first["loc"])
    if len(first["loc"]) > 1 or (field == "data" and first["type"] != "missing"):
        return Unreadable(Flaw.INVALID_DATA, printable(field), first["msg"])
    if first["type"] == "missing":
        return Unreadable(Flaw.MISSING_ATTRIBUTE, field, first["msg"])
    return Unreadable(Flaw.INVALID_ATTRIBUTE, field, first["msg"])


def _agree(event: Event) -> None:
    """Refuse an envelope that contradicts its data."""
    case_no = case_no_of(event.data)
    if case_no is not None and event.partitionkey != case_no:
        raise Unreadable(Flaw.KEY_MISMATCH, "partitionkey", f"the case is {case_no}")
    if event.subject != event.data.subject and event.subject not in _names(event.data):
        raise Unreadable(Flaw.INVALID_ATTRIBUTE, "subject", f"the data say {event.data.subject}")


def _names(fact: Fact) -> set[Any]:
    """Return what else a publisher may take for the subject: the numbers that *fact* has."""
    known = {value for name, value in fact if name.endswith(("_id", "_no"))}
    return known | {case_no_of(fact)}
