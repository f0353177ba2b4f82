"""What the colours of cards mean by each profile of supervision, row by row."""

from datetime import date

import pytest

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import Over, expected
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.today import late_next
from shared.contracts.supervision.words import WORST_FIRST, AlertLevel
from shared.contracts.words import ClockName
from shared.policy.sla import bureau_policy
from shared.policy.supervision import SupervisionProfile
from tests.support.clock_facts import ClockFacts, clock, decision, instant, terms
from tests.support.desk import Desk
from tests.support.figure_stories import card
from tests.support.supervised import policy_of, rules_of
from tests.support.way_of_a_case import ACCEPTED, CASE, RECEIVED

ROWS = bureau_policy().by_id
JUDGED = policy_of(SupervisionProfile.THREE_TIER).by_id
PROMPT, YELLOW, RED = AlertLevel.PROMPT, AlertLevel.YELLOW, AlertLevel.RED
FACTS = ClockFacts(CASE, terms("2024-09-02"))
LATER = instant("2024-12-02T10:00")


def promised(facts: ClockFacts = FACTS, name: ClockName = ClockName.COMMITTED) -> Clock:
    return clock(facts, name, policy=policy_of(SupervisionProfile.THREE_TIER))


def test_by_default_the_rows_are_what_the_bureau_wrote() -> None:
    assert tuple(ROWS.values()) == bureau_policy().limits


@pytest.mark.parametrize("row", ROWS)
def test_in_three_tiers_red_is_past_a_law_and_yellow_past_what_the_bureau_promised(
    row: str,
) -> None:
    before, after = ROWS[row], JUDGED[row]

    if before.escalates or before.unit == "AO":
        assert after is before
    elif before.recipients:
        assert after.late is (RED if before.severity == 2 else YELLOW)
        assert {*after.recipients.values()} == {*before.recipients.values()}
        assert (PROMPT in after.recipients) is (before.yellow is not None)


@pytest.mark.parametrize("row", ["SLA-24b", "SLA-19", "SLA-08", "SLA-14", "SLA-26a"])
def test_what_lasts_a_day_or_counts_in_hours_is_near_when_it_was(row: str) -> None:
    assert JUDGED[row].yellow == ROWS[row].yellow


def test_the_prompt_gives_way_to_what_is_late_and_says_so() -> None:
    prompt, late = expected(promised())

    assert (prompt.level, prompt.over, late.level) == (PROMPT, Over.LATE_NOW, YELLOW)
    assert prompt.over_at == late.raised_at


def test_what_a_law_promised_turns_red() -> None:
    prompt, late = expected(promised(name=ClockName.STATUTORY))

    assert (prompt.level, prompt.over, late.level) == (PROMPT, Over.RED_NOW, RED)


def test_a_decision_in_time_takes_back_the_yellow_card_and_lets_the_prompt_stand() -> None:
    desk, clock_now = Desk(), promised()
    desk.tick(clock_now, LATER)
    due = clock_now.due
    assert due is not None

    healed = promised(ClockFacts(CASE, FACTS.terms, ending=decision(due.isoformat())))
    desk.tick(healed, LATER)

    assert {level for level, _, state in desk.standing()} == {PROMPT}


def test_what_is_near_is_near_on_the_page_by_the_level_of_its_profile() -> None:
    near = promised().near_at
    assert near is not None

    assert late_next(promised(), FACTS.dossier, near).level is PROMPT


def test_red_is_worse_than_yellow_and_yellow_than_a_prompt() -> None:
    assert WORST_FIRST == (RED, YELLOW, PROMPT)


@pytest.mark.parametrize(
    ("level", "overdue", "late"),
    [("PROMPT", 0, False), ("YELLOW", 0, False), ("YELLOW", 1, True), ("RED", 0, True)],
)
def test_a_card_of_what_is_late_is_one_whatever_its_colour(
    level: str, overdue: int, *, late: bool
) -> None:
    told = card("SLA-04", level=level, overdue=overdue)
    (found,) = fold_all(CASE, [RECEIVED, ACCEPTED, told]).cards

    assert type(found) is Card
    assert found.late is late


def test_a_run_keeps_the_colours_of_the_policy_under_which_it_began() -> None:
    rules = rules_of(SupervisionProfile.DEFAULT)
    (since, before) = rules.policies[0]
    later = (date(2024, 9, 3), policy_of(SupervisionProfile.THREE_TIER))
    both = type(rules)(0, 0, rules.calendar, ((since, before), later), rules.publishers)

    assert {one.warning for one in clocks_of(FACTS.dossier, both)} == {YELLOW}
