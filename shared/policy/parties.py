"""Whose time it is (用时方): what waits for somebody else than the bureau, and until when."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Self

from pydantic import Field, model_validator

from shared.contracts.handling.words import HoldReason
from shared.contracts.words import ClockParty
from shared.policy.limits import COURSE_OF
from shared.policy.rule import Rule
from shared.policy.sla import PROFILE


class Turning(Rule):
    """A fact with which it becomes somebody's turn, or ceases to be."""

    fact: str
    when: str | None = None
    """The guard of the course that the fact must meet."""


class AwaitedStretch(Rule):
    """A stretch of one kind of subject in which work waits for *party*."""

    party: ClockParty
    subject: str
    alone: bool = False
    """Whether only the subject waits, and its case goes on."""
    since: tuple[Turning, ...] = Field(min_length=1)
    until: tuple[Turning, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := next(self._unknown(), None):
            raise ValueError(f"{self.subject} has no {unknown}")
        return self

    def _unknown(self) -> Iterator[str]:
        course = COURSE_OF[self.subject]
        facts = {one.TYPE: one for one in course.facts}
        for one in (*self.since, *self.until):
            if one.fact not in facts:
                yield one.fact
            elif one.when not in (None, *(guard.name for guard in course.guards(facts[one.fact]))):
                yield f"{one.fact}, {one.when}"

    @cached_property
    def beginning(self) -> Mapping[str, frozenset[str | None]]:
        """The facts with which it begins, each with the guards that are asked of it."""
        return _asked(self.since)

    @cached_property
    def ending(self) -> Mapping[str, frozenset[str | None]]:
        """The facts with which it ends, each with the guards that are asked of it."""
        return _asked(self.until)


def _asked(turnings: Iterable[Turning]) -> Mapping[str, frozenset[str | None]]:
    asked: dict[str, frozenset[str | None]] = {}
    for one in turnings:
        asked[one.fact] = asked.get(one.fact, frozenset()) | {one.when}
    return asked


class Parties(Rule):
    """Who is waited for: by the reason of a hold or a standstill, and by what the courses say."""

    reasons: Mapping[str, ClockParty]
    waits: tuple[AwaitedStretch, ...]

    @model_validator(mode="after")
    def _every_reason(self) -> Self:
        if missing := sorted({*HoldReason} - self.reasons.keys()):
            raise ValueError(f"who is waited for with {', '.join(missing)}?")
        return self

    def of_reason(self, reason: str) -> ClockParty:
        """Return who is waited for; what nobody else is known to cause is the bureau's."""
        return self.reasons.get(reason, ClockParty.BUREAU)

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[AwaitedStretch, ...]]:
        kinds = dict.fromkeys(one.subject for one in self.waits)
        return {kind: tuple(one for one in self.waits if one.subject == kind) for kind in kinds}


@cache
def bureau_parties() -> Parties:
    """Return who is waited for at the bureau that casetrack was built for."""
    source = files("shared.policy") / "profiles" / PROFILE / "parties.json"
    return Parties.model_validate_json(source.read_bytes())
