"""Intake, put together: the only place where its parts meet."""

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.intake.api.events import OVERLOADED, event_routes
from services.intake.api.paths import (
    APPOINTMENTS,
    CASES,
    COMMITTEE_RULES,
    CROSS_REGION,
    GRADING_LISTS,
    INSPECTIONS,
    ITEM_CHANGES,
    ITEM_LISTS,
    JOINT_CASES,
    MEETINGS,
    REFERRALS,
    SCENES,
    SITES,
    STATIONINGS,
    TOOL_USES,
    VISITS,
)
from services.intake.consumer import BEGIN, GROUP, TOPICS, Inbox
from services.intake.domain.appointment import decide as appointment
from services.intake.domain.committeerules import decide as committeerules
from services.intake.domain.gradinglist import decide as gradinglist
from services.intake.domain.itemchange import decide as itemchange
from services.intake.domain.itemlist import decide as itemlist
from services.intake.domain.joint import decide as joint
from services.intake.domain.scene import decide as scene
from services.intake.domain.site import decide as site
from services.intake.domain.stationing import decide as stationing
from services.intake.domain.tooluse import decide as tooluse
from services.intake.domain.visit import decide as visit
from services.intake.domain.xregion import decide as xregion
from services.intake.handlers.commands import Commands
from services.intake.handlers.commits import Overloaded, SharedCommits
from services.intake.handlers.committee import named_grading_list, named_rules
from services.intake.handlers.gateway import Gateway
from services.intake.handlers.hall import Appointments
from services.intake.handlers.items import (
    named_change,
    named_list,
    named_scene,
    named_site,
    named_stationing,
)
from services.intake.handlers.joint import JointCases
from services.intake.handlers.timekeeper import Timekeeper
from services.intake.settings import IntakeSettings
from shared.commands.counter import command_routes
from shared.commands.life import serve_and_read
from shared.commands.rules_in_force import RulesInForce
from shared.commands.service import Faults, Service, owners_pool
from shared.commands.subject import Decided, subject_routes
from shared.contracts.committee import course
from shared.contracts.intake.course import APPOINTMENT, TOOL_USE, VISIT
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.joint.course import JOINT, SCENE
from shared.contracts.site.course import SITE
from shared.contracts.xregion.course import XREGION
from shared.eventstore.port import Timers
from shared.eventstore.timers import PostgresTimers
from shared.kafka.membership import Subscription
from shared.policy.rules import shipped
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.measures import HALL_SECONDS, Scraped
from shared.web.gate import AuthSettings
from shared.web.problems import FaultAnswer

BATCH_BYTES_MAX = 16 * 1024 * 1024
"""A batch may be larger than an event, which has 1 MiB at most."""

MESSAGES = files("services.intake.api") / "messages"

FAULTS: Faults = {Overloaded: FaultAnswer(*OVERLOADED, retry_after_seconds=1)}


@dataclass(frozen=True, kw_only=True)
class Intake(Service):
    """Commands of the bureau's people, and the gateway for other systems' facts."""

    trial: bool = False
    """Whether somebody may speak from every source that is not ours."""
    known: bool = False
    """Whether the broker knows who speaks."""

    @cached_property
    def web(self) -> FastAPI:
        # Routes are tried in their order, and most requests bring events.
        routers = [
            event_routes(self.gateway, Catalogue.read(OWN, MESSAGES)),
            command_routes([CASES, INSPECTIONS, REFERRALS, MEETINGS], self.commands.take),
            *subject_routes(self.by_course, self.desk),
        ]
        return self.edge(
            Scraped.INTAKE,
            routers,
            MESSAGES,
            faults=FAULTS,
            body_bytes_max=BATCH_BYTES_MAX,
            register=lambda: self.gateway.publishers,
        )

    @property
    def by_course(self) -> tuple[Decided, ...]:
        """The subjects that their courses decide."""
        return (
            Decided(
                GRADING_LISTS, course.GRADING_LIST, gradinglist.DECIDER, ours=named_grading_list
            ),
            Decided(
                COMMITTEE_RULES, course.COMMITTEE_RULES, committeerules.DECIDER, ours=named_rules
            ),
            Decided(CROSS_REGION, XREGION, xregion.DECIDER),
            Decided(JOINT_CASES, JOINT, joint.DECIDER, JointCases(self.rules)),
            Decided(ITEM_CHANGES, ITEM_CHANGE, itemchange.DECIDER, ours=named_change),
            Decided(ITEM_LISTS, ITEM_LIST, itemlist.DECIDER, ours=named_list),
            Decided(STATIONINGS, STATIONING, stationing.DECIDER, ours=named_stationing),
            Decided(APPOINTMENTS, APPOINTMENT, appointment.DECIDER, Appointments(self.rules)),
            Decided(VISITS, VISIT, visit.DECIDER),
            Decided(TOOL_USES, TOOL_USE, tooluse.DECIDER),
            Decided(SCENES, SCENE, scene.DECIDER, ours=named_scene),
            Decided(SITES, SITE, site.DECIDER, ours=named_site),
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(self.desk, self.rules)

    def timekeeper(self, timers: Timers) -> Timekeeper:
        """Return who ends silences, by *timers* over our store."""
        return Timekeeper(timers, self.desk, self.rules, self.district)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.gateway, self.rules, self.shares, known=self.known)

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway(self.store, self.commits, self.rules, self.clock)

    @cached_property
    def rules(self) -> RulesInForce:
        """Shared by all that decides; follow it while the service lives."""
        return RulesInForce(self.store, shipped(trial=self.trial))

    @cached_property
    def commits(self) -> SharedCommits:
        """Shared by HTTP and inbox; enter it before either is served."""
        return SharedCommits(self.store)


async def live(settings: IntakeSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP, read the inbox and keep the time until *stopping*."""
    async with await owners_pool(settings) as pool:
        intake = replace(
            Intake.over(pool, settings, auth),
            trial=settings.trial,
            known=settings.broker.knows_us,
        )
        keeper = intake.timekeeper(PostgresTimers(pool))
        HALL_SECONDS.set_function(lambda: intake.rules.newest.hall_seconds(intake.clock.now()))
        async with intake.commits, asyncio.TaskGroup() as tasks:
            tasks.create_task(intake.rules.follow(intake.clock, stopping), name="rules")
            tasks.create_task(keeper.run(stopping), name="timekeeper")
            tasks.create_task(keeper.watchdog.watch(stopping), name="watchdog")
            await serve_and_read(
                intake.web,
                Subscription(settings.broker, TOPICS, GROUP, BEGIN),
                intake.inbox.handle,
                settings=settings,
                clock=intake.clock,
                stopping=stopping,
            )
