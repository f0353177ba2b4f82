"""Who reads, and which pages there are for them: those whose paths answer them."""

from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI

from services.metrics.api.roles import READERS
from services.metrics.views.today import ShownPage, Viewer
from shared.policy.organisations import organisations
from shared.web.auth import Principal, Role
from shared.web.policies import Admission, admissions_of

DRAWN_FROM: Mapping[ShownPage, str] = {
    "today": "/v1/stream",
    "mine": "/v1/mine/tasks",
    "alerts": "/v1/alerts",
    "cases": "/v1/cases",
    "plan": "/v1/plan",
}
"""Each page, in the order in which they are offered, and the path that it cannot do without."""


def viewer_of(caller: Principal) -> Viewer:
    """Return how *caller* is shown; of several roles the one that sees most."""
    role = next(role for role in (*READERS, *Role) if caller.has(role))
    return Viewer(caller.name, role.value, _organisation(caller.org))


def pages_for(caller: Principal, web: FastAPI) -> list[ShownPage]:
    """Return the pages of *web* that do not refuse *caller*; the policies of its paths say so."""
    return [page for page, admission in _admissions(web).items() if admission.admits(caller)]


@cache
def _admissions(web: FastAPI) -> Mapping[ShownPage, Admission]:
    admissions = admissions_of(web)
    return {page: admissions["GET", path] for page, path in DRAWN_FROM.items()}


def _organisation(org: str) -> str | None:
    register = organisations()
    own = register.today(org)
    return register.by_code[own].org_name if own and own != register.bureau else None
