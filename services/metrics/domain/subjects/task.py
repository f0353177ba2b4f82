"""The assist task (帮办代办)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.assist import facts
from shared.contracts.assist.course import TASK
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date

ITEMS_MAX = 32
"""So many items of one request are kept; nobody is helped with more at once."""


class Task(Subject, frozen=True, array_like=True, gc=False, tag="task"):
    """One request for help, from its submission to its rating."""

    COURSE: ClassVar[Course] = TASK
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset(
        {facts.AssistDeclined, facts.AssistTerminated, facts.AssistCompleted}
    )

    kind: str = ""
    """For whom: key project, five-up enterprise, special group, anybody (K04.1, K05.1, K06.3)."""
    mode: str = ""
    """Help, acting for somebody, or at home (K06.1, SLA-28)."""
    system: str = ""
    """Where it was asked for: 西安助企, 西安帮办, a window … (K05.2, K06.1)."""
    project: str = ""
    """The key project that it serves: projects count, not tasks (K04.1)."""
    party: str = ""
    """Who is helped, by token: enterprises count, not visits (K05.1)."""
    special_group: bool = False
    """Whether somebody old, ill or disabled is helped; the flag and no more (K06.3, PD-06)."""
    five_up: str = ""
    """The class of a five-up enterprise (K05.1)."""
    item_codes: tuple[str, ...] = ()
    """What it is about (K25.4)."""
    accepted_on: date | None = None
    """When the centre took it: a project counts from then on (K04.1)."""
    contacted_on: date | None = None
    """When an agent first answered for it (K05.2, SLA-27)."""
    tier: str = ""
    """At which level the agent works: BLOCK_POINT is inside a park or building (K05.3, K25.1)."""
    agent: str = ""
    """Who answers for it, by pseudonym (K25.5)."""
    site: str = ""
    """Where the agent belongs (K05.3, K25.4)."""
    stages: tuple[str, ...] = ()
    """Before, during, after: which stages the notes cover (K04.3, K25.4)."""
    visits: int = 0
    visited_on: date | None = None
    """When the agent first called (K06.1, SLA-28)."""
    place: str = ""
    """Where the agent last called: enterprise, home, park, building (K05.1, K05.3)."""
    blocker: str = ""
    """For whom it waits now, if it does (SLA-28b)."""
    on_time: bool | None = None
    """Whether it kept to its promise, as assist says (A-04)."""
    level: str = ""
    """How satisfied whoever was helped is (K06.3, K25.3)."""
    rated_on: date | None = None


def _requested(task: Task, _: Entry, fact: facts.AssistRequested) -> Noted:
    if task.kind:
        return {}, False
    return {
        "kind": fact.kind.value,
        "mode": fact.mode.value,
        "system": fact.system,
        "project": fact.project_id or "",
        "party": fact.party.party_token,
        "special_group": bool(fact.party.special_group),
        "five_up": fact.party.five_up.value if fact.party.five_up else "",
        "item_codes": fact.item_codes[:ITEMS_MAX],
    }, True


def _accepted(_: Task, entry: Entry, __: facts.AssistAccepted) -> Noted:
    return {"accepted_on": business_date(entry.time)}, True


def _assigned(task: Task, entry: Entry, fact: facts.AgentAssigned) -> Noted:
    return {
        "tier": fact.tier.value,
        "agent": fact.agent_id,
        "site": fact.site_id or "",
        "contacted_on": task.contacted_on or business_date(entry.time),
    }, True


def _logged(task: Task, _: Entry, fact: facts.AssistStepLogged) -> Noted:
    return {"stages": tuple(sorted({*task.stages, fact.stage.value}))}, True


def _visited(task: Task, entry: Entry, fact: facts.AssistVisitMade) -> Noted:
    first = task.visited_on or business_date(entry.time)
    return {"visits": task.visits + 1, "visited_on": first, "place": fact.place}, True


def _blocked(_: Task, __: Entry, fact: facts.AssistBlocked) -> Noted:
    return {"blocker": fact.blocker}, True


def _freed(_: Task, __: Entry, ___: facts.AssistUnblocked | facts.AssistTerminated) -> Noted:
    return {"blocker": ""}, True


def _completed(_: Task, __: Entry, fact: facts.AssistCompleted) -> Noted:
    return {"on_time": fact.on_time}, True


def _rated(_: Task, entry: Entry, fact: facts.AssistRated) -> Noted:
    return {"level": fact.level.value, "rated_on": business_date(entry.time)}, True


Task.NOTING = {
    facts.AssistRequested: _requested,
    facts.AssistAccepted: _accepted,
    facts.AgentAssigned: _assigned,
    facts.AssistStepLogged: _logged,
    facts.AssistVisitMade: _visited,
    facts.AssistBlocked: _blocked,
    facts.AssistUnblocked: _freed,
    facts.AssistTerminated: _freed,
    facts.AssistCompleted: _completed,
    facts.AssistRated: _rated,
}
