"""Who may give which command on whose subjects, and who reads what, as the reference prints it."""

from collections.abc import Iterable, Iterator

from deploy.descriptions import admissions
from services.assist.api import paths as assist
from services.intake.api import paths as intake
from services.metrics.api.orders import ORDERS
from services.metrics.api.roles import OF_ALL_BELOW
from services.review.api import paths as review
from shared.commands.access import Grants
from shared.commands.counter import Collection
from shared.policy.organisations import Scope
from shared.web.auth import Role
from shared.web.policies import Admission, Of

COLLECTIONS = (*intake.COLLECTIONS, *assist.COLLECTIONS, *review.COLLECTIONS, ORDERS)
NOBODY = "–"
EVERYBODY = "everybody"


def access_tables() -> str:
    """Return every command with the roles that may give it, by how far each of them reaches."""
    return "\n".join(line for collection in COLLECTIONS for line in _told(collection))


def readings_table() -> str:
    """Return every path of metrics with the roles that it is open to, and of whom it tells."""
    head = [
        "| path | own organisation | and those below | everything, at the bureau | the caller |",
        "|---|---|---|---|---|",
    ]
    rows = [
        f"| `{method} {path.replace(':name', '')}` | {' | '.join(_columns(admission))} |"
        for (method, path), admission in sorted(
            admissions()["metrics"].items(), key=lambda one: (one[0][1], one[0][0])
        )
        if path.startswith("/v1/")
    ]
    return "\n".join([*head, *rows, ""])


def _columns(admission: Admission) -> Iterator[str]:
    below = [role for role in admission.roles if role in OF_ALL_BELOW]
    own = [role for role in admission.roles if role not in OF_ALL_BELOW]
    narrowed = admission.of is Of.REGISTER
    yield _named(own if narrowed else ())
    yield _named(below if narrowed else ())
    yield _named(admission.roles if admission.of is Of.BUREAU else ())
    yield _named(admission.roles or Role if admission.of is Of.ANY else ())


def _named(roles: Iterable[Role]) -> str:
    named = [*roles]
    if len(named) == len(Role):
        return EVERYBODY
    return ", ".join(f"`{role}`" for role in named) or NOBODY


def _told(collection: Collection) -> Iterator[str]:
    yield f"## {collection.name}\n"
    yield "| `POST` | own organisation | and those below | and those above |\n|---|---|---|---|"
    base = f"/v1/{collection.name}"
    if collection.first:
        yield _row(base, collection.first.grants)
    for ending, path in collection.paths.items():
        yield _row(f"{base}/{{{collection.subject}}}/{ending}", path.grants)
    yield ""


def _row(address: str, grants: Grants) -> str:
    cells = (_roles(grants, scope) for scope in Scope)
    return f"| `{address}` | {' | '.join(cells)} |"


def _roles(grants: Grants, wanted: Scope) -> str:
    return ", ".join(f"`{role}`" for role, scope in grants.items() if scope is wanted) or NOBODY
