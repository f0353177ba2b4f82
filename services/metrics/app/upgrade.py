"""An upgrade: whoever folds or judges begins once the projection is made by its own code."""

import asyncio

import structlog

from services.metrics.adapters.projection import PostgresProjection
from services.metrics.adapters.rebuilding import open_beside
from services.metrics.app.rules import first_rules
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.rebuild import ALONE, Crew, Rebuilding
from services.metrics.ports.rebuilding import RebuildOvertaken
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import Attempt, pause, unless

LOOK_SECONDS = 0.5
TOLD_FACTS = 500_000
"""After so many facts the log says how far a rebuild is."""

log = structlog.get_logger()


async def until_ours(
    projection: PostgresProjection,
    clock: Clock,
    stopping: asyncio.Event,
    attempt: Attempt | None = None,
) -> bool:
    """
    Return true once our code has made the projection; false where it has not when we stop.

    *attempt* makes it so where nobody else does. Code that was replaced does not
    come back by itself: of two editions that run side by side the older one ends.
    """
    while not stopping.is_set():
        try:
            stored, was_ours = await projection.made_by()
            if stored in (None, projection.fingerprint):
                return True
            if was_ours:
                log.error("projection_is_newer", projection=stored, ours=projection.fingerprint)
                return False
            if attempt is not None:
                await unless(stopping, attempt)
        except* (StoreUnavailable, RebuildOvertaken) as fault:
            log.warning("rebuild_postponed", fault=repr(fault))
        await pause(clock, LOOK_SECONDS, stopping)
    return False


async def rebuild(dsn: str, fingerprint: Fingerprint, clock: Clock, crew: Crew = ALONE) -> None:
    """Make the projection ours with *crew*, unless somebody else is about it."""
    told = 0

    def advance(count: int, reached: float) -> None:
        nonlocal told
        if (told + count) // TOLD_FACTS > told // TOLD_FACTS:
            log.info("rebuild_going_on", reached=round(reached, 3))
        told += count

    async with open_beside(dsn, fingerprint) as beside:
        if beside is None:
            return
        log.info("rebuild_begun", ours=fingerprint, processes_max=crew.processes)
        began = clock.monotonic()
        outcome = await Rebuilding(beside, first_rules(), clock, crew).handle(advance, switch=True)
        seconds = round(clock.monotonic() - began, 1)
    for difference in outcome.differences:
        log.info("rebuild_differs", **difference.document())
    log.info(
        "projection_switched",
        ours=fingerprint,
        subjects=outcome.subjects,
        facts=outcome.facts,
        differences=len(outcome.differences),
        seconds=seconds,
    )
