"""What stands in the way of a command whose fact has no row in the course of its subject."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.commands.command import Command
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.rejection import Rejection

Refusals = Mapping[tuple[str, type[Fact]], type[Rejection]]
"""By state and fact: why it cannot happen there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason, for *facts* in *states*; where it names none of either, for all of them."""

    refusal: type[Rejection]
    facts: Collection[type[Fact]] | None = None
    states: Collection[str] | None = None

    def fits(self, state: str, fact: type[Fact]) -> bool:
        return (self.facts is None or fact in self.facts) and (
            self.states is None or state in self.states
        )


def off_course(course: Course, *rules: Refused) -> Refusals:
    """
    Return the refusal of each pair that *course* has no row for.

    The first of the *rules* that fits counts, as it does with rows. A pair that
    none fits is one that nobody can ask for.
    """
    return MappingProxyType(
        {
            (state, fact): rule.refusal
            for fact in course.facts
            for state in course.states
            for rule in reversed(rules)
            if rule.fits(state, fact) and not course.allows(state, fact)
        }
    )


def require_on_course(course: Course, state: str, command: Command, refusals: Refusals) -> None:
    """
    Refuse *command* where *course* knows no way from *state* by its fact.

    The refusal has the value of the field that it names, and no other.
    """
    if course.allows(state, command.FACT):
        return
    refusal = refusals[state, command.FACT]
    field = refusal.field
    raise refusal(**({field: getattr(command, field)} if field else {}))
