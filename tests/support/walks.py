"""Random walks of commands along the course of one subject, seed by seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.commands.command import Command
from shared.contracts.envelope import Event, Fact
from shared.contracts.rejection import Blame, Rejection
from shared.policy.calendar import ZONE
from tests.support.by_course import Owned
from tests.support.intake_cases import NINE, NO

WALK = 60
"""So many commands are asked for."""

Choice = Callable[[Random], Any]
Refused = tuple[str, type[Fact], str]
"""In which state what was refused although the course allows it, and the code."""


@dataclass
class Walk:
    """Where a random walk of commands ended, the facts that it made, and what was refused."""

    subject: Any
    facts: list[Event] = field(default_factory=list)
    refused: set[Refused] = field(default_factory=set)


@dataclass(frozen=True)
class Walked:
    """A kind of subject, and what may be asked of it."""

    owned: Owned
    asked: Sequence[Choice]

    def walk(self, seed: int) -> Walk:
        decider = self.owned.decider
        chance = Random(seed)  # noqa: S311 - a story, no secret
        walk, at = Walk(decider.initial), NINE
        for _ in range(WALK):
            at += timedelta(hours=chance.randrange(60))
            command = replace(chance.choice(self.asked)(chance), at=at.astimezone(ZONE))
            try:
                decided = decider.decide(walk.subject, command)
            except Rejection as refusal:
                walk.refused |= self._beside_the_course(
                    self.owned.state(walk.subject), command, refusal
                )
                continue
            for fact in decided:
                walk.subject = decider.evolve(walk.subject, fact)
                walk.facts.append(_event(fact, len(walk.facts) + 1, at))
        return walk

    def _beside_the_course(self, state: str, command: Command, refusal: Rejection) -> set[Refused]:
        allowed = self.owned.course.allows(state, command.FACT)
        if not allowed or refusal.blame is Blame.COMMAND:
            return set()
        return {(state, command.FACT, refusal.code)}


def _event(fact: Fact, number: int, at: datetime) -> Event:
    return Event.of(
        fact,
        id=f"{number:03}",
        source="urn:casetrack:610102:ours",
        time=at,
        recordedtime=at,
        sequence=str(number),
        partitionkey=NO,
    )
