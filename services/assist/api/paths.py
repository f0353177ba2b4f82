"""
Every command that assist takes over HTTP, whose it is, and where: one path a command.

`POST /v1/<collection>` begins a history, under the id that its body brings or
under a new one; `POST /v1/<collection>/{id}/<path>` is every other command.
"""

from types import MappingProxyType

from services.assist.domain.agency import commands as agency
from services.assist.domain.agency import refusals as agency_refusals
from services.assist.domain.agent import commands as agent
from services.assist.domain.agent import refusals as agent_refusals
from services.assist.domain.benefit import commands as benefit
from services.assist.domain.benefit import refusals as benefit_refusals
from services.assist.domain.engagement import commands as engagement
from services.assist.domain.engagement import refusals as engagement_refusals
from services.assist.domain.need import commands as need
from services.assist.domain.need import refusals as need_refusals
from services.assist.domain.outreach import commands as outreach
from services.assist.domain.outreach import refusals as outreach_refusals
from services.assist.domain.policy import commands as policy
from services.assist.domain.policy import refusals as policy_refusals
from services.assist.domain.problem import commands as problem
from services.assist.domain.problem import refusals as problem_refusals
from services.assist.domain.project import commands as project
from services.assist.domain.project import refusals as project_refusals
from services.assist.domain.servicelist import commands as servicelist
from services.assist.domain.servicelist import refusals as servicelist_refusals
from services.assist.domain.task import commands, refusals
from services.assist.domain.walkthrough import commands as walkthrough
from services.assist.domain.walkthrough import refusals as walkthrough_refusals
from shared.commands.access import granted
from shared.commands.counter import Collection, Path, refusals_in
from shared.policy.organisations import Scope
from shared.web.auth import Role

AGENTS = granted([Role.ASSIST_AGENT], Scope.LINE)
"""District, street and community help in one line: what is asked above is done below."""
CENTRE = {**AGENTS, **granted([Role.DIRECTOR], Scope.BELOW)}
COUNTERS = {**granted([Role.WINDOW_CLERK], Scope.BELOW), **AGENTS}
WALKERS = granted([Role.DIRECTOR, Role.SUPERVISOR], Scope.BELOW)
"""Leaders walk the public's way (我陪群众走流程), and those who watch over them report it."""
OWNERS = {**WALKERS, **granted([Role.HANDLER], Scope.OWN)}
SECTION = {**granted([Role.HANDLER], Scope.OWN), **granted([Role.DIRECTOR], Scope.BELOW)}
"""Who examines an agency that wants to be let in (入驻审核), and grants what a policy offers."""
ROSTER = granted([Role.DIRECTOR], Scope.BELOW)
"""Who says who helps (帮办代办员名册)."""
LISTS = granted([Role.DIRECTOR, Role.LAW_DESK], Scope.BELOW)
"""Who keeps the list of what is done at home, as the other lists of items."""
VISITORS = {**CENTRE, **granted([Role.HANDLER], Scope.OWN)}
"""Who goes to those who are served (五进五送), and meets their needs."""

BENEFIT = frozenset({"claim_id", "policy_class"})
"""Its number is ours to give, and the list says of which class its policy is."""

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

WALKTHROUGHS = Collection(
    name="walkthroughs",
    subject="walk_id",
    refusals=refusals_in(walkthrough_refusals),
    first=Path(walkthrough.CompleteWalkthrough, WALKERS),
)

PROBLEMS = Collection(
    name="problems",
    subject="problem_id",
    refusals=refusals_in(problem_refusals),
    first=Path(problem.FindProblem, WALKERS),
    paths=MappingProxyType({"resolution": Path(problem.ResolveProblem, OWNERS)}),
)

AGENCIES = Collection(
    name="agencies",
    subject="agency_token",
    refusals=refusals_in(agency_refusals),
    first=Path(agency.ApplyForAdmission, COUNTERS),
    paths=MappingProxyType(
        {
            "admission": Path(agency.AdmitAgency, SECTION),
            "refusal": Path(agency.RefuseAgency, SECTION),
            "removal": Path(agency.RemoveAgency, SECTION),
        }
    ),
)

POLICIES = Collection(
    name="policies",
    subject="policy_id",
    refusals=refusals_in(policy_refusals),
    first=Path(policy.ListPolicy, CENTRE, outside=frozenset({"issuer"})),
)

PROJECTS = Collection(
    name="projects",
    subject="project_id",
    refusals=refusals_in(project_refusals),
    first=Path(project.EnrolProject, CENTRE),
    paths=MappingProxyType({"milestones": Path(project.ReachMilestone, CENTRE)}),
)

ROSTERED_AGENTS = Collection(
    name="agents",
    subject="agent",
    refusals=refusals_in(agent_refusals),
    first=Path(agent.RegisterAgent, ROSTER, ours=frozenset({"agent"})),
)

SERVICE_LISTS = Collection(
    name="service-lists",
    subject="servicelist",
    refusals=refusals_in(servicelist_refusals),
    first=Path(servicelist.UpdateServiceList, LISTS, ours=frozenset({"servicelist"})),
)

VISITS = Collection(
    name="outreach",
    subject="outreach_id",
    refusals=refusals_in(outreach_refusals),
    first=Path(outreach.RecordOutreachVisit, VISITORS, ours=frozenset({"outreach_id"})),
)

NEEDS = Collection(
    name="needs",
    subject="need_id",
    refusals=refusals_in(need_refusals),
    first=Path(need.RaiseNeed, VISITORS, ours=frozenset({"need_id"})),
    paths=MappingProxyType({"resolution": Path(need.ResolveNeed, VISITORS)}),
)

ENGAGEMENTS = Collection(
    name="engagements",
    subject="order_id",
    refusals=refusals_in(engagement_refusals),
    first=Path(engagement.EngageAgency, COUNTERS, ours=frozenset({"order_id"})),
    paths=MappingProxyType(
        {
            "delivery": Path(engagement.DeliverWork, COUNTERS, ours=frozenset({"last_day"})),
            "rating": Path(engagement.RateWork, COUNTERS),
        }
    ),
)

BENEFITS = Collection(
    name="benefits",
    subject="claim_id",
    refusals=refusals_in(benefit_refusals),
    first=Path(benefit.ClaimBenefit, COUNTERS, ours=BENEFIT),
    paths=MappingProxyType({"grant": Path(benefit.GrantBenefit, SECTION)}),
)

UNCLAIMED_BENEFITS = Collection(
    name="unclaimed-benefits",
    subject="claim_id",
    refusals=refusals_in(benefit_refusals),
    first=Path(benefit.GrantUnclaimed, SECTION, ours=BENEFIT),
)

COLLECTIONS = (
    TASKS,
    WALKTHROUGHS,
    PROBLEMS,
    AGENCIES,
    ENGAGEMENTS,
    POLICIES,
    BENEFITS,
    UNCLAIMED_BENEFITS,
    PROJECTS,
    ROSTERED_AGENTS,
    SERVICE_LISTS,
    VISITS,
    NEEDS,
)
