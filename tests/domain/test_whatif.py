"""Other rules over history: the recorded ones give what is on record, others say what would be."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.clocks.alert import Alert, reconcile
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import is_settled
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import picture_of
from services.metrics.domain.rules.refusals import LimitIndispensable, NoticePartial, PolicyUnfit
from services.metrics.domain.rules.whatif import (
    NAMED_MAX,
    OnRecord,
    OtherWorld,
    RunRecorded,
    Window,
    otherwise,
)
from shared.contracts.envelope import Event
from shared.contracts.rejection import Rejection
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import AlertRaised, AlertResolved
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from shared.policy.rules import Rules, evolve, shipped
from shared.policy.sla import bureau_policy
from tests.support.figure_stories import STORIES
from tests.support.notices import notice
from tests.support.rule_changes import notice_of

NOW = datetime(2024, 11, 1, 9, tzinfo=ZONE)
RULES, POLICY = shipped(), bureau_policy()
WAY = STORIES["a case from receipt to rating"]
ALL = Window()


def with_limit(row: str, **changes: object) -> dict[str, Any]:
    """Return the bureau's policy with another row *row*."""
    document: dict[str, Any] = json.loads(POLICY.model_dump_json())
    limits = [one | changes if one["id"] == row else one for one in document["limits"]]
    return document | {"limits": limits}


def without(row: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(POLICY.model_dump_json())
    return document | {"limits": [one for one in document["limits"] if one["id"] != row]}


def judged(document: object, rules: Rules = RULES) -> Rules:
    return otherwise(json.dumps(document).encode(), rules, NOW)


SAME = judged(json.loads(POLICY.model_dump_json()))


def said_of(clocks: Iterable[Clock]) -> tuple[dict[ClockKey, list[Alert]], list[Entry]]:
    """Return what the ticker has said of *clocks*, and its facts as the fold hears them."""
    said: dict[ClockKey, dict[str, Alert]] = {}
    facts = []
    for clock in clocks:
        known = said.setdefault(clock.key, {})
        for ruling in reconcile(clock, (), NOW):
            facts.append(
                Entry.of(
                    Event.of(
                        ruling.fact,
                        id=ruling.event_id,
                        source="urn:supervision",
                        time=ruling.at,
                        partitionkey=clock.key.dossier,
                    )
                )
            )
            match ruling.fact:
                case AlertRaised(alert_id=name, level=level):
                    known[name] = Alert(name, level, ruling.at, AlertState.RAISED)
                case AlertResolved(alert_id=name):
                    one = known[name]
                    known[name] = replace(one, state=AlertState.RESOLVED)
                case _:
                    raise AssertionError("nothing was said before")
    return {key: [*alerts.values()] for key, alerts in said.items() if alerts}, facts


def recorded(facts: Sequence[Entry], *, told: bool = True) -> OnRecord:
    """Return a dossier with all that is on record of it once the ticker has looked."""
    key = next(one.partitionkey for one in facts)
    clocks = picture_of(fold_all(key, facts), None, RULES).clocks
    said, cards = said_of(clocks) if told else ({}, [])
    dossier = fold_all(key, [*facts, *cards])
    clocks = picture_of(dossier, None, RULES).clocks
    runs = {
        clock.key: RunRecorded(clock.started_on, clock.due, clock.due_at, is_due=not told)
        for clock in clocks
        if not is_settled(clock)
    }
    return OnRecord(dossier, runs, said)


def world(under: Rules, stories: Iterable[OnRecord], window: Window = ALL) -> OtherWorld:
    """Return what would be otherwise of *stories*, whose figures are stored as they are."""
    found = OtherWorld(RULES, under, NOW, window)
    for one in stories:
        found.note(one)
        for place, number in picture_of(one.dossier, None, RULES).contributions.items():
            found.stored[place] = found.stored.get(place, 0) + number
    return found


KNOWN = {
    name: recorded(facts)
    for name, facts in STORIES.items()
    # Those tell of cards that no ticker would have raised.
    if not any(type(one.data) is AlertRaised for one in facts)
}


@pytest.mark.parametrize("story", KNOWN)
def test_the_recorded_rules_give_what_is_on_record(story: str) -> None:
    for rules in (RULES, SAME):
        found = world(rules, [KNOWN[story]])

        assert (found.differences, [*found.figures()]) == (0, [])
        assert found.sums == found.stored


def test_a_longer_limit_moves_due_days_and_takes_cards_away() -> None:
    accepted = recorded(WAY[:2])
    found = world(judged(with_limit("SLA-01", limit=100)), [recorded(WAY[:1]), accepted])
    row = found.limits["SLA-01"]

    assert (row.moved, row.appeared, row.vanished) == (2, 0, 0)
    # Of the case that nobody accepted; the other was accepted in time.
    assert (row.cards_appear, row.cards_vanish) == (0, 2)
    assert {(one.level, one.appears) for one in found.cards} == {
        (AlertLevel.YELLOW, False),
        (AlertLevel.RED, False),
    }
    assert found.runs[0].due_recorded == date(2024, 9, 9)
    assert found.differences == 4


def test_a_shorter_limit_lays_cards_and_changes_the_figures_that_count_them() -> None:
    published = recorded(STORIES["a certificate that is published in time"])
    shorter = with_limit("SLA-35", limit=1, yellow={"by": "days", "days": 0})
    found = world(judged(shorter), [published])
    figures = {one.kpi_id: (one.recorded, one.value) for one in found.figures()}

    row = found.limits["SLA-35"]
    assert (row.moved, row.cards_vanish) == (1, 0)
    assert row.cards_appear >= 1
    assert figures["K12.4.red"] == (2, 3)


def test_a_row_that_is_dropped_takes_its_runs_and_cards_with_it() -> None:
    found = world(judged(without("SLA-05")), [recorded(WAY[:2])])
    row = found.limits["SLA-05"]

    assert (row.vanished, row.cards_vanish) == (1, 2)
    figures = {one.kpi_id: (one.recorded, one.value) for one in found.figures()}
    assert figures["L02.red"][0] != figures["L02.red"][1]


def test_a_row_that_is_new_brings_its_own() -> None:
    dropped = replace(RULES, policies=judged(without("SLA-05")).policies)
    clocks = picture_of(fold_all(WAY[0].partitionkey, WAY[:2]), None, dropped).clocks
    said, cards = said_of(clocks)
    dossier = fold_all(WAY[0].partitionkey, [*WAY[:2], *cards])
    runs = {
        one.key: RunRecorded(one.started_on, one.due, one.due_at, is_due=False)
        for one in picture_of(dossier, None, dropped).clocks
    }
    found = OtherWorld(dropped, RULES, NOW, ALL)
    found.note(OnRecord(dossier, runs, said))

    assert (found.limits["SLA-05"].appeared, found.limits["SLA-05"].cards_appear) == (1, 2)
    assert all(one.appears for one in found.cards)
    assert not found.runs[0].recorded


def test_another_calendar_moves_what_crosses_its_days() -> None:
    under = evolve(RULES, notice_of(1, 2024, off=["2024-09-03", "2024-09-04"], on=[]))
    found = world(under, [recorded(WAY[:2])])

    assert found.limits["SLA-04"].moved == 1
    assert found.recorded.calendar != found.judged.calendar


def test_work_that_would_be_done_in_time_is_over_and_its_card_resolved() -> None:
    decided = recorded(STORIES["a decision after both limits"])
    found = world(judged(with_limit("SLA-04", extensions=None)), [decided])

    assert found.differences == 0


def test_what_the_ticker_is_about_to_say_is_no_difference() -> None:
    unsaid = recorded(WAY[:2], told=False)

    assert world(RULES, [unsaid]).cards == []
    assert world(judged(without("SLA-05")), [unsaid]).limits["SLA-05"].cards_vanish == 0


def test_a_run_that_is_gone_is_not_missed() -> None:
    known = recorded(WAY[:2])
    ghost = ClockKey(known.dossier.key, "x", "SLA-01", 7)
    gone = RunRecorded(date(2024, 9, 2), None, None, is_due=False, gone=True)
    found = world(RULES, [replace(known, runs={**known.runs, ghost: gone})])

    assert found.differences == 0


def test_only_the_days_that_are_asked_for_are_told() -> None:
    under, known = judged(with_limit("SLA-01", limit=100)), [recorded(WAY[:1])]
    september = world(under, known, Window(date(2024, 9, 2), date(2024, 9, 9)))
    october = world(under, known, Window(date(2024, 10, 1), date(2024, 10, 31)))

    assert (len(september.runs), [one.level for one in september.cards]) == (
        1,
        [AlertLevel.YELLOW],
    )
    assert (october.differences, october.runs, october.cards) == (0, [], [])
    assert "L03.received" not in {one.kpi_id for one in october.figures()}


def test_of_very_many_the_first_are_named_and_all_are_counted() -> None:
    known = recorded(WAY[:1])
    found = world(judged(with_limit("SLA-01", limit=100)), [known] * (NAMED_MAX + 1))

    assert (len(found.runs), len(found.cards)) == (NAMED_MAX, NAMED_MAX)
    assert found.limits["SLA-01"].moved == NAMED_MAX + 1


def test_a_policy_holds_from_its_day_on_and_none_after_it() -> None:
    document = with_limit("SLA-01", limit=9)
    since = judged({"effective_from": "2024-03-01", "document": document})
    later = judged({"effective_from": "2023-01-01", "document": document}, since)
    always = judged({"effective_from": None, "document": document, "version": "x"}, since)

    assert [day for day, _ in since.policies] == [date.min, date(2024, 3, 1)]
    assert [day for day, _ in later.policies] == [date.min, date(2023, 1, 1)]
    assert [day for day, _ in always.policies] == [date.min]
    assert always.policies[0][1].by_id["SLA-01"].limit == 9


def test_a_notice_settles_its_year() -> None:
    assert judged(notice()).calendar.official(2027)


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"[", PolicyUnfit),
        (b"[" * 100_000, PolicyUnfit),
        (
            json.dumps({"effective_from": "0001-01-01", "document": with_limit("SLA-01")}),
            PolicyUnfit,
        ),
        (json.dumps({"effective_from": 3, "document": with_limit("SLA-01")}), PolicyUnfit),
        (json.dumps(without("SLA-01")), LimitIndispensable),
        (json.dumps({"limits": []}), PolicyUnfit),
        (json.dumps({"year": 2027, "papers": [], "days": []}), NoticePartial),
        (b"[]", Rejection),
    ],
)
def test_what_is_no_rule_is_refused(document: str | bytes, refusal: type[Rejection]) -> None:
    raw = document if isinstance(document, bytes) else document.encode()

    with pytest.raises(refusal):
        otherwise(raw, RULES, NOW)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.sampled_from([*KNOWN]), max_size=6), st.permutations([*KNOWN]))
def test_any_history_in_any_order_is_as_recorded_under_the_recorded_rules(
    some: list[str], order: list[str]
) -> None:
    of: Mapping[str, OnRecord] = KNOWN
    found = world(RULES, [of[name] for name in (*some, *order)])

    assert (found.differences, [*found.figures()]) == (0, [])
