"""A card that a change of the rules brought about says so, and no other does."""

from datetime import date, datetime, time, timedelta

import pytest

from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.rules.turns import RuleTurn, why_gone, why_raised
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from shared.policy.rules import Rules, evolve, shipped
from shared.policy.sla import bureau_policy
from tests.support.rule_changes import notice_of, policy_fact, policy_from
from tests.support.way_of_a_case import ACCEPTED, RECEIVED, entry

DECEMBER = date(2026, 12, 10)
ACCEPTANCE = ACCEPTED.data.model_copy(update={"effective_date": DECEMBER, "committed_limit": 20})
DOSSIER = fold_all("XC20240902000017", [RECEIVED, entry(ACCEPTANCE, 1)])
PUBLISHED_AT = datetime(2027, 1, 8, 9, tzinfo=ZONE)
LATE = evolve(shipped(), notice_of(1, 2027, off=["2027-01-01", "2027-01-04"], on=["2027-01-09"]))
"""Due on Saturday, the ninth."""
EARLY = evolve(LATE, notice_of(2, 2027, off=["2027-01-01"], on=["2027-01-02"]))
"""Due on Thursday, the seventh, and late on the morning of the day of the publication."""
KEPT = tuple(row for row in bureau_policy().limits if row.id != "SLA-04")
WITHOUT = evolve(EARLY, policy_fact(3, DECEMBER, bureau_policy().amended(limits=KEPT)))
CUT_OFF = evolve(LATE, policy_from(2, DECEMBER, cut_off=time(17, 29, 59)))


def committed(rules: Rules) -> Clock:
    return next(clock for clock in clocks_of(DOSSIER, rules) if clock.sla.id == "SLA-04")


def said(rules: Rules, *turns: RuleTurn) -> str | None:
    """Return why the committed clock's red card is raised by *rules*."""
    clock = committed(rules)
    assert clock.due_at is not None
    reason = why_raised(clock.key, AlertLevel.RED, clock.due_at, DOSSIER, turns)
    return None if reason is None else reason.code


LONG_AGO = datetime(2026, 11, 20, tzinfo=ZONE)
EARLIER = RuleTurn(PUBLISHED_AT, LATE, EARLY)


def test_a_notice_that_moves_a_day_back_is_why_its_card_is_raised() -> None:
    clock = committed(EARLY)
    reason = why_raised(clock.key, AlertLevel.RED, clock.due_at or PUBLISHED_AT, DOSSIER, [EARLIER])

    assert reason is not None
    assert (reason.code, reason.values) == (
        "raised.calendar_published",
        {"version": EARLY.calendar.version},
    )
    assert "日历" in reason.text()
    assert reason.text("en").isascii()


def test_a_ruling_is_said_for_the_reason_that_there_is() -> None:
    clock = committed(EARLY)
    (*_, ruling) = reconcile(clock, (), PUBLISHED_AT)
    reason = why_raised(clock.key, AlertLevel.RED, ruling.at, DOSSIER, [EARLIER])
    assert reason is not None
    said_so = ruling.because(reason)

    assert ruling.because(None) is ruling
    assert (said_so.event_id, said_so.reason) == (ruling.event_id, reason)
    assert said_so.fact == ruling.fact.model_copy(update={"reason": reason.text()})


def test_a_later_edition_that_leaves_it_alone_is_not_the_reason() -> None:
    again = RuleTurn(PUBLISHED_AT + timedelta(minutes=1), EARLY, EARLY)

    assert said(EARLY, again, EARLIER) == "raised.calendar_published"


def test_a_policy_that_ends_the_day_earlier_is_the_reason_too() -> None:
    published_at = datetime(2027, 1, 9, 20, tzinfo=ZONE)

    assert said(CUT_OFF, RuleTurn(published_at, LATE, CUT_OFF)) == "raised.policy_changed"


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param([], id="the rules are as shipped"),
        pytest.param([RuleTurn(PUBLISHED_AT, EARLY, EARLY)], id="it was called for before"),
        pytest.param([EARLIER._replace(published_at=LONG_AGO)], id="it was known before"),
        pytest.param([RuleTurn(PUBLISHED_AT, EARLY, WITHOUT)], id="it is called for no more"),
    ],
)
def test_what_the_passing_of_time_raises_has_no_such_reason(turns: list[RuleTurn]) -> None:
    assert said(EARLY, *turns) is None


def test_a_policy_that_drops_a_limit_is_why_it_never_began() -> None:
    key = committed(EARLY).key
    dropped = RuleTurn(PUBLISHED_AT, EARLY, WITHOUT)
    unmoved = RuleTurn(PUBLISHED_AT, WITHOUT, WITHOUT)
    reason = why_gone(key, DOSSIER, [unmoved, dropped])

    assert reason is not None
    assert reason.code == "revoked.policy_changed"
    assert reason.values == {"version": WITHOUT.policy_on(DECEMBER).version}
    assert why_gone(key, DOSSIER, [unmoved]) is None
