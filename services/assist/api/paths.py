"""
Every command that assist takes over HTTP, whose it is, and where: one path a command.

`POST /v1/tasks` asks for help, under the id that its body brings or under a
new one; `POST /v1/tasks/{task_id}/<path>` is every other command.
"""

from types import MappingProxyType

from services.assist.domain.task import commands, refusals
from shared.commands.access import granted
from shared.commands.counter import Collection, Path, refusals_in
from shared.policy.organisations import Scope
from shared.web.auth import Role

AGENTS = granted([Role.ASSIST_AGENT], Scope.LINE)
"""District, street and community help in one line: what is asked above is done below."""
CENTRE = {**AGENTS, **granted([Role.DIRECTOR], Scope.BELOW)}
COUNTERS = {**granted([Role.WINDOW_CLERK], Scope.BELOW), **AGENTS}

TASKS = Collection(
    name="tasks",
    subject="task_id",
    refusals=refusals_in(refusals),
    first=Path(commands.RequestAssist, COUNTERS),
    paths=MappingProxyType(
        {
            "acceptance": Path(commands.AcceptTask, CENTRE),
            "refusal": Path(commands.DeclineTask, CENTRE),
            "agents": Path(commands.AssignAgent, CENTRE),
            "mandates": Path(commands.SignMandate, AGENTS),
            "steps": Path(commands.LogStep, AGENTS, outside=frozenset({"department"})),
            "visits": Path(commands.MakeVisit, AGENTS),
            "blocks": Path(commands.BlockTask, AGENTS),
            "blocks/endings": Path(commands.UnblockTask, AGENTS),
            "termination": Path(commands.TerminateTask, AGENTS),
            "renewals": Path(commands.RenewTask, AGENTS),
            "completion": Path(commands.CompleteTask, AGENTS),
            "ratings": Path(commands.RateTask, COUNTERS),
        }
    ),
)

COLLECTIONS = (TASKS,)
