"""The bureau's policy: its limits, what may stop their clocks, and when its hall is open."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import time
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, pairwise
from typing import NamedTuple, Self

from pydantic import Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.handling.words import HoldBasis, HoldReason
from shared.contracts.intake.words import Channel
from shared.contracts.types import ItemCode, OrgRef
from shared.contracts.words import ClockName
from shared.policy.guide import Guide
from shared.policy.limits import DAYS_MAX, Limit, Moment, StopMoment, Unit
from shared.policy.publisher import SourcePrefix
from shared.policy.reads import Reads, reads_of
from shared.policy.rule import Bilingual, Rule
from shared.policy.supervision import SupervisionProfile
from shared.policy.unfit import near_too_soon, not_by_guide, out_of_range
from shared.policy.yellow import HoursYellow

PROFILE = "cn-shaanxi-xian-xincheng"
HOUR_SECONDS = 3600

SILENCE, ANSWER = "SLA-01", "SLA-03"
CONTACT, FIX_NOW, LEDGER = "SLA-19", "SLA-20", "SLA-21"
APPEAL = "SLA-23a"
"""How long somebody may appeal; a policy without it sets no bound."""
MENDING = "SLA-15b"
"""How long a defect may take whose order names no day; a policy without it means the shipped."""
TOGETHER = "SLA-06"
"""How long several may take that decide jointly; a policy without it means the shipped."""
NO_GUIDE = Guide(holds=())
DECIDED_BY = (SILENCE, ANSWER, CONTACT, FIX_NOW, LEDGER)
"""The rows by which intake and review decide themselves, in working days."""


class Permission(Rule):
    """On which grounds, and how often in one case, a reason may stop a clock."""

    bases: tuple[HoldBasis, ...]
    times_max: int | None = Field(default=None, ge=1)
    by_guide: bool = False
    """Whether only an item's published guide (办事指南) lets the reason stop the clock."""


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
    hall: tuple[tuple[time, time], ...] = Field(min_length=1)
    """From when to when the hall is open on a working day; only then do hall hours pass."""
    supervision: SupervisionProfile = SupervisionProfile.DEFAULT
    """What the colours of its cards mean."""
    ladder: tuple[str, ...] = ("HANDLER", "SECTION_HEAD", "DEPUTY_DIRECTOR", "DIRECTOR")
    """Who hears of a card that nobody acknowledges, level by level; the first hears it anyway."""
    receiving: tuple[SourcePrefix, ...] = ()
    """The sources of hall and platform; none named, every source is theirs."""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        moments = [moment for session in self.hall for moment in session]
        if any(after <= before for before, after in pairwise(moments)):
            raise ValueError("the hall's hours are not in order")
        return self

    @cached_property
    def hall_seconds(self) -> tuple[tuple[int, int], ...]:
        """The sessions in seconds of the day."""
        return tuple((_second(opens), _second(closes)) for opens, closes in self.hall)

    def receives(self, channel: str, source: str) -> bool:
        """Say whether what *source* told to have come in by *channel* came to hall or platform."""
        ours = not self.receiving or source.casefold().startswith(self.receiving)
        return ours and channel != Channel.OTHER

    @property
    def top_level(self) -> int:
        """How many levels a card can climb."""
        return len(self.ladder) - 1

    @property
    def hall_hours(self) -> int:
        """How many whole hours a working day has."""
        return sum(closes - opens for opens, closes in self.hall_seconds) // HOUR_SECONDS


def _second(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second


class TurnedRow(NamedTuple):
    """What a fact does to a *row*: how that ends with it, then how it begins."""

    row: str
    stops: tuple[StopMoment, ...]
    starts: tuple[Moment, ...]


class Policy(Rule):
    """Everything above, for one bureau; *version* changes with every word of it."""

    bureau: Bureau
    limits: tuple[Limit, ...]
    pauses: tuple[PauseRule, ...]
    guides: Mapping[ItemCode, Guide] | None = None
    """By item; None where no guide is known here."""

    @model_validator(mode="after")
    def _every_row_once(self) -> Self:
        if sorted(rule.reason for rule in self.pauses) != sorted(HoldReason):
            raise ValueError("every reason for a hold has exactly one row")
        ids = [limit.id for limit in self.limits]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"two rows of {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        limits = {limit.id: limit for limit in self.limits}
        for row in DECIDED_BY:
            limit = limits.get(row)
            if limit is None or limit.unit is not Unit.WD or not isinstance(limit.limit, int):
                raise PydanticCustomError(
                    "limit_indispensable", "{row}: services decide by it", {"row": row}
                )
        return self

    @model_validator(mode="after")
    def _near_before_they_end(self) -> Self:
        for limit in self.limits:
            if not isinstance(limit.yellow, HoursYellow) or limit.unit is Unit.HH:
                continue
            days = limit.limit if isinstance(limit.limit, int) else 1
            hours = self.bureau.hall_hours * max(1, days)
            if limit.yellow.hours >= hours:
                raise near_too_soon(limit.id, limit.yellow.hours, hours)
        return self

    @model_validator(mode="after")
    def _guided(self) -> Self:
        """Refuse a length that no row leaves to guides, or with which it is near at once."""
        rows = {limit.id: limit for limit in self.limits}
        for item, guide in (self.guides or {}).items():
            for row, days in guide.limits.items():
                limit = rows.get(row)
                if limit is None or not limit.by_guide:
                    raise not_by_guide(row, item)
                if not 1 <= days <= DAYS_MAX:
                    raise out_of_range(row, days, 1, DAYS_MAX)
                near = limit.yellow.left(days) if limit.yellow else None
                if near and near >= days:
                    raise near_too_soon(row, near, days)
        return self

    @cached_property
    def version(self) -> str:
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]
        return f"{self.bureau.edition}-{digest}"

    @cached_property
    def judged(self) -> tuple[Limit, ...]:
        """The rows in the colours of the bureau's profile of supervision."""
        return tuple(self.bureau.supervision.judged(limit) for limit in self.limits)

    @cached_property
    def by_id(self) -> Mapping[str, Limit]:
        return {limit.id: limit for limit in self.judged}

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[Limit, ...]]:
        """The rows of each kind of subject that anybody hears of, or that send a card up."""
        heard = [one for one in self.judged if one.recipients or one.escalates]
        kinds = dict.fromkeys(limit.subject for limit in self.limits)
        return {kind: tuple(one for one in heard if one.subject == kind) for kind in kinds}

    @cached_property
    def turning(self) -> Mapping[str, Mapping[str, tuple[TurnedRow, ...]]]:
        """By kind of subject and fact, the rows of `by_subject` that begin or end with that."""
        return {
            kind: {
                fact: tuple(
                    TurnedRow(one.id, one.stopping.get(fact, ()), one.starting.get(fact, ()))
                    for one in rows
                    if fact in one.starting or fact in one.stopping
                )
                for fact in {*chain.from_iterable((*one.starting, *one.stopping) for one in rows)}
            }
            for kind, limits in self.by_subject.items()
            if (rows := [one for one in limits if not one.beside])
        }

    @cached_property
    def reads(self) -> Mapping[str, Reads]:
        """What the rows look at, by kind of subject."""
        return reads_of(limit for rows in self.by_subject.values() for limit in rows)

    @cached_property
    def dependents(self) -> Mapping[str, frozenset[str]]:
        """The kinds of subjects whose clocks depend on another kind."""
        found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for kind, read in self.reads.items():
            for other in read.others:
                found[other] |= {kind}
        return found

    @cached_property
    def by_reason(self) -> Mapping[str, PauseRule]:
        return {rule.reason: rule for rule in self.pauses}

    @cached_property
    def _grounds(self) -> Mapping[tuple[str, str, str], Permission]:
        return {
            (clock, rule.reason, basis): permission
            for rule in self.pauses
            for clock, permission in rule.clocks.items()
            for basis in permission.bases
        }

    def may_pause(
        self, clock: str, reason: str, basis: str, *, times_before: int, item: str = ""
    ) -> bool:
        """
        Whether a hold may stop *clock*, after it did so *times_before* for the same reason.

        The hold must also name the clock: what stops is what its producer claims
        and this permits. For a reason that only the guide of an *item* may allow,
        the claim is taken for the guide's word where no guide is known here.
        """
        permission = self._grounds.get((clock, reason, basis))
        if permission is None or self.off_guide(clock, reason, basis, item):
            return False
        return permission.times_max is None or times_before < permission.times_max

    def off_guide(self, clock: str, reason: str, basis: str, item: str) -> bool:
        """Say whether the guide of *item*, where guides are known, keeps a hold from *clock*."""
        permission = self._grounds.get((clock, reason, basis))
        if self.guides is None or permission is None or not permission.by_guide:
            return False
        holds = self.guide_of(item).holds
        return holds is not None and reason not in holds

    def guide_of(self, item: str) -> Guide:
        """Return the guide of *item*; where none is known, one that allows and names nothing."""
        return NO_GUIDE if self.guides is None else self.guides.get(item, NO_GUIDE)

    def circulates(self, item: str, channel: str, source: str) -> bool:
        """Say whether a receipt of *item* passed hall and platform by (体外循环, K13.3)."""
        return self.guide_of(item).stationed and not self.bureau.receives(channel, source)

    def amended(self, **parts: object) -> Self:
        """Return another policy with *parts* in place of these; its version follows."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_validate(kept | parts)


def mending_days(policy: Policy) -> int:
    """Return the working days in which a defect is to be put right where nobody names a day."""
    return _working_days(policy, MENDING)


def joint_days(policy: Policy) -> int:
    """Return the working days that several have who decide jointly, before they are given more."""
    return _working_days(policy, TOGETHER)


def _working_days(policy: Policy, name: str) -> int:
    row = policy.by_id.get(name)
    plain = row is not None and row.unit is Unit.WD and isinstance(row.limit, int)
    return (row if row and plain else bureau_policy().by_id[name]).number


def read_policy(profile: str) -> Policy:
    """Return the policy that is shipped for *profile*."""
    folder = files("shared.policy") / "profiles" / profile
    parts = {
        name: (folder / f"{name}.json").read_bytes() for name in ("bureau", "limits", "pauses")
    }
    return Policy(
        bureau=Bureau.model_validate_json(parts["bureau"]),
        limits=TypeAdapter(tuple[Limit, ...]).validate_json(parts["limits"]),
        pauses=TypeAdapter(tuple[PauseRule, ...]).validate_json(parts["pauses"]),
    )


@cache
def bureau_policy() -> Policy:
    """Return the policy of the bureau that casetrack was built for."""
    return read_policy(PROFILE)
