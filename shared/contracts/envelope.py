"""A fact, and the CloudEvents 1.0 envelope in which it is stored and published (catalogue 4.1)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Literal, TypedDict, Unpack, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializeAsAny,
    StringConstraints,
    create_model,
)

from shared.contracts.moments import Day, Instant

Token = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A context attribute: short, because it is copied into headers, logs and keys."""

DataLevel = Literal["PUBLIC", "INTERNAL", "RESTRICTED"]


class Contract(BaseModel):
    """Part of the published language: frozen, and tolerant of a newer producer's fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Fact(Contract):
    """What happened, without where, when and by whom: the *data* of one event type."""

    TYPE: ClassVar[str]
    """The name on the wire, ``casetrack.<family>.<entity>.<pastverb>.vN``."""

    STREAM: ClassVar[str]
    """The kind of subject whose history this belongs to: ``case``, ``inspection``, ``review`` …"""

    ABOUT: ClassVar[str]
    """The field that names the subject, dotted where it is nested: ``case.case_no``."""

    KEYED_BY_CASE: ClassVar[bool] = True
    """Whether a case that this names is its partition key; an assist note only mentions one."""

    PART_OF_CASE: ClassVar[bool] = False
    """Whether this belongs to the history of the case that keys it, and has none of its own."""

    @property
    def subject(self) -> str:
        return str(_reading(self.ABOUT)(self))


def case_no_of(fact: Fact) -> str | None:
    """Return the number of the case that *fact* names, if any: then it is the partition key."""
    read = _case_no(fact.__class__)
    case_no: str | None = None if read is None else read(fact)
    return case_no


@cache
def _case_no(kind: type[Fact]) -> Callable[[Fact], Any] | None:
    # Once per type: to ask a pydantic model for a field that it lacks costs more than reading it.
    if not kind.KEYED_BY_CASE:
        return None
    return next((_reading(path) for path in ("case.case_no", "case_no") if _has(kind, path)), None)


def moments_of(fact: Fact) -> Iterator[tuple[str, date]]:
    """Yield the days and instants that *fact* names, each with its field; of a list each one."""
    for name in _moments(type(fact)):
        moment = getattr(fact, name)
        if isinstance(moment, date):
            yield name, moment
        elif moment is not None:
            yield from ((name, one) for one in moment)


@cache
def _moments(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(
        name for name, field in kind.model_fields.items() if _holds_moment(field.annotation)
    )


def _holds_moment(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, date):
        return True
    return any(map(_holds_moment, get_args(annotation)))


def _has(kind: type[Fact], path: str) -> bool:
    return path.partition(".")[0] in kind.model_fields


@cache
def _reading(path: str) -> Callable[[Fact], Any]:
    return attrgetter(path)


class Attributes(TypedDict, total=False):
    """The context attributes that a producer gives to :meth:`Event.of`."""

    id: str
    source: str
    subject: str
    time: datetime
    recordedtime: datetime | None
    dataschema: str | None
    partitionkey: str
    sequence: str | None
    correlationid: str | None
    causationid: str | None
    districtcode: str | None
    siteid: str | None
    windowid: str | None
    actorid: str | None
    actorrole: str | None
    actororg: str | None
    datalevel: DataLevel
    traceparent: str | None
    activity: str | None
    derived: bool | None
    publisher: str | None
    ofothers: bool | None
    believedfrom: date | None


class Event(Contract):
    """
    One fact in its envelope: the stored event *is* the published event.

    ``(source, id)`` is the identity; ``time`` is when it happened and
    ``recordedtime`` when we learned of it; ``partitionkey`` is the Kafka key.
    """

    specversion: Literal["1.0"] = "1.0"
    id: Token
    source: Token
    type: Token
    subject: Token
    time: Instant
    recordedtime: Instant | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Token | None = None
    partitionkey: Token
    sequence: Token | None = None
    correlationid: Token | None = None
    causationid: Token | None = None
    districtcode: Token | None = None
    siteid: Token | None = None
    windowid: Token | None = None
    actorid: Token | None = None
    actorrole: Token | None = None
    actororg: Token | None = None
    """The organisation for which the actor acted, by its code."""
    datalevel: DataLevel = "INTERNAL"
    traceparent: Token | None = None
    activity: Token | None = None
    """The name that an imported log gave to this (extension of ours)."""
    derived: bool | None = None
    """True where an import made this from an attribute of the case, not from a logged event."""
    publisher: Token | None = None
    """Whose word this is, as registered; None where it is one of us (extension of ours)."""
    ofothers: bool | None = None
    """True where that publisher may speak so of subjects that are another's."""
    believedfrom: Day | None = None
    """Its word is taken from this day on; what it says of earlier ones has to be confirmed."""
    data: SerializeAsAny[Fact]

    @property
    def stream(self) -> str:
        """The history that this belongs to: ``case-XC20240902000017``."""
        name = self.partitionkey if self.data.PART_OF_CASE else self.data.subject
        return f"{self.data.STREAM}-{name}"

    @property
    def order(self) -> tuple[datetime, int, str]:
        """
        Where this stands among the facts of its subject: business time, then sequence, then id.

        Half of a real log's events share case and instant with another, so
        the instant alone is no order.
        """
        digits = self.sequence or ""
        return (self.time, int(digits) if digits.isdecimal() else 0, self.id)

    @staticmethod
    def of(fact: Fact, **attributes: Unpack[Attributes]) -> "Event":
        """Return *fact* in its envelope; subject and key follow from the fact unless given."""
        subject = fact.subject
        defaults = {"subject": subject, "partitionkey": case_no_of(fact) or subject}
        model = event_model(type(fact))
        return model.model_validate({**defaults, **attributes, "type": fact.TYPE, "data": fact})


STANDING = ("publisher", "ofothers", "believedfrom")
"""What the gateway says of whoever spoke, as the register stood; nobody says it of himself."""

ATTRIBUTES = frozenset(Event.model_fields) - {"data"}
"""The context attributes that we know, by their names on the wire."""

EXTENSIONS = ATTRIBUTES.difference(
    ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
)
"""Those of them that CloudEvents 1.0 leaves to whoever needs them."""


@cache
def event_model(fact: type[Fact]) -> type[Event]:
    """Return the envelope whose data are *fact*: one validator for each type, built once."""
    return create_model(
        f"{fact.__name__}Event",
        __base__=Event,
        __doc__=fact.__doc__,
        __module__=__name__,
        type=(Literal[fact.TYPE], ...),  # type: ignore[arg-type]  # made at run time
        data=(fact, ...),
    )
