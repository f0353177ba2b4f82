"""If it were filed (假如今日申请): until when, by the same count as that of a real case."""

from collections.abc import Iterator
from datetime import date, datetime

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.clocks.run import Run
from services.metrics.domain.reasons.explanation import explain
from services.metrics.domain.subjects.terms import Terms
from services.metrics.domain.wording import LANGUAGES
from services.metrics.views.explanation import Explanation
from services.metrics.views.filing import FiledItem, PromisedTerms
from shared.contracts.words import LimitUnit
from shared.policy.calendar import WorkCalendar, business_date, local
from shared.policy.limits import Limit, Unit
from shared.policy.rules import Rules
from shared.policy.sla import SILENCE, Policy, bureau_policy

LIMIT_DAYS_MAX = 700
"""Nearly three working years; nothing that a bureau promises takes longer."""
PROMISED, LAWFUL = "SLA-04", "SLA-05"
"""Limits that begin with an acceptance, which is how their sentences begin."""


def counted(
    rules: Rules, start: date, limit: int, unit: LimitUnit, language: str = LANGUAGES[0]
) -> Explanation:
    """Return what explains the end of a limit that begins on *start* and that nothing stops."""
    policy, row = rules.policy_on(start), bureau_policy().by_id[PROMISED]
    clock = _clock(row, start, limit, Unit(unit), policy, rules.calendar)
    return explain(clock, midnight(start), language=language)


def if_filed(
    filed_at: datetime, item: tuple[str, str], terms: Terms, rules: Rules, language: str
) -> FiledItem:
    """
    Return until when an *item*, by code and name, is done that is handed in complete at *filed_at*.

    *terms* are what is promised for it. Acceptance may come at once or on the last
    day that the bureau has for it; both are told.
    """
    received = business_date(filed_at)
    policy = rules.policy_on(received)
    silence = policy.by_id[SILENCE]
    intake = _clock(silence, received, silence.number, Unit.WD, policy, rules.calendar)
    last = intake.due or received

    def from_(accepted: date) -> tuple[Explanation, ...]:
        found = _promised(terms, accepted, rules)
        return tuple(explain(clock, midnight(accepted), language=language) for clock in found)

    return FiledItem(
        item_code=item[0],
        item_name=item[1],
        filed_at=local(filed_at),
        received_on=received,
        promised=PromisedTerms(
            terms.committed_limit,
            terms.committed_unit,
            terms.statutory_limit,
            terms.statutory_unit,
            terms.effective_on,
        ),
        acceptance=explain(intake, midnight(received), language=language),
        accepted_at_once=from_(received),
        accepted_at_the_latest=from_(last),
    )


def _promised(terms: Terms, accepted: date, rules: Rules) -> Iterator[Clock]:
    policy = rules.policy_on(accepted)
    for row, limit, unit in (
        (PROMISED, terms.committed_limit, terms.committed_unit),
        (LAWFUL, terms.statutory_limit, terms.statutory_unit),
    ):
        sla = policy.by_id.get(row)
        if sla is not None:
            yield _clock(sla, accepted, limit, Unit(unit), policy, rules.calendar)


def _clock(
    sla: Limit, start: date, limit: int, unit: Unit, policy: Policy, calendar: WorkCalendar
) -> Clock:
    return clock_of(Run(sla, "", "", midnight(start), start, "", limit, unit), policy, calendar)
