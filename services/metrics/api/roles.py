"""Who may read what metrics knows, and who may act on it."""

from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import Depends

from shared.commands.access import Grants, granted
from shared.policy.organisations import Scope, organisations
from shared.web.auth import Principal, Role
from shared.web.policies import Caller

READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS)
WORKERS = (
    Role.WINDOW_CLERK,
    Role.HANDLER,
    Role.CHECKER,
    Role.APPROVER,
    Role.INSPECTOR,
    Role.ASSIST_AGENT,
    Role.SECRETARIAT,
    Role.REVIEW_DESK,
)
"""Who works on what is told, and reads of the own."""
OF_ALL_BELOW = (
    *READERS,
    Role.WINDOW_CLERK,
    Role.ASSIST_AGENT,
    Role.SECRETARIAT,
    Role.REVIEW_DESK,
)
"""Who reads also of the organisations below; the others act for the own one alone (ADR 34)."""
HEARERS: Mapping[Role, frozenset[str]] = {
    Role.WINDOW_CLERK: frozenset(
        {"CLERK", "WINDOW", "WINDOW_HEAD", "CROSS_REGION_WINDOW", "ARCHIVIST"}
    ),
    Role.HANDLER: frozenset(
        {"HANDLER", "RESPONSIBLE_ORG", "LEAD_ORG", "DISCLOSURE_OFFICER", "ARCHIVIST"}
    ),
    Role.CHECKER: frozenset({"HANDLER", "SECTION_HEAD"}),
    Role.APPROVER: frozenset({"SECTION_HEAD", "RESPONSIBLE_ORG", "LEAD_ORG"}),
    Role.INSPECTOR: frozenset({"INSPECTOR", "INSPECTION_HEAD"}),
    Role.ASSIST_AGENT: frozenset({"ASSIST_CENTRE", "STREET_CENTER", "PROJECT_STEWARD"}),
    Role.SECRETARIAT: frozenset({"SECRETARIAT"}),
    Role.REVIEW_DESK: frozenset({"REVIEW_DESK", "FOLLOWUP_DESK", "HOTLINE_DESK"}),
    Role.DIRECTOR: frozenset({"DIRECTOR", "DEPUTY_DIRECTOR", "DIRECTOR_OFFICE"}),
    Role.SUPERVISOR: frozenset({"SUPERVISOR", "SUPERVISING_DEPARTMENT", "HALL_MANAGER"}),
}
"""What the rows of the policy call those who hear of a limit (`recipients`)."""
HEARD = frozenset({"APPLICANT"}).union(*HEARERS.values())
"""Of whomever else a row names, the director hears it."""
ACTORS = (Role.SUPERVISOR, Role.DIRECTOR)
"""Who sends cards up, withdraws them and gives orders."""
ACKNOWLEDGERS = (*ACTORS, *WORKERS)
"""Those responsible say themselves that they have seen a card."""
ORDER_ISSUERS: Grants = granted(ACTORS, Scope.BELOW)
ORDER_ANSWERERS: Grants = granted((Role.DIRECTOR, *WORKERS), Scope.OWN)
"""An order is answered by those to whom it was sent, and by nobody for them."""
COUNTERS = (Role.SECRETARIAT, Role.ASSIST_AGENT, Role.REVIEW_DESK, Role.WINDOW_CLERK)
REPORTERS: Grants = {**granted(ACTORS, Scope.BELOW), **granted(COUNTERS, Scope.OWN)}
"""Who reports what was counted for the plan; supervision also for the organisations below."""
TARGET_SETTERS: Grants = granted((Role.DIRECTOR,), Scope.BELOW)
"""Who says what the bureau aims at of its own accord, and what the organisations below do."""
PUBLISHERS_OF_RULES = (Role.LAW_DESK, Role.DIRECTOR, Role.OPS)
READERS_OF_RULES = (Role.LAW_DESK, *READERS)


def hears(caller: Principal, who: str) -> bool:
    """Say whether *caller* is one of those whom a row of the policy calls *who*."""
    if any(who in HEARERS.get(role, ()) for role in caller.roles):
        return True
    return caller.has(Role.DIRECTOR) and who not in HEARD


async def seen_by(caller: Caller) -> Collection[str] | None:
    """
    Return the organisations whose subjects *caller* sees, None for every one.

    Whoever supervises sees the own organisation's and those of the ones below. The
    bureau's people see also what belongs to nobody of the register. Whoever handles or
    decides sees what is the own organisation's.
    """
    register = organisations()
    own = register.today(caller.org)
    if own is None:
        # Without an organisation the policy has let nobody in.
        return frozenset()
    if caller.has(*OF_ALL_BELOW):
        return None if own == register.bureau else register.reached(own, Scope.BELOW)
    return register.reached(own, Scope.OWN)


SeenOrganisations = Annotated[Collection[str] | None, Depends(seen_by)]
"""A parameter of a handler: whose subjects are told."""
