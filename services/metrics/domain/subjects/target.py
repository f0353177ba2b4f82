"""What the bureau aims at of its own accord (自设目标), and what was reported against it."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import accumulate
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.report import HUNDREDTHS, ProgressReport
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.course import Course
from shared.contracts.moments import is_meant
from shared.contracts.plan.course import TARGET
from shared.contracts.plan.facts import TargetSet


class OwnTarget(Subject, frozen=True, array_like=True, gc=False, tag="target"):
    """
    One target, as it was set last; the reports against it lie beside it, under its key.

    At 0 hundredths it is given up: nothing is due.
    """

    COURSE: ClassVar[Course] = TARGET

    plan_item: int = 0
    title: str = ""
    unit: str = ""
    hundredths: int = 0
    """How much should be reached, in hundredths."""
    due: date | None = None
    org_code: str = ""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case TargetSet() as fact if is_meant(fact.due):
                return {
                    "plan_item": fact.plan_item,
                    "title": fact.name,
                    "unit": fact.unit,
                    "hundredths": int(fact.value * HUNDREDTHS),
                    "due": fact.due,
                    "org_code": fact.org.org_code if fact.org else "",
                }, True
            case _:
                return {}, False

    def reported(self, beside: Iterable[Subject], until: date) -> int:
        """Return how many hundredths were reported against it up to that day, that day included."""
        return sum(hundredths for on, hundredths in self._counted(beside) if on <= until)

    def reached_on(self, beside: Iterable[Subject]) -> date | None:
        """Return the day on which what is reported came to the whole of it; None if none did."""
        counted = sorted(self._counted(beside))
        sums = accumulate(hundredths for _, hundredths in counted)
        days = zip((on for on, _ in counted), sums, strict=True)
        return next((on for on, reached in days if reached >= self.hundredths), None)

    def _counted(self, beside: Iterable[Subject]) -> Iterator[tuple[date, int]]:
        for one in beside:
            if isinstance(one, ProgressReport) and one.target_id == self.name and one.on:
                yield one.on, one.hundredths
