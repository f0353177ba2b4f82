"""Stored dossiers as our fold has them: as they stand, or folded again where another made them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from services.metrics.adapters.columns import DOSSIER
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import refolded

LoadHistories = Callable[[Sequence[str]], Awaitable[Mapping[str, Sequence[bytes]]]]
"""Returns every fact of each dossier, in no order."""


async def dossiers_of(states: Mapping[str, str], histories: LoadHistories) -> Mapping[str, Dossier]:
    """
    Return the dossiers in *states*, by key.

    Until a rebuild has switched, what is stored was made by the fold of before:
    it cannot be read, and what is shown of it is folded from its facts.
    """
    read = {key: _read(state) for key, state in states.items()}
    unread = [key for key, dossier in read.items() if dossier is None]
    folded = refolded(await histories(unread)) if unread else {}
    return {key: dossier or folded.get(key) or Dossier(key=key) for key, dossier in read.items()}


def _read(state: str) -> Dossier | None:
    try:
        return DOSSIER.decode(state)
    except msgspec.ValidationError:
        return None
