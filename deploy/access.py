"""Who may give which command on whose subjects, as the reference prints it."""

from collections.abc import Iterator

from services.assist.api import paths as assist
from services.intake.api import paths as intake
from services.review.api import paths as review
from shared.commands.access import Grants
from shared.commands.counter import Collection
from shared.policy.organisations import Scope

COLLECTIONS = (*intake.COLLECTIONS, *assist.COLLECTIONS, *review.COLLECTIONS)
NOBODY = "–"


def access_tables() -> str:
    """Return every command with the roles that may give it, by how far each of them reaches."""
    return "\n".join(line for collection in COLLECTIONS for line in _told(collection))


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
