"""Reports on the plan: made by whoever counted, and corrected."""

from dataclasses import dataclass, replace
from typing import Any

from services.metrics.domain.reporting.commands import CorrectReport
from services.metrics.domain.reporting.decide import DECIDER
from services.metrics.handlers.narrowing import reached_by
from services.metrics.ports.supervision import Supervision
from shared.commands.access import Reach
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.contracts.plan.course import REPORT
from shared.contracts.types import OrgRef


@dataclass(frozen=True, slots=True)
class Reporting:
    """Metrics' side of the commands on reports; what it answers is durable."""

    supervision: Supervision
    desk: Desk

    async def take(self, command: type[Any], words: dict[str, Any], occasion: Occasion) -> Answer:
        """
        Apply *command* under a number of our own: nobody names what another may have.

        A report that names no organisation is that of whoever reports.
        """
        new = number_of(REPORT, None, self.desk.ids.new)
        if command is CorrectReport:
            words = words | {"report_id": new}
        else:
            words = words | {"report": new, "org": words["org"] or _own(occasion.reach)}
        asked = command(**words, at=occasion.at)
        stream = REPORT.stream_of(asked.report)
        seen = self.supervision.within(reached_by(occasion.reach))
        desk = replace(self.desk, store=seen)
        return await handle(DECIDER, asked, stream, occasion, desk=desk)


def _own(reach: Reach | None) -> OrgRef | None:
    return None if reach is None else reach.register.named(reach.org)
