"""A year of every kind of subject: whose its days were, and that its own rules change nothing."""

from datetime import date, datetime

from services.metrics.domain.clocks.measure import measure_of
from services.metrics.domain.clocks.parties import case_used_by, clock_waits, used_by
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import picture_of
from services.metrics.domain.rules.whatif import OnRecord, OtherWorld, RunRecorded, Window
from shared.contracts.words import ClockParty
from shared.policy.calendar import ZONE
from shared.policy.parties import bureau_parties
from shared.policy.rules import shipped
from tests.support.year.story import dossiers

RULES, PARTIES = shipped(), bureau_parties()
SEED, DOSSIERS, FIRST = "1", 120, date(2024, 1, 10)
NOW = datetime(2025, 6, 2, 11, 30, tzinfo=ZONE)

FACTS = {
    key: [Entry.of(event) for event in events] for key, events in dossiers(SEED, FIRST, DOSSIERS)
}
YEAR = [
    (dossier, picture_of(dossier, None, RULES))
    for dossier in (fold_all(key, entries) for key, entries in FACTS.items())
]


def test_of_every_clock_the_parts_make_the_whole_and_every_party_has_its_turn() -> None:
    seen = set()
    for dossier, picture in YEAR:
        for clock in picture.clocks:
            used = used_by(clock, clock_waits(clock, dossier, PARTIES), NOW)
            until = min(NOW, clock.ended_at or NOW)
            measure = measure_of(clock.run, clock.policy, clock.calendar)
            seen |= {one.party for one in used}

            assert sum(one.counted for one in used) == clock.consumed(NOW), clock.key
            assert sum(one.elapsed for one in used) == measure.consumed(until, ()), clock.key

    assert seen == {*ClockParty}


def test_of_every_case_the_parts_make_its_working_days() -> None:
    for dossier, _ in YEAR:
        case = dossier.case
        if case.received_on is None:
            continue
        until = case.ending.ended_on if case.ending else NOW.date()
        used = case_used_by(dossier, PARTIES, RULES.calendar, NOW.date())

        whole = RULES.calendar.working_days_between(case.received_on, min(until, NOW.date()))
        assert sum(one.elapsed for one in used) == whole, dossier.key


def test_the_recorded_rules_give_what_is_on_record_of_a_whole_year() -> None:
    world = OtherWorld(RULES, RULES, NOW, Window())
    for dossier, picture in YEAR:
        runs: dict[ClockKey, RunRecorded] = {
            one.key: RunRecorded(one.started_on, one.due, one.due_at, is_due=True)
            for one in picture.clocks
        }
        world.note(OnRecord(dossier, runs, {}))
        for place, number in picture.contributions.items():
            world.stored[place] = world.stored.get(place, 0) + number

    assert (world.differences, [*world.figures()]) == (0, [])
    assert len(world.sums) > DOSSIERS
