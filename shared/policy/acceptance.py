"""What holds before acceptance where nobody says otherwise (受理环节默认规则), in working days."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import Field

from shared.contracts.words import GradeLevel
from shared.policy.rule import Rule
from shared.policy.sla import ANSWER, PROFILE, SILENCE, Policy


class DeemedTerms(Rule):
    """
    The terms of an application that silence accepted (视为受理).

    Nobody promised less than the law allows, so both limits are the law's.
    """

    limit_days: int = Field(ge=1)
    """Licensing Law, article 42, paragraph 1 (T-08)."""
    joint_limit_days: int = Field(ge=1)
    """Where authorities decide jointly: paragraph 2 (T-10)."""
    grade: GradeLevel
    document: str = Field(min_length=1, max_length=40)
    """Nobody wrote an acceptance; what stands in its place is of this type."""


@dataclass(frozen=True, slots=True)
class AcceptanceTerms:
    """What a bureau lays down for all of its items."""

    silence_days: int
    """How long the bureau may say nothing before an application counts as accepted (T-05)."""
    answer_days: int
    """The applicant's time where a correction notice names no day."""
    deemed: DeemedTerms


@cache
def deemed_terms() -> DeemedTerms:
    """Return the terms of the bureau that casetrack was built for."""
    source = files("shared.policy") / "profiles" / PROFILE / "acceptance.json"
    return DeemedTerms.model_validate_json(source.read_bytes())


def acceptance_terms(policy: Policy) -> AcceptanceTerms:
    """Return the terms under *policy*."""
    limits = policy.by_id
    return AcceptanceTerms(limits[SILENCE].number, limits[ANSWER].number, deemed_terms())
