"""Who may read what metrics knows, and who may act on it."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Depends

from shared.policy.organisations import Scope, organisations
from shared.web.auth import Role
from shared.web.policies import Caller

READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS)
ACKNOWLEDGERS = (Role.SUPERVISOR, Role.DIRECTOR)
PUBLISHERS_OF_RULES = (Role.LAW_DESK, Role.DIRECTOR, Role.OPS)
READERS_OF_RULES = (Role.LAW_DESK, *READERS)


async def seen_by(caller: Caller) -> Collection[str] | None:
    """
    Return the organisations whose subjects *caller* sees, None for every one.

    Whoever supervises sees the own organisation's and those of the ones below. The
    bureau's people see also what belongs to nobody of the register.
    """
    register = organisations()
    own = register.today(caller.org)
    if own is None or own == register.bureau:
        # Without an organisation the policy has let nobody in.
        return frozenset() if own is None else None
    return register.reached(own, Scope.BELOW)


SeenOrganisations = Annotated[Collection[str] | None, Depends(seen_by)]
"""A parameter of a handler: whose subjects are told."""
