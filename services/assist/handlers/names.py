"""What assist fills in of a command: the name of its subject, where its words make or prove one."""

from typing import Any

from services.assist.domain.project.commands import EnrolProject
from services.assist.domain.project.refusals import ProjectUnknown
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.contracts.assist.course import PROJECT
from shared.contracts.assist.facts import HOME_SERVICE, agent_named


async def enrolled_before(desk: Desk, command: type[Any], words: Fields) -> Fields:
    """
    Return nothing: a new project gets a number of ours, and who names one means one on the list.

    Raises:
        ProjectUnknown: nobody has enrolled the project that is named.
    """
    name = words["project_id"]
    if command is EnrolProject and name is not None:
        history = await desk.store.load(PROJECT.stream_of(name))
        if not history.events:
            raise ProjectUnknown
    return {}


async def named_agent(_: Desk, __: type[Any], words: Fields) -> Fields:
    """Return the name under which the roster keeps the agent."""
    return {"agent": agent_named(words["agent_id"])}


async def named_service_list(_: Desk, __: type[Any], ___: Fields) -> Fields:
    """Return the name of the list; there is one."""
    return {"servicelist": HOME_SERVICE}
