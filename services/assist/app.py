"""Assist, put together: the only place where its parts meet."""

import asyncio
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.assist.api.paths import (
    AGENCIES,
    BENEFITS,
    ENGAGEMENTS,
    NEEDS,
    POLICIES,
    PROBLEMS,
    PROJECTS,
    ROSTERED_AGENTS,
    SERVICE_LISTS,
    TASKS,
    UNCLAIMED_BENEFITS,
    VISITS,
    WALKTHROUGHS,
)
from services.assist.consumer import GROUP, TOPICS, ForeignTasks
from services.assist.domain.agency import decide as agencies
from services.assist.domain.agent import decide as agents
from services.assist.domain.benefit import decide as benefits
from services.assist.domain.engagement import decide as engagements
from services.assist.domain.need import decide as needs
from services.assist.domain.outreach import decide as outreach
from services.assist.domain.policy import decide as policies
from services.assist.domain.problem import decide as problems
from services.assist.domain.project import decide as projects
from services.assist.domain.servicelist import decide as service_lists
from services.assist.domain.task import decide as tasks
from services.assist.domain.walkthrough import decide as walkthroughs
from services.assist.handlers.lookups import Engagements, listed_as
from services.assist.handlers.names import enrolled_before, named_agent, named_service_list
from services.assist.settings import AssistSettings
from shared.commands.adoption import Adoption
from shared.commands.life import serve_and_read
from shared.commands.rules_in_force import RulesInForce
from shared.commands.service import Service
from shared.commands.subject import Decided, subject_routes
from shared.contracts.activity.course import PROBLEM, WALKTHROUGH
from shared.contracts.assist.course import AGENT, PROJECT, SERVICE_LIST, TASK
from shared.contracts.intermediary.course import AGENCY, ENGAGEMENT
from shared.contracts.outreach.course import NEED, OUTREACH
from shared.contracts.policy.course import BENEFIT, POLICY_ITEM
from shared.contracts.registry import Owner, kinds_of
from shared.contracts.standing import JUDGEMENTS
from shared.kafka.membership import Subscription
from shared.runtime.measures import Scraped
from shared.web.gate import AuthSettings

MESSAGES = files("services.assist.api") / "messages"


@dataclass(frozen=True, kw_only=True)
class Assist(Service):
    """Commands on what assist keeps, and what other systems say of it."""

    @cached_property
    def web(self) -> FastAPI:
        return self.edge(Scraped.ASSIST, subject_routes(self.by_course, self.desk), MESSAGES)

    @property
    def by_course(self) -> tuple[Decided, ...]:
        """The subjects that assist decides about."""
        return (
            Decided(TASKS, TASK, tasks.DECIDER),
            Decided(WALKTHROUGHS, WALKTHROUGH, walkthroughs.DECIDER),
            Decided(PROBLEMS, PROBLEM, problems.DECIDER),
            Decided(AGENCIES, AGENCY, agencies.DECIDER),
            Decided(ENGAGEMENTS, ENGAGEMENT, engagements.DECIDER, Engagements(self.rules)),
            Decided(POLICIES, POLICY_ITEM, policies.DECIDER),
            Decided(BENEFITS, BENEFIT, benefits.DECIDER, listed_as),
            Decided(UNCLAIMED_BENEFITS, BENEFIT, benefits.DECIDER, listed_as),
            Decided(PROJECTS, PROJECT, projects.DECIDER, enrolled_before),
            Decided(ROSTERED_AGENTS, AGENT, agents.DECIDER, ours=named_agent),
            Decided(SERVICE_LISTS, SERVICE_LIST, service_lists.DECIDER, ours=named_service_list),
            Decided(VISITS, OUTREACH, outreach.DECIDER),
            Decided(NEEDS, NEED, needs.DECIDER),
        )

    @cached_property
    def foreign_tasks(self) -> ForeignTasks:
        return ForeignTasks(
            Adoption(self.store, [*kinds_of(Owner.ASSIST), *(fact.TYPE for fact in JUDGEMENTS)]),
            self.rules,
        )

    @cached_property
    def rules(self) -> RulesInForce:
        """The calendar by which agencies are late or not; follow it while the service lives."""
        return RulesInForce(self.store)


async def live(settings: AssistSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP and take over foreign facts until *stopping*."""
    async with Assist.opened(settings, auth) as assist, asyncio.TaskGroup() as tasks:
        tasks.create_task(assist.rules.follow(assist.clock, stopping), name="rules")
        await serve_and_read(
            assist.web,
            Subscription(settings.broker, TOPICS, GROUP),
            assist.foreign_tasks.handle,
            settings=settings,
            clock=assist.clock,
            stopping=stopping,
        )
