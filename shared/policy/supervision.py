"""What the colours of cards mean: of two published readings a bureau has one."""

from decimal import Decimal

from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import Word
from shared.policy.limits import Limit, Unit
from shared.policy.yellow import AfterYellow, HoursYellow, ShareYellow, Yellow

BY_LAW = 2
"""The severity of what a law has promised; what the bureau itself has promised is of 1."""

LAST_DAY_BUT_ONE = ShareYellow(
    by="share", fraction=Decimal("0.5"), days_min=1, days_max=1, zero_upto=1, limit_min=1
)
"""With one day left (E-01); what has no more than a day is near on it."""


class SupervisionProfile(Word):
    """
    监察模式: the profile of supervision (domain.md 2.2, trap 10).

    By *DEFAULT* yellow is near and red is late. By *THREE_TIER* a prompt is near, yellow has
    passed what the bureau promised, and red what the law did.
    """

    DEFAULT = "DEFAULT"
    THREE_TIER = "THREE_TIER"

    @property
    def warning(self) -> AlertLevel:
        """The level of a card that says that its limit is near."""
        return AlertLevel.YELLOW if self is SupervisionProfile.DEFAULT else AlertLevel.PROMPT

    def judged(self, limit: Limit) -> Limit:
        """
        Return *limit*, a row in the colours of *DEFAULT*, as this profile has it.

        A rule that its very fact breaks has no time that could be near or over, and what
        sends a card up has no card of its own: both stay as they are.
        """
        if self is SupervisionProfile.DEFAULT or limit.escalates or limit.unit is Unit.AO:
            return limit
        late = AlertLevel.RED if limit.severity == BY_LAW else AlertLevel.YELLOW
        near, heard = limit.yellow, limit.recipients
        recipients = {}
        if near is not None and AlertLevel.YELLOW in heard:
            recipients[AlertLevel.PROMPT] = heard[AlertLevel.YELLOW]
        if limit.late in heard:
            recipients[late] = heard[limit.late]
        row = {name: getattr(limit, name) for name in Limit.model_fields}
        changed = {"yellow": _prompt(limit, near), "late": late, "recipients": recipients}
        # Looked over as it was written; in these colours no validator would know it.
        return Limit.model_construct(**row | changed)


def _prompt(limit: Limit, near: Yellow | None) -> Yellow | None:
    """Return when the prompt comes; what lasts a day or counts in hours keeps its own time."""
    short = isinstance(limit.limit, int) and limit.limit <= 1
    if near is None or short or isinstance(near, HoursYellow | AfterYellow):
        return near
    return LAST_DAY_BUT_ONE
