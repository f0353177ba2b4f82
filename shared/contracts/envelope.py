"""A fact, and the CloudEvents 1.0 envelope in which it is stored and published (domain.md 4.1)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, SerializeAsAny, StringConstraints

Token = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A context attribute: short, because it is copied into headers, logs and keys."""


class Contract(BaseModel):
    """Part of the published language: frozen, and tolerant of a newer producer's fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Contract):
    """What happened, without where, when and by whom: the *data* of one event type."""

    TYPE: ClassVar[str]
    """The name on the wire, ``casetrack.<family>.<entity>.<pastverb>.vN``."""

    STREAM: ClassVar[str]
    """The kind of subject whose history this belongs to: ``case``, ``inspection``, ``review`` …"""

    ABOUT: ClassVar[str]
    """The field that names the subject, dotted where it is nested: ``case.case_no``."""

    @property
    def subject(self) -> str:
        value: Any = self
        for name in self.ABOUT.split("."):
            value = getattr(value, name)
        return str(value)


def case_no_of(fact: Fact) -> str | None:
    """The case that *fact* names, if any: then its number is the partition key."""
    case = getattr(fact, "case", fact)
    return getattr(case, "case_no", None)


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
    time: AwareDatetime
    recordedtime: AwareDatetime | None = None
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
    datalevel: Literal["PUBLIC", "INTERNAL", "RESTRICTED"] = "INTERNAL"
    traceparent: Token | None = None
    activity: Token | None = None
    """The name that an imported log gave to this (extension of ours)."""
    derived: bool | None = None
    """True where an import made this from an attribute of the case, not from an event of the log."""
    data: SerializeAsAny[Fact]

    @property
    def stream(self) -> str:
        """The history that this belongs to: ``case-XC20240902000017``."""
        return f"{self.data.STREAM}-{self.subject}"

    @property
    def order(self) -> tuple[datetime, int, str]:
        """
        Where this stands among the facts of its subject: business time, then sequence, then id.

        Half of a real log's events share case and instant with another
        (domain.md 3.1, fold rules), so the instant alone is no order.
        """
        digits = self.sequence or ""
        return (self.time, int(digits) if digits.isdecimal() else 0, self.id)

    @classmethod
    def of(cls, fact: Fact, **attributes: Any) -> Self:
        """Return *fact* in its envelope; type, subject and key follow from the fact unless given."""
        subject = fact.subject
        defaults = {
            "type": fact.TYPE,
            "subject": subject,
            "partitionkey": case_no_of(fact) or subject,
        }
        return cls(**{**defaults, **attributes}, data=fact)
