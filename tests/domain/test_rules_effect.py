"""What an edition does to a dossier is said before it is published, card by card."""

from datetime import date, datetime

from msgspec.structs import replace

from services.metrics.domain.clocks.alert import Alert, reconcile
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.domain.rules.effect import EXAMPLES_MAX, Effect, moved_clocks
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import AlertRaised
from shared.policy.calendar import ZONE
from shared.policy.rules import Rules, evolve, shipped
from tests.support.rule_changes import notice_of
from tests.support.way_of_a_case import ACCEPTED, RECEIVED, entry

DECEMBER = date(2026, 12, 10)
ACCEPTANCE = ACCEPTED.data.model_copy(update={"effective_date": DECEMBER, "committed_limit": 20})
DOSSIER = fold_all("XC20240902000017", [RECEIVED, entry(ACCEPTANCE, 1)])
AFTER_WORK = datetime(2027, 1, 8, 18, tzinfo=ZONE)
LATER = datetime(2027, 1, 12, 9, tzinfo=ZONE)
SPRING = notice_of(1, 2027, off=["2027-01-01", "2027-01-04"], on=["2027-01-09"])
SETTLED = evolve(shipped(), SPRING)


def picture(rules: Rules) -> Picture:
    return picture_of(DOSSIER, None, rules)


def cards(under: Rules, now: datetime) -> dict[ClockKey, list[Alert]]:
    """Return what was said of each clock by *now*."""
    said: dict[ClockKey, list[Alert]] = {}
    for clock in picture(under).clocks:
        for ruling in reconcile(clock, (), now):
            if isinstance(fact := ruling.fact, AlertRaised):
                alert = Alert(fact.alert_id, fact.level, ruling.at, AlertState.RAISED)
                said.setdefault(clock.key, []).append(alert)
    return said


def effect(before: Rules, after: Rules, now: datetime) -> Effect:
    found = Effect()
    found.note(picture(before), picture(after), cards(before, now), now)
    return found


def test_a_notice_moves_a_run_that_crosses_its_year_and_settles_it() -> None:
    found = effect(shipped(), SETTLED, datetime(2026, 12, 12, tzinfo=ZONE))
    committed = found.examples[0]

    assert (found.runs_moved, found.runs_settled) == (2, 2)
    assert (found.cards_raised, found.cards_revoked) == (0, 0)
    assert (committed.sla, committed.started_on) == ("SLA-04", DECEMBER)
    assert (committed.due_before, committed.due_after) == (date(2027, 1, 7), date(2027, 1, 9))
    assert (committed.provisional_before, committed.provisional_after) == (True, False)


def test_a_card_that_came_too_early_is_revoked_and_one_that_came_too_late_is_raised() -> None:
    later = effect(shipped(), SETTLED, AFTER_WORK)
    sooner = effect(SETTLED, shipped(), AFTER_WORK)

    assert (later.cards_raised, later.cards_revoked) == (2, 4)
    assert (sooner.cards_raised, sooner.cards_revoked) == (4, 2)


def test_what_the_ticker_would_do_anyway_is_not_the_editions_doing() -> None:
    found = Effect()
    found.note(picture(shipped()), picture(shipped()), {}, LATER)

    assert (found.cards_raised, found.cards_revoked, found.examples) == (0, 0, [])


def test_a_run_that_only_one_of_the_editions_knows_is_moved() -> None:
    whole = picture(shipped())
    without = replace(whole, clocks=whole.clocks[:2])
    gone, come = Effect(), Effect()
    gone.note(whole, without, {}, LATER)
    come.note(without, whole, {}, LATER)

    assert (gone.runs_moved, come.runs_moved) == (1, 1)
    assert (gone.examples[0].due_after, come.examples[0].due_before) == (None, None)


def test_the_figures_that_change_are_named() -> None:
    found = Effect()
    found.note(picture(shipped()), replace(picture(shipped()), contributions={}), {}, LATER)

    assert "L03" in found.figures


def test_of_very_many_runs_the_first_are_named_and_all_are_counted() -> None:
    found = Effect()
    for _ in range(EXAMPLES_MAX):
        found.note(picture(shipped()), picture(SETTLED), {}, datetime(2026, 12, 12, tzinfo=ZONE))

    assert found.runs_moved == 2 * EXAMPLES_MAX
    assert len(found.examples) == EXAMPLES_MAX


def test_a_clock_is_written_again_only_where_it_calls_for_something_else() -> None:
    before, after = picture(shipped()).clocks, picture(SETTLED).clocks
    correction = notice_of(1, 2023, off=["2023-01-02"], on=[])
    past = picture(evolve(shipped(), correction)).clocks

    assert moved_clocks(before, after) == list(after[1:])
    assert moved_clocks(before, past) == []
    assert moved_clocks((), after) == list(after)
