"""What is promised, how long it may take, what stops its clock: the bureau's policy as data."""

import hashlib
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from shared.contracts.handling.words import HoldBasis, HoldReason
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.types import OrgRef
from shared.contracts.words import ClockName

PROFILE = "cn-shaanxi-xian-xincheng"

Bilingual = Annotated[dict[str, str], Field(min_length=2)]
"""The same words in ``zh-CN`` and ``en``."""


class Rule(BaseModel):
    """A part of the policy: frozen, and strict, because we write it ourselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class YellowRule(Rule):
    """How many days before the end a limit is near (临期)."""

    fraction: Decimal = Field(gt=0, lt=1)
    days_min: int = Field(ge=0)
    days_max: int = Field(ge=0)
    zero_upto: int = Field(ge=0)
    """A limit of so many days or less is near on its last day only."""
    limit_min: int = Field(ge=0)
    """A shorter limit has no yellow: an immediate case is either done today or late."""

    @cached_property
    def _ratio(self) -> tuple[int, int]:
        return self.fraction.as_integer_ratio()

    def days(self, limit: int) -> int | None:
        """Return from how many days left on *limit* is near; None where it never is."""
        if limit < self.limit_min:
            return None
        if limit <= self.zero_upto:
            return 0
        part, whole = self._ratio
        return min(self.days_max, max(self.days_min, limit * part // whole))


class Sla(Rule):
    """One promise (监察规则): which clock, what starts and stops it, who hears of it."""

    id: str = Field(pattern=r"^SLA-[0-9]{2}[a-z]?$")
    name: Bilingual
    clock: ClockName
    basis: AlertBasis
    severity: Literal[1, 2]
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    yellow: YellowRule
    recipients: Mapping[AlertLevel, tuple[str, ...]]


class Permission(Rule):
    """On which grounds, and how often in one case, a reason may stop a clock."""

    bases: tuple[HoldBasis, ...]
    times_max: int | None = Field(default=None, ge=1)


class PauseRule(Rule):
    """What one reason for a hold may stop; a clock that is not named runs on."""

    reason: HoldReason
    ground: Bilingual
    clocks: Mapping[ClockName, Permission]


class Bureau(Rule):
    """The bureau itself, and what holds for all of its promises."""

    profile: str
    edition: str
    org: OrgRef
    cut_off: time
    """The last moment of a due day."""
    extensions_max: int = Field(ge=0)


class Policy(Rule):
    """Everything above, for one bureau; *version* changes with every word of it."""

    bureau: Bureau
    slas: tuple[Sla, ...]
    pauses: tuple[PauseRule, ...]

    @model_validator(mode="after")
    def _every_reason_once(self) -> Self:
        if sorted(rule.reason for rule in self.pauses) != sorted(HoldReason):
            raise ValueError("every reason for a hold has exactly one row")
        if len(self.by_clock) != len(self.slas):
            raise ValueError("two promises share a clock")
        return self

    @cached_property
    def version(self) -> str:
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]
        return f"{self.bureau.edition}-{digest}"

    @cached_property
    def by_clock(self) -> Mapping[str, Sla]:
        return {sla.clock: sla for sla in self.slas}

    @cached_property
    def by_reason(self) -> Mapping[str, PauseRule]:
        return {rule.reason: rule for rule in self.pauses}

    @cached_property
    def _grounds(self) -> Mapping[tuple[str, str, str], int | None]:
        return {
            (clock, rule.reason, basis): permission.times_max
            for rule in self.pauses
            for clock, permission in rule.clocks.items()
            for basis in permission.bases
        }

    def may_pause(self, clock: str, reason: str, basis: str, *, times_before: int) -> bool:
        """
        Whether a hold may stop *clock*, after it did so *times_before* for the same reason.

        The hold must also name the clock: what stops is what its producer claims
        and this permits. For a reason that only an item's guide may allow, the
        claim is taken for the guide's word until guides are known here.
        """
        try:
            times_max = self._grounds[clock, reason, basis]
        except KeyError:
            return False
        return times_max is None or times_before < times_max

    def amended(self, **parts: object) -> Self:
        """Return another policy with *parts* in place of these; its version follows."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_validate(kept | parts)


def read_policy(profile: str) -> Policy:
    """Return the policy that is shipped for *profile*."""
    folder = files("shared.policy") / "profiles" / profile
    parts = {name: (folder / f"{name}.json").read_bytes() for name in ("bureau", "sla", "pauses")}
    return Policy(
        bureau=Bureau.model_validate_json(parts["bureau"]),
        slas=TypeAdapter(tuple[Sla, ...]).validate_json(parts["sla"]),
        pauses=TypeAdapter(tuple[PauseRule, ...]).validate_json(parts["pauses"]),
    )


@cache
def bureau_policy() -> Policy:
    """Return the policy of the bureau that casetrack was built for."""
    return read_policy(PROFILE)
