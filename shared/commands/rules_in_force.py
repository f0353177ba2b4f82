"""The rules in force: what supervision has published of them, as a service's own store has it."""

import asyncio
from typing import cast

import structlog

from shared.commands.adoption import Adoption
from shared.contracts.rules.facts import STREAM
from shared.eventstore.port import EventStore, StoreUnavailable
from shared.policy.rules import CHANGES, Editions, RuleChange, Rules, shipped
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause

log = structlog.get_logger()

LOOK_SECONDS = 0.5
"""Whoever publishes an edition may expect it to be in force everywhere within a second."""


class RulesInForce:
    """
    The newest edition that a store knows, without a restart and without a look for each request.

    Supervision's own store has it first; other services adopt what it publishes.
    """

    def __init__(self, store: EventStore, first: Rules | None = None) -> None:
        self._store = store
        self._adoption = Adoption(store, [fact.TYPE for fact in CHANGES])
        self._read = 0
        self.editions = Editions(first or shipped())

    @property
    def newest(self) -> Rules:
        return self.editions.newest

    async def adopt(self, body: bytes) -> None:
        """
        Return when the edition that *body* publishes, if it does so, is in our store and in force.

        Raises:
            Unreadable: an edition that says nothing we understand.
            FactContradicted: another edition was adopted under its id.
        """
        if await self._adoption.adopt(body) is not None:
            await self.look()

    async def look(self) -> Rules:
        """
        Return the newest edition in the store.

        Raises:
            StoreUnavailable: the database went away.
        """
        history = await self._store.load(STREAM, after=self._read)
        self._read = max(self._read, history.version)
        self.editions.learn(cast("RuleChange", event.data) for event in history.events)
        return self.newest

    async def follow(self, clock: Clock, stopping: asyncio.Event) -> None:
        """Look for new editions until *stopping*; while the store is away the last one holds."""
        wait = 0.0
        while not await pause(clock, wait, stopping):
            wait = LOOK_SECONDS
            before = self.newest.edition
            try:
                await self.look()
            except StoreUnavailable:
                continue
            if self.newest.edition != before:
                log.info("rules_changed", edition=self.newest.edition)
