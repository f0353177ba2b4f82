"""What the stories of the bureau add to its figures."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.metrics.domain.entry import Entry
from services.metrics.domain.figures.register import REGISTER
from services.metrics.domain.figures.values import Value, valued
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import Picture, picture_of
from shared.policy.rules import shipped
from tests.support import figure_stories
from tests.support.assist_stories import ASSISTED
from tests.support.hall_stories import HALL
from tests.support.plan_stories import PLANNED
from tests.support.report_stories import REPORTED
from tests.support.site_stories import AT_SITES
from tests.support.statistics_stories import STATISTICS
from tests.support.way_of_a_case import CASE

RULES = shipped()
YEAR_END = date(2024, 12, 31)
STORIES: Mapping[str, Sequence[Entry]] = {
    **figure_stories.STORIES,
    **PLANNED,
    **REPORTED,
    **HALL,
    **AT_SITES,
    **ASSISTED,
    **STATISTICS,
}


def picture(facts: Sequence[Entry]) -> Picture:
    key = CASE if any(fact.partitionkey == CASE for fact in facts) else facts[0].partitionkey
    return picture_of(fold_all(key, facts), None, RULES)


def parts(story: str) -> dict[str, int]:
    """Return what a story adds, whatever the day."""
    sums: dict[str, int] = {}
    for (part, _), number in picture(STORIES[story]).contributions.items():
        sums[part] = sums.get(part, 0) + number
    return sums


def value(figure: str, *stories: str) -> Value:
    """Return what a figure comes to at the end of the year of the stories."""
    sums: dict[str, int] = {}
    for story in stories:
        for part, number in parts(story).items():
            sums[part] = sums.get(part, 0) + number
    return valued(REGISTER.by_id[figure], sums, YEAR_END)
