"""Facts that another has published: whoever keeps their kinds takes them over."""

from collections.abc import Collection, Sequence

import msgspec

from shared.contracts.envelope import Event
from shared.contracts.registry import FACTS, PUBLISHED, decode
from shared.eventstore.port import EventStore, Outcome
from shared.runtime.lifecycle import crash


class FactContradicted(Exception):
    """The same source and id are on record here with another meaning; *detail* names where."""

    code = "event_conflict"

    def __init__(self, differs: Sequence[str]) -> None:
        super().__init__(*differs)
        self.field = differs[0]
        self.detail = ", ".join(differs)


class _Head(msgspec.Struct):
    type: str


_HEAD = msgspec.json.Decoder(_Head)


class Adoption:
    """Takes facts of *kinds* into *store*, once, without publishing them again."""

    def __init__(self, store: EventStore, kinds: Collection[str]) -> None:
        self.store = store
        self._kinds = kinds

    async def adopt(self, body: bytes) -> Event | None:
        """
        Return the fact in *body* once it is on record, or None where it is not ours.

        A fact that was adopted before is returned again: who reacts to it must
        find out whether that was done.

        Raises:
            Unreadable: a fact of ours that says nothing we understand.
            FactContradicted: something else was adopted under its id.
        """
        if not self._may_be_ours(body):
            return None
        event = decode(body)
        if event.type not in self._kinds:
            return None
        (recorded,) = await self.store.record([event], publish=False)
        if recorded.outcome is Outcome.CONFLICT:
            raise FactContradicted(recorded.differs)
        crash("adoption.recorded")
        return event

    def _may_be_ours(self, body: bytes) -> bool:
        # Most of what others publish is not for us, and reading the type is ten times
        # quicker than reading the fact. What has no type is no fact of anybody's.
        try:
            kind = _HEAD.decode(body).type
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        return kind in self._kinds or (kind not in FACTS and PUBLISHED.speaks(kind))
