"""Stored dossiers as our fold has them: as they stand, or folded again where another made them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from services.metrics.adapters.columns import DOSSIER, TableRow
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import refolded

LOAD_HISTORIES = """
SELECT dossier, body
FROM timeline
WHERE dossier = ANY($1::text[])
"""

Ask = Callable[..., Awaitable[Sequence[TableRow]]]
"""Returns the rows of a query, by whichever way somebody has to the store."""


async def histories_of(dossiers: Sequence[str], ask: Ask) -> Mapping[str, Sequence[bytes]]:
    """Return the body of every fact of each dossier, in no order."""
    histories: dict[str, list[bytes]] = {key: [] for key in dossiers}
    for row in await ask(LOAD_HISTORIES, dossiers):
        histories[row["dossier"]].append(row["body"].encode())
    return histories


async def dossiers_of(states: Mapping[str, str], ask: Ask) -> Mapping[str, Dossier]:
    """
    Return the dossiers in *states*, by key.

    Until a rebuild has switched, what is stored was made by the fold of before:
    it cannot be read, and what is shown of it is folded from its facts.
    """
    read = {key: _read(state) for key, state in states.items()}
    unread = [key for key, dossier in read.items() if dossier is None]
    folded = refolded(await histories_of(unread, ask)) if unread else {}
    return {key: dossier or folded.get(key) or Dossier(key=key) for key, dossier in read.items()}


def _read(state: str) -> Dossier | None:
    try:
        return DOSSIER.decode(state)
    except msgspec.ValidationError:
        return None
