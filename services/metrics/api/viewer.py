"""Who reads, and which pages there are for them: those whose paths answer them."""

from collections.abc import Mapping
from functools import cache

from fastapi import FastAPI

from services.metrics.api.roles import READERS
from services.metrics.views.today import ShownPage, ShownPart, Viewer
from shared.policy.organisations import organisations
from shared.web.auth import Principal, Role
from shared.web.policies import Admission, admissions_of

DRAWN_FROM: Mapping[ShownPage, str] = {
    "today": "/v1/stream",
    "mine": "/v1/mine/tasks",
    "alerts": "/v1/alerts",
    "cases": "/v1/cases",
    "plan": "/v1/plan",
    "operations": "/v1/freshness",
}
"""Each page, in the order in which they are offered, and the path that it cannot do without."""
NEEDED_FOR: Mapping[ShownPart, tuple[str, str]] = {
    "channels": ("GET", "/v1/channels"),
    "tries": ("POST", "/v1/deliveries/test"),
}
"""Each part that not everybody has who has its page, and the method and path that it needs."""


def viewer_of(caller: Principal) -> Viewer:
    """Return how *caller* is shown; of several roles the one that sees most."""
    role = next(role for role in (*READERS, *Role) if caller.has(role))
    return Viewer(caller.name, role.value, _organisation(caller.org))


def pages_for(caller: Principal, web: FastAPI) -> list[ShownPage]:
    """Return the pages of *web* that do not refuse *caller*; the policies of its paths say so."""
    return [page for page, admission in _pages(web).items() if admission.admits(caller)]


def parts_for(caller: Principal, web: FastAPI) -> list[ShownPart]:
    """Return the parts of these pages that do not refuse *caller* either."""
    return [part for part, admission in _parts(web).items() if admission.admits(caller)]


@cache
def _pages(web: FastAPI) -> Mapping[ShownPage, Admission]:
    admissions = admissions_of(web)
    return {page: admissions["GET", path] for page, path in DRAWN_FROM.items()}


@cache
def _parts(web: FastAPI) -> Mapping[ShownPart, Admission]:
    admissions = admissions_of(web)
    return {part: admissions[needed] for part, needed in NEEDED_FOR.items()}


def _organisation(org: str) -> str | None:
    register = organisations()
    own = register.today(org)
    return register.by_code[own].org_name if own and own != register.bureau else None
