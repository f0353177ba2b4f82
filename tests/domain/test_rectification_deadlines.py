"""By when a bad rating is answered: 1 working day to call, 5 to fix, 15 with the ledger."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from services.review.domain.rectification.deadlines import Round, RoundDeadlines, appeals, rounds
from shared.contracts.envelope import Fact
from shared.contracts.rectification.facts import RectificationAssigned
from shared.contracts.review.facts import AppealDecided, AppealFiled
from shared.policy.counting import HORIZON
from shared.policy.limits import Limit
from shared.policy.rectification import RectificationLimits, rectification_limits
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.examples import like_the_example
from tests.support.ratings import (
    CALLED,
    EXTENDED,
    FOUND,
    LEDGER,
    OPENED,
    REMOVED,
    REOPENED,
    dated,
)

WEDNESDAY = date(2024, 9, 18)
"""Followed by make-up days on 09-29 and 10-12, and the national holiday from 10-01 to 10-07."""


def deadlines(*facts: tuple[date, Fact]) -> RoundDeadlines:
    return RoundDeadlines(rounds(dated(*facts)), shipped())


def test_the_bureaus_limits_are_those_of_its_policy() -> None:
    assert rectification_limits(bureau_policy()) == RectificationLimits(
        contact_days=1, fix_now_days=5, ledger_days=15, attempts_enough=3, appeal_days=3
    )


def test_the_first_call_is_due_on_the_next_working_day() -> None:
    friday = date(2024, 9, 20)

    assert deadlines((WEDNESDAY, OPENED)).contact == date(2024, 9, 19)
    assert deadlines((friday, OPENED)).contact == date(2024, 9, 23)


def test_three_calls_in_vain_are_enough_where_the_policy_says_three() -> None:
    row = bureau_policy().by_id["SLA-19"]
    once = Limit.model_validate({**row.model_dump(), "stops": row.stops[:1]})
    reached = [once if limit is row else limit for limit in bureau_policy().limits]

    assert deadlines((WEDNESDAY, OPENED)).attempts_enough == 3
    assert rectification_limits(bureau_policy().amended(limits=reached)).attempts_enough == 1


def test_a_simple_cause_has_five_working_days() -> None:
    assert deadlines((WEDNESDAY, OPENED)).rectify == date(2024, 9, 25)


def test_a_make_up_sunday_counts_and_the_holiday_does_not() -> None:
    tuesday = date(2024, 9, 24)

    assert deadlines((tuesday, OPENED)).rectify == date(2024, 9, 30)
    assert deadlines((date(2024, 9, 29), OPENED)).rectify == date(2024, 10, 11)


def test_the_ledger_has_fifteen_and_what_was_granted() -> None:
    filed = [(WEDNESDAY, OPENED), (WEDNESDAY, LEDGER)]

    assert deadlines(*filed).rectify == date(2024, 10, 14)
    assert deadlines(*filed, (WEDNESDAY, EXTENDED)).rectify == date(2024, 10, 21)


@pytest.mark.parametrize(
    ("finding", "day", "kept"),
    [
        (FOUND, date(2024, 9, 25), True),
        (FOUND, date(2024, 9, 26), False),
        (LEDGER, date(2024, 10, 14), True),
        (LEDGER, date(2024, 10, 15), False),
    ],
)
def test_the_last_day_is_still_in_time(finding: Fact, day: date, kept: bool) -> None:  # noqa: FBT001 - a column of the table
    told = deadlines((WEDNESDAY, OPENED), (WEDNESDAY, finding), (day, REMOVED))

    assert told.kept is kept
    assert told.kept_so_far is kept


def test_what_was_never_put_right_was_not_in_time() -> None:
    unfinished = deadlines((WEDNESDAY, OPENED), (WEDNESDAY, FOUND))

    assert (unfinished.kept, unfinished.kept_so_far) == (False, True)


def test_a_reopened_one_is_measured_round_by_round() -> None:
    reopened, removed = date(2024, 9, 26), date(2024, 10, 9)
    first = [(WEDNESDAY, OPENED), (date(2024, 9, 25), REMOVED), (reopened, REOPENED)]

    assert deadlines(*first).rectify == date(2024, 10, 9)
    assert deadlines(*first, (removed, REMOVED)).kept
    assert not deadlines(*first, (date(2024, 10, 10), REMOVED)).kept


def test_the_order_of_arrival_changes_no_deadline() -> None:
    events = dated(
        (WEDNESDAY, OPENED), (WEDNESDAY, LEDGER), (WEDNESDAY, EXTENDED), (WEDNESDAY, REMOVED)
    )
    expected = (Round(WEDNESDAY, is_ledger=True, extra_days=5, rectified_on=WEDNESDAY),)

    assert all(rounds(order) == expected for order in permutations(events))


def test_facts_before_any_order_make_no_round() -> None:
    facts = (CALLED, FOUND, EXTENDED, REMOVED, REOPENED)

    assert rounds(dated(*((WEDNESDAY, fact) for fact in facts))) == ()


def test_a_second_order_does_not_start_it_anew() -> None:
    later = date(2024, 9, 24)

    assert rounds(dated((WEDNESDAY, OPENED), (later, OPENED))) == (Round(WEDNESDAY),)


def test_a_stranger_may_grant_more_days_than_there_are() -> None:
    forever = EXTENDED.model_copy(update={"days": 2**31 - 1})

    assert deadlines((WEDNESDAY, OPENED), (WEDNESDAY, forever)).rectify == HORIZON


ASSIGNED = like_the_example(RectificationAssigned)
APPEALED, REJECTED = like_the_example(AppealFiled), like_the_example(AppealDecided, upheld=False)


def test_no_day_of_an_appeal_counts_for_what_it_disputes() -> None:
    stopped = appeals(dated((date(2024, 9, 19), APPEALED), (date(2024, 9, 23), REJECTED)))
    tried = rounds(dated((WEDNESDAY, OPENED), (date(2024, 9, 27), REMOVED)))
    answered = RoundDeadlines(tried, shipped(), stopped)

    assert stopped == ((date(2024, 9, 19), date(2024, 9, 23)),)
    assert answered.rectify == date(2024, 9, 27)
    assert answered.kept
    assert not RoundDeadlines(tried, shipped()).kept


def test_nothing_is_late_while_an_appeal_is_pending() -> None:
    pending = appeals(dated((date(2024, 9, 19), APPEALED), (date(2024, 9, 20), APPEALED)))
    tried = rounds(dated((WEDNESDAY, OPENED), (date(2024, 12, 27), REMOVED)))
    told = RoundDeadlines(tried, shipped(), pending)

    assert told.kept_so_far
    assert told.rectify == date(2024, 9, 25)
    assert appeals(dated((WEDNESDAY, REJECTED))) == ()


def test_an_appeal_comes_within_three_days_of_the_first_that_has_it_in_hand() -> None:
    later = date(2024, 9, 24)
    told = deadlines((WEDNESDAY, OPENED), (date(2024, 9, 19), ASSIGNED), (later, ASSIGNED))

    assert told.appeal == date(2024, 9, 24)
    assert deadlines((WEDNESDAY, OPENED)).appeal is None


def test_rules_that_say_nothing_of_it_set_an_appeal_no_bound() -> None:
    policy = bureau_policy()
    kept = tuple(one for one in policy.limits if one.id != "SLA-23a")
    rules = replace(shipped(), policies=((date.min, policy.amended(limits=kept)),))
    tried = rounds(dated((WEDNESDAY, OPENED), (WEDNESDAY, ASSIGNED)))

    assert RoundDeadlines(tried, rules).appeal is None
