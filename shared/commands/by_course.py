"""A subject whose course says nearly all: its owner remembers where it stands, and its facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar

from shared.commands.command import Command
from shared.commands.decider import Decider, Owners
from shared.commands.off_course import Refusals, require_on_course
from shared.contracts.course import ABSENT, Course
from shared.contracts.envelope import Fact

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Recollection:
    """What its owner remembers of one subject: where it stands, and what took it there in turn."""

    state: str = ABSENT
    facts: tuple[Fact, ...] = ()

    def all(self, kind: type[F]) -> tuple[F, ...]:
        """Return the facts of *kind*."""
        return tuple(fact for fact in self.facts if isinstance(fact, kind))


Statement = Callable[[Recollection, Any], Fact]
"""What a command comes to where it needs more than the course, or the refusal that it meets."""

NONE: Mapping[type[Command], Statement] = MappingProxyType({})


def by_course(
    course: Course,
    refusals: Refusals,
    rules: Mapping[type[Any], Statement] = NONE,
    owners: Callable[[Recollection, Any], Owners] | None = None,
) -> Decider[Recollection, Command]:
    """
    Return who decides about the subjects of *course*; what has no rule is granted as it stands.

    A subject goes forward with every fact, even one of another system that
    leaves out a step; nothing but its first fact begins one.
    """

    def decide(subject: Recollection, command: Command) -> Sequence[Fact]:
        require_on_course(course, subject.state, command, refusals)
        rule = rules.get(type(command))
        return [rule(subject, command) if rule else command.stated()]

    def evolve(subject: Recollection, fact: Fact) -> Recollection:
        state = course.target(subject.state, fact)
        if state is None and subject.state != ABSENT:
            state = course.onward(subject.state, fact)
        return subject if state is None else Recollection(state, (*subject.facts, fact))

    decider = Decider(Recollection(), decide, evolve, apart=course.apart)
    return decider if owners is None else replace(decider, owners=owners)
