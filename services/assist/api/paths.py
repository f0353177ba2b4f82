"""
Every command that assist takes over HTTP, whose it is, and where: one path a command.

`POST /v1/tasks` asks for help, under the id that its body brings or under a
new one; `POST /v1/tasks/{task_id}/<path>` is every other command.
"""

from types import MappingProxyType

from services.assist.domain.task import commands, refusals
from shared.commands.counter import Collection, Path, refusals_in
from shared.web.auth import Role

AGENTS = (Role.ASSIST_AGENT,)
CENTRE = (Role.ASSIST_AGENT, Role.DIRECTOR)
COUNTERS = (Role.WINDOW_CLERK, Role.ASSIST_AGENT)

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
            "steps": Path(commands.LogStep, AGENTS),
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
