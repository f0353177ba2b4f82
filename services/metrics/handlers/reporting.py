"""Reports on the plan: made by whoever counted, and corrected."""

from dataclasses import dataclass, replace
from typing import Any

from services.metrics.domain.reporting.commands import CorrectReport
from services.metrics.domain.reporting.decide import DECIDER
from services.metrics.handlers.narrowing import own_organisation, reached_by
from services.metrics.ports.supervision import Supervision
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.contracts.plan.course import REPORT, TARGET
from shared.contracts.plan.facts import TargetSet


@dataclass(frozen=True, slots=True)
class Reporting:
    """Metrics' side of the commands on reports; what it answers is durable."""

    supervision: Supervision
    desk: Desk

    async def take(self, command: type[Any], words: dict[str, Any], occasion: Occasion) -> Answer:
        """
        Apply *command* under a number of our own: nobody names what another may have.

        A report that names no organisation is that of its target, else of whoever reports.
        What is reported against a target has its key, so that both lie in one dossier.
        """
        new = number_of(REPORT, None, self.desk.ids.new)
        seen = self.supervision.within(reached_by(occasion.reach))
        if command is CorrectReport:
            words = words | {"report_id": new}
        else:
            target = await _target(seen, words["target_id"])
            org = words["org"] or (target.org if target else own_organisation(occasion.reach))
            words = words | {"report": new, "org": org, "target": target}
            occasion = replace(occasion, partitionkey=words["target_id"])
        asked = command(**words, at=occasion.at)
        stream = REPORT.stream_of(asked.report)
        desk = replace(self.desk, store=seen)
        return await handle(DECIDER, asked, stream, occasion, desk=desk)


async def _target(supervision: Supervision, target_id: str | None) -> TargetSet | None:
    """Return what was said last of the target that is called so."""
    if target_id is None:
        return None
    history = await supervision.load(TARGET.stream_of(target_id))
    said = [event.data for event in history.events if isinstance(event.data, TargetSet)]
    return said[-1] if said else None
