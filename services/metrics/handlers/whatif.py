"""What if: other rules over all that is on record, dossier by dossier, and nothing is written."""

from dataclasses import dataclass

from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.fold import fold_all, known_entries
from services.metrics.domain.rules.whatif import (
    OnRecord,
    OtherWorld,
    RunRecorded,
    Window,
    otherwise,
)
from services.metrics.handlers.verify import Advance, Progress
from services.metrics.ports.audit import AuditSnapshot, Records, SubjectKept
from services.metrics.ports.projection import ProjectionOutdated
from services.metrics.views.whatif import RulesUsed, WhatIf
from shared.policy.rules import Rules


@dataclass(slots=True)
class Supposing:
    """One question."""

    records: Records
    fingerprint: Fingerprint
    """Of the code that reckons."""

    async def handle(self, document: bytes, window: Window, advance: Advance) -> WhatIf:
        """
        Return what would be otherwise by the rules in *document*, in one snapshot.

        Memory holds one dossier at a time, and the sums of the figures, by part and
        day. Whoever cancels it has changed nothing.

        Raises:
            ProjectionOutdated: it has to be made anew first.
            RulesRejection: the other rules are none.
            StoreUnavailable: the database went away.
        """
        behind = await self.records.outdated()
        async with self.records.snapshot() as snapshot:
            made_by = await snapshot.made_by()
            if made_by not in (None, self.fingerprint):
                raise ProjectionOutdated(made_by)
            recorded, now = await snapshot.rules(), snapshot.now
            world = OtherWorld(recorded, otherwise(document, recorded, now), now, window)
            told = await self._told(world, snapshot, advance)
            async for part, day, value in snapshot.figures():
                world.stored[part, day] = value
        figures = tuple(world.figures())
        return WhatIf(
            recorded=_used(recorded),
            judged=_used(world.judged),
            since=window.since,
            until=window.until,
            subjects=told.subjects,
            facts=told.facts,
            due_clocks=told.due_clocks,
            lanes_behind=behind,
            differences=world.differences + len(figures),
            limits=tuple(world.limits[sla] for sla in sorted(world.limits)),
            figures=figures,
            runs=tuple(world.runs),
            cards=tuple(world.cards),
        )

    async def _told(self, world: OtherWorld, snapshot: AuditSnapshot, advance: Advance) -> "Extent":
        told, progress = Extent(), Progress(advance, await snapshot.count())
        async for kept in snapshot.subjects(None):
            entries = known_entries(one.body for one in kept.timeline)
            told.subjects += 1
            told.facts += len(entries)
            told.due_clocks += sum(one.is_due for one in kept.clocks)
            if entries:
                world.note(
                    OnRecord(fold_all(kept.dossier, entries), _runs_of(kept), _said_of(kept))
                )
            progress.step(len(kept.facts))
        return told


@dataclass(slots=True)
class Extent:
    """How much was looked at."""

    subjects: int = 0
    facts: int = 0
    due_clocks: int = 0


def _runs_of(kept: SubjectKept) -> dict[ClockKey, RunRecorded]:
    return {
        one.key: RunRecorded(
            one.shown.started_on, one.shown.due, one.shown.due_at, one.is_due, one.gone
        )
        for one in kept.clocks
    }


def _said_of(kept: SubjectKept) -> dict[ClockKey, list[Alert]]:
    said: dict[ClockKey, list[Alert]] = {}
    for one in kept.alerts:
        said.setdefault(one.key, []).append(one.alert)
    return said


def _used(rules: Rules) -> RulesUsed:
    return RulesUsed(rules.calendar.version, tuple(one.version for _, one in rules.policies))
