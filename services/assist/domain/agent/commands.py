"""What may be asked of an agent's place on the roster."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.assist import facts
from shared.contracts.assist.words import AgentTier
from shared.contracts.envelope import Fact
from shared.contracts.types import ActorId, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAgent(Command):
    """帮办代办员登记, also anew where something changes; *agent* follows from who it is."""

    FACT: ClassVar[type[Fact]] = facts.AgentRegistered

    agent: Identifier
    agent_id: ActorId
    tier: AgentTier
    resource: facts.AgentResource
    active: bool


AnyCommand = RegisterAgent
