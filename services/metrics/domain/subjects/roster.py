"""The agent on the roster (帮办代办员名册), and the list of what is done at home (上门帮办清单)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.item import dated
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.assist.course import AGENT, SERVICE_LIST
from shared.contracts.assist.facts import AgentRegistered, ServiceListUpdated
from shared.contracts.course import Course
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date


class Agent(Subject, frozen=True, array_like=True, gc=False, tag="agent"):
    """One agent, and since when which tier and whose people they belong to."""

    COURSE: ClassVar[Course] = AGENT

    ranks: tuple[tuple[date, str], ...] = ()
    """Tier and resource since which day, oldest first; nothing while inactive (K25.1)."""


class ServiceList(Subject, frozen=True, array_like=True, gc=False, tag="servicelist"):
    """The list, version by version."""

    COURSE: ClassVar[Course] = SERVICE_LIST

    sizes: tuple[tuple[date, int], ...] = ()
    """How many items it had since which day, oldest first; of too many the last ones (K06.2)."""


def _registered(agent: Agent, entry: Entry, fact: AgentRegistered) -> Noted:
    rank = f"{fact.tier}:{fact.resource}" if fact.active else ""
    return {"ranks": dated(agent.ranks, business_date(entry.time), rank)}, True


def _updated(services: ServiceList, _: Entry, fact: ServiceListUpdated) -> Noted:
    if not is_meant(fact.published_date):
        return {}, False
    return {"sizes": dated(services.sizes, fact.published_date, len(fact.item_codes))}, True


Agent.NOTING = {AgentRegistered: _registered}
ServiceList.NOTING = {ServiceListUpdated: _updated}
