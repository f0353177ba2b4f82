"""What an edition of the rules makes of the one before, and by which policy a run is judged."""

from datetime import date
from functools import reduce

from shared.contracts.publishing import example_of
from shared.contracts.rules.facts import (
    CalendarPublished,
    PolicyPublished,
    PublisherRegistered,
    PublisherRemoved,
)
from shared.policy.calendar import DayKind
from shared.policy.rules import RuleChange, Rules, evolve, shipped
from shared.policy.sla import PROFILE
from tests.support.rule_changes import notice_of, policy_from

ENTRY = PublisherRegistered(
    edition=1,
    publisher_id="water-company",
    name="自来水公司",
    sources=("urn:xincheng:water-company:",),
    types=("casetrack.intake.*",),
)
FROM = date(2027, 1, 1)


def after(*facts: RuleChange) -> Rules:
    return reduce(evolve, facts, shipped())


def test_what_is_shipped_is_edition_nought() -> None:
    assert (shipped().edition, shipped().judging) == (0, 0)
    assert "trial" not in shipped().publishers.by_id
    assert "trial" in shipped(trial=True).publishers.by_id


def test_a_notice_settles_its_year() -> None:
    rules = after(notice_of(1, 2027, off=["2027-01-01"], on=["2027-02-20"]))

    assert (rules.edition, rules.judging) == (1, 1)
    assert rules.calendar.official(2027)
    assert rules.calendar.kind(date(2027, 1, 1)).kind is DayKind.DAY_OFF
    assert rules.calendar.is_workday(date(2027, 2, 20))


def test_a_notice_settles_the_days_beside_its_year_that_it_names_and_no_others() -> None:
    rules = after(notice_of(1, 2027, off=["2027-01-01", "2028-01-03"], on=["2026-12-27"]))

    assert rules.calendar.is_workday(date(2026, 12, 27))
    assert not rules.calendar.is_workday(date(2028, 1, 3))
    assert not rules.calendar.official(2028)
    assert rules.calendar.kind(date(2026, 10, 1)).kind is DayKind.DAY_OFF


def test_a_corrected_notice_takes_back_all_that_the_first_one_said() -> None:
    first = notice_of(1, 2027, off=["2027-01-01", "2027-01-04"], on=["2026-12-27"])
    rules = after(first, notice_of(2, 2027, off=["2027-01-01"], on=[]))

    assert rules.calendar == after(notice_of(1, 2027, off=["2027-01-01"], on=[])).calendar
    assert not rules.calendar.is_workday(date(2026, 12, 27))


def test_the_notice_of_the_year_before_leaves_what_its_successor_named() -> None:
    rules = after(
        notice_of(1, 2028, off=["2028-01-03"], on=["2027-12-26"]),
        notice_of(2, 2027, off=["2027-01-01"], on=[]),
    )

    assert rules.calendar.is_workday(date(2027, 12, 26))


def test_a_run_is_judged_by_the_policy_of_the_day_on_which_it_started() -> None:
    rules = after(policy_from(1, FROM, profile="p3"))

    assert rules.policy_on(date(2026, 12, 31)) == shipped().policy_on(FROM)
    assert rules.policy_on(FROM).bureau.profile == "p3"
    assert rules.policy_on(date(2030, 1, 1)).bureau.profile == "p3"


def test_an_earlier_policy_governs_until_the_day_of_the_later_one() -> None:
    rules = after(
        policy_from(1, date(2027, 6, 1), profile="p5"),
        policy_from(2, FROM, profile="p3"),
        policy_from(3, FROM, profile="p4"),
    )

    days = [date(2026, 1, 1), FROM, date(2027, 5, 31), date(2027, 6, 1)]
    assert [rules.policy_on(day).bureau.profile for day in days] == [
        PROFILE,
        "p4",
        "p4",
        "p5",
    ]


def test_an_entry_in_the_register_changes_no_judgement() -> None:
    rules = after(ENTRY)

    assert (rules.edition, rules.judging) == (1, 0)
    assert rules.publishers.speaking_from("urn:xincheng:water-company:1") is not None
    assert rules.calendar is shipped().calendar


def test_a_publisher_is_entered_anew_and_removed() -> None:
    other = ENTRY.model_copy(update={"edition": 2, "types": ("casetrack.handling.*",)})
    known = after(ENTRY, other).publishers.by_id["water-company"]
    removed = PublisherRemoved(edition=3, publisher_id="water-company")

    assert known.types == ("casetrack.handling.*",)
    assert "water-company" not in after(ENTRY, other, removed).publishers.by_id


def test_every_change_has_one_subject_so_that_two_desks_meet() -> None:
    subjects = {
        example_of(kind.TYPE)["subject"]
        for kind in (CalendarPublished, PolicyPublished, PublisherRegistered, PublisherRemoved)
    }

    assert subjects == {ENTRY.subject}
