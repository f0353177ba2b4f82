"""The register of organisations (机构名录): who is below whom, who was merged into whom."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Self

from pydantic import TypeAdapter, model_validator

from shared.contracts.types import CreditCode, Name, OrgRef
from shared.policy.rule import Rule
from shared.policy.sla import PROFILE


class Scope(StrEnum):
    """Whose subjects somebody reaches, seen from the own organisation; the narrowest first."""

    OWN = "OWN"
    """The own organisation's."""
    BELOW = "BELOW"
    """Those and the ones of the organisations below: from the bureau itself everybody's."""
    LINE = "LINE"
    """Those, and the ones of the organisations above, which send their work down."""


class Organisation(Rule):
    """One entry; what was *merged_into* another keeps its name, its subjects are the other's."""

    org_code: CreditCode
    org_name: Name
    parent: CreditCode | None = None
    merged_into: CreditCode | None = None


class Organisations(Rule):
    """The register of one bureau, which stands above all others."""

    entries: tuple[Organisation, ...]

    @model_validator(mode="after")
    def _one_tree(self) -> Self:
        if len(self.by_code) != len(self.entries):
            raise ValueError("an organisation stands in the register once")
        tops = [one for one in self.entries if not (one.parent or one.merged_into)]
        if len(tops) != 1:
            raise ValueError("exactly one organisation stands above all others")
        for one in self.entries:
            if one.parent and one.merged_into:
                raise ValueError(f"{one.org_code} is below another or merged into it, not both")
            *_, last = self._upwards(one.org_code)
            if last != tops[0].org_code:
                raise ValueError(f"{one.org_code} does not lead to the bureau")
        return self

    @cached_property
    def by_code(self) -> Mapping[str, Organisation]:
        return {one.org_code: one for one in self.entries}

    @cached_property
    def bureau(self) -> str:
        """The code of the organisation above all others."""
        return next(
            code for code, one in self.by_code.items() if not (one.parent or one.merged_into)
        )

    def named(self, org_code: str) -> OrgRef:
        """Return how a fact names the organisation *org_code* of the register."""
        return OrgRef(org_code=org_code, org_name=self.by_code[org_code].org_name)

    def today(self, org_code: str) -> str | None:
        """Return who answers for *org_code* now that it may be merged, None where it is unknown."""
        while (one := self.by_code.get(org_code)) is not None and one.merged_into is not None:
            org_code = one.merged_into
        return org_code if one is not None else None

    def admits(self, own: str, scope: Scope, owners: Collection[str]) -> bool:
        """
        Say whether *scope*, seen from *own*, has one of the *owners* of a subject in it.

        Somebody answers for every subject: where nobody of the register does,
        the bureau itself.
        """
        return any(
            self._reaches(own, scope, owner)
            for owner in {self.today(one) or self.bureau for one in owners or (self.bureau,)}
        )

    def reached(self, own: str, scope: Scope) -> frozenset[str]:
        """Return those, merged ones too, whose subjects *scope* has in it, seen from *own*."""
        return frozenset(code for code in self.by_code if self.admits(own, scope, (code,)))

    def _reaches(self, own: str, scope: Scope, owner: str) -> bool:
        match scope:
            case Scope.OWN:
                return own == owner
            case Scope.BELOW:
                return own in self._upwards(owner)
            case Scope.LINE:
                return own in self._upwards(owner) or owner in self._upwards(own)

    def _upwards(self, org_code: str) -> Iterator[str]:
        """Yield *org_code* and all above it; of a circle every one once."""
        passed = set[str]()
        following: str | None = org_code
        while following is not None and following not in passed:
            passed.add(following)
            yield following
            one = self.by_code.get(following)
            following = (one.merged_into or one.parent) if one else None


def bureau() -> str:
    """Return the code of the bureau that casetrack was built for."""
    return organisations().bureau


@cache
def organisations() -> Organisations:
    """Return the register of the bureau that casetrack was built for."""
    source = files("shared.policy") / "profiles" / PROFILE / "organisations.json"
    entries = TypeAdapter(tuple[Organisation, ...]).validate_json(source.read_bytes())
    return Organisations(entries=entries)
