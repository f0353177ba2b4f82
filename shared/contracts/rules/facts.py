"""How the rules change: an edition each, published by whoever may (catalogue 4.11)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.envelope import Contract, Fact
from shared.contracts.moments import Day
from shared.contracts.types import ActorId, Identifier, LongName, Name, Ordinal, Several

RULES = "rules"
"""Subject and partition key of every edition."""

STREAM = f"bureau-{RULES}"
"""The one history of the bureau's rules; its version is the edition."""

Year = Annotated[int, Field(ge=1990, le=2098)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=256)]


Base64Url = Annotated[
    str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[A-Za-z0-9_-]+$")
]
"""Octets as a JWK writes them."""

MADE_OF = {"OKP": ("crv", "x"), "EC": ("crv", "x", "y"), "RSA": ("n", "e")}
"""What a public key of each kind is made of."""


class PublisherKey(Contract):
    """What checks a publisher's signature: the public half of its key, as a JWK (RFC 7517)."""

    kty: Literal["OKP", "EC", "RSA"]
    crv: Literal["Ed25519", "P-256"] | None = None
    x: Base64Url | None = None
    y: Base64Url | None = None
    n: Base64Url | None = None
    e: Base64Url | None = None
    kid: Identifier | None = None
    """How a signature names it."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {name for name in ("crv", "x", "y", "n", "e") if getattr(self, name) is not None}
        if given != set(MADE_OF[self.kty]):
            needed = ", ".join(MADE_OF[self.kty])
            said = {"kty": self.kty, "needed": needed}
            raise PydanticCustomError("key_parts", "a key of {kty} is made of {needed}", said)
        if self.crv is not None and (self.kty == "OKP") is not (self.crv == "Ed25519"):
            raise PydanticCustomError("key_curve", "the curve is of another kind of key")
        return self


class RulesFact(Fact):
    """An edition of the rules: what it does not name stays as the edition before had it."""

    STREAM: ClassVar[str] = "bureau"
    ABOUT: ClassVar[str] = "edition"

    edition: Ordinal

    @property
    def subject(self) -> str:
        """The same for all, so that two who publish at once meet in one stream."""
        return RULES


class CalendarPublished(RulesFact):
    """A State Council notice was loaded (放假安排通知); a later one for a year corrects it."""

    TYPE: ClassVar[str] = "casetrack.rules.calendar.published.v1"

    years: Several[Year]
    """Which it settles; days of the years beside them count only as far as they are named."""
    notice_no: LongName | None = None
    days_off: Several[Day]
    workdays: Several[Day]
    names: Mapping[Day, Name] | None = None
    """The holiday that a day belongs to or makes up for."""


class PolicyPublished(RulesFact):
    """Limits, pauses, thresholds, recipients or targets were laid down (时限与监察规则)."""

    TYPE: ClassVar[str] = "casetrack.rules.policy.published.v1"

    effective_from: Day
    """A run is judged by the policy of the day on which it started."""
    document: Mapping[str, JsonValue]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the document as it was approved."""
    approved_by: ActorId


class PublisherRegistered(RulesFact):
    """Another system may speak (准予接入); an id that is known is given another entry."""

    TYPE: ClassVar[str] = "casetrack.rules.publisher.registered.v1"

    publisher_id: Identifier
    name: Name
    sources: Several[Pattern]
    types: Several[Pattern]
    key: PublisherKey | None = None
    """By which what it says can be told from what others say in its name."""
    others: Several[Pattern] | None = None
    """The types that are believed of it about subjects that another has founded."""
    backdates: Annotated[int, Field(ge=0)] | Literal["unlimited"] | None = None
    """In working days, how far back its word reaches; unset is the usual bound."""


class PublisherRemoved(RulesFact):
    """A system may speak no longer (停止接入)."""

    TYPE: ClassVar[str] = "casetrack.rules.publisher.removed.v1"

    publisher_id: Identifier
