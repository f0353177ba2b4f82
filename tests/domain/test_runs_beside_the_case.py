"""The limits of what has no case of ours, from hotline tickets to joint cases."""

import pytest

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.activity.facts import ProblemFound, ProblemResolved
from shared.contracts.envelope import Event, Fact
from shared.contracts.hotline import facts as hotline
from shared.contracts.intermediary.facts import AgencyAdmitted, AgencyApplied
from shared.contracts.item.facts import ItemChangeSynced, ItemDefinitionRevised
from shared.contracts.joint import facts as joint
from shared.contracts.policy.facts import PolicyItemPublished
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.unfinished import facts as unfinished
from shared.contracts.xregion import facts as xregion
from shared.policy.rules import shipped
from tests.support.clock_facts import instant
from tests.support.examples import like_the_example

YELLOW, RED = AlertLevel.YELLOW, AlertLevel.RED
RULES = shipped()

Told = tuple[str, type[Fact], dict[str, object]]


def told(when: str, kind: type[Fact], /, **words: object) -> Told:
    return when, kind, words


def clocks(*facts: Told) -> dict[str, Clock]:
    """Return by limit the clocks of one subject, of which *facts* were told."""
    entries = [
        Entry.of(
            Event.of(
                like_the_example(kind, **{kind.ABOUT: "ONE"}, **words),
                id=f"fact-{number}",
                source="urn:test",
                time=instant(when),
                partitionkey="ONE",
            )
        )
        for number, (when, kind, words) in enumerate(facts)
    ]
    return {clock.sla.id: clock for clock in clocks_of(fold_all("ONE", entries), RULES)}


def cards(clock: Clock) -> list[tuple[AlertLevel, str]]:
    return [(one.level, f"{one.raised_at:%m-%dT%H:%M}") for one in expected(clock)]


RECEIVED, EXTENDED = hotline.TicketReceived, hotline.TicketExtended
WEDNESDAY = "2024-09-18T08:50"


def test_a_ticket_is_signed_for_by_the_next_day_and_near_half_a_day_before() -> None:
    signing = clocks(told(WEDNESDAY, RECEIVED, kind="HELP"))["SLA-24a"]

    assert cards(signing) == [(YELLOW, "09-19T12:00"), (RED, "09-20T00:00")]


def test_an_emergency_has_two_hall_hours_to_be_signed_for_and_the_day_to_be_answered() -> None:
    found = clocks(told("2024-09-18T16:30", RECEIVED, kind="EMERGENCY"))

    assert cards(found["SLA-24b"]) == [(YELLOW, "09-19T09:30"), (RED, "09-19T10:30")]
    assert cards(found["SLA-25a"]) == [(YELLOW, "09-18T16:30"), (RED, "09-19T00:00")]
    assert found.keys() == {"SLA-24b", "SLA-25a"}


@pytest.mark.parametrize(
    ("due", "raised"),
    [
        ("2024-09-27", [(YELLOW, "09-24T00:00"), (RED, "09-26T00:00")]),
        ("2024-09-25", [(YELLOW, "09-24T00:00"), (RED, "09-26T00:00")]),
        ("2024-09-20", [(YELLOW, "09-20T00:00"), (RED, "09-21T00:00")]),
        ("2024-09-10", [(RED, "09-19T00:00")]),
    ],
)
def test_a_complaint_has_five_days_and_never_more_than_the_hotline_gives(
    due: str, raised: list[tuple[AlertLevel, str]]
) -> None:
    answering = clocks(told(WEDNESDAY, RECEIVED, kind="COMPLAINT", due=due))["SLA-25d"]

    assert cards(answering) == raised


def test_a_limit_that_ends_when_the_hotline_says_is_explained_by_the_days_until_then() -> None:
    answering = clocks(told(WEDNESDAY, RECEIVED, kind="COMPLAINT", due="2024-09-20"))["SLA-25d"]
    explained = explain(answering, instant("2024-09-19T12:00"))

    assert (explained.limit, explained.unit, str(explained.due)) == (2, "WD", "2024-09-20")
    assert [str(one.date) for one in explained.days if one.counted] == ["2024-09-19", "2024-09-20"]


def test_more_time_ends_one_limit_and_begins_another_that_counts_from_the_dispatch() -> None:
    received = told(WEDNESDAY, RECEIVED, kind="COMPLAINT", due="2024-09-27")
    granted = told("2024-09-24T09:00", EXTENDED, new_due="2024-10-10")
    far = told("2024-09-24T09:00", EXTENDED, new_due="2024-12-31")
    found = clocks(received, granted)

    assert cards(found["SLA-25d"]) == [(YELLOW, "09-24T00:00")]
    assert cards(found["SLA-25e"]) == [(YELLOW, "10-08T00:00"), (RED, "10-11T00:00")]
    # However long the hotline waits, fifteen days are the bureau's own limit.
    assert str(clocks(received, far)["SLA-25e"].due) == "2024-10-14"


def test_a_day_that_nobody_means_ends_nothing() -> None:
    answering = clocks(told(WEDNESDAY, RECEIVED, kind="COMPLAINT", due="9999-12-31"))["SLA-25d"]
    unmeant = clocks(
        told(WEDNESDAY, RECEIVED, kind="COMPLAINT"),
        told("2024-09-24T09:00", EXTENDED, new_due="9999-12-31"),
    )

    assert str(answering.due) == "2024-09-25"
    assert str(unmeant["SLA-25e"].due) == "2024-10-14"


SIGNED = told("2024-09-18T10:00", hotline.TicketSigned, complex=True)


@pytest.mark.parametrize(
    ("due", "last"),
    [
        ("2024-12-31", "2024-10-14"),
        ("2024-10-10", "2024-10-10"),
        ("2024-09-20", "2024-09-20"),
        ("9999-12-31", "2024-10-14"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("EMERGENCY", "SLA-25a"),
        ("CONSULT", "SLA-25b"),
        ("HELP", "SLA-25c"),
        ("REPORT", "SLA-25d"),
    ],
)
def test_a_complex_ticket_has_fifteen_days_and_never_more_than_the_hotline_gives(
    kind: str, before: str, due: str, last: str
) -> None:
    received = told(WEDNESDAY, RECEIVED, kind=kind, due=due)
    plain = told("2024-09-18T10:00", hotline.TicketSigned, complex=False)
    found = clocks(received, SIGNED)

    assert str(found["SLA-25f"].due) == last
    assert found[before].ending
    assert "SLA-25f" not in clocks(received, plain)


def test_a_complex_ticket_that_is_given_more_time_is_one_of_those() -> None:
    received = told(WEDNESDAY, RECEIVED, kind="REPORT", due="2024-10-09")
    granted = told("2024-09-24T09:00", EXTENDED, new_due="2024-10-10")
    another = told("2024-09-25T09:00", hotline.TicketSigned, complex=True)
    replied = told("2024-09-26T09:00", hotline.TicketReplied)
    found = clocks(received, SIGNED, granted)

    assert found["SLA-25f"].ending
    assert str(found["SLA-25e"].due) == "2024-10-10"
    assert "SLA-25f" not in clocks(received, granted, another)
    assert clocks(received, SIGNED, replied)["SLA-25f"].ending


def test_a_ticket_that_did_not_help_and_is_complex_has_its_days_from_then_on() -> None:
    reopened = clocks(
        told(WEDNESDAY, RECEIVED, kind="REPORT", due="2024-09-25"),
        told("2024-09-18T10:00", hotline.TicketSigned),
        told("2024-09-24T09:00", hotline.TicketReplied),
        told("2024-10-08T09:00", hotline.TicketFollowedUp),
        told("2024-10-09T09:00", hotline.TicketReopened),
        told("2024-10-10T09:00", hotline.TicketSigned, complex=True),
    )["SLA-25f"]

    assert str(reopened.due) == "2024-10-29"


def test_what_is_sent_back_is_nobodys_to_answer_here_also_with_more_time() -> None:
    found = clocks(
        told(WEDNESDAY, RECEIVED, kind="REPORT"),
        told("2024-09-18T09:00", EXTENDED, new_due="2024-10-10"),
        told("2024-09-18T09:30", hotline.TicketSentBack),
    )

    assert found["SLA-25e"].ending


def test_whoever_came_in_vain_is_called_the_same_day_also_on_a_sunday() -> None:
    recorded = told("2024-09-22T10:00", unfinished.MatterRecorded, cause="STAFF")
    in_vain = told("2024-09-22T11:00", unfinished.MatterContacted, reached=False)
    found = clocks(recorded, in_vain)

    assert cards(found["SLA-26a"]) == [(YELLOW, "09-22T10:00"), (RED, "09-23T00:00")]
    assert clocks(recorded, in_vain, in_vain, in_vain)["SLA-26a"].ending
    assert cards(found["SLA-26b"]) == [(YELLOW, "09-26T00:00"), (RED, "09-28T00:00")]


def test_what_several_departments_have_to_do_takes_longer_and_is_followed_up() -> None:
    recorded = told(WEDNESDAY, unfinished.MatterRecorded, cause="MULTI_DEPARTMENT")
    found = clocks(recorded, told("2024-09-24T10:00", unfinished.MatterResolved))

    assert found["SLA-26c"].ending
    assert str(found["SLA-26d"].due) == "2024-09-27"
    assert "SLA-26b" not in found


COLLECTED = told(WEDNESDAY, xregion.CrossRegionCollected)
RETURNED = told("2024-09-24T11:00", xregion.CrossRegionReturned, handed_over_date=None)


def test_what_is_collected_goes_home_the_next_day_and_is_handed_over_the_day_after_its_return() -> (
    None
):
    waiting = clocks(COLLECTED)["SLA-31b"]
    handing = clocks(COLLECTED, RETURNED)

    assert cards(waiting) == [(YELLOW, "09-19T12:00"), (RED, "09-20T00:00")]
    assert handing["SLA-31b"].ending
    assert cards(handing["SLA-31c"]) == [(YELLOW, "09-25T12:00"), (RED, "09-26T00:00")]


@pytest.mark.parametrize(
    ("told_at", "day", "last"),
    [
        ("2024-09-25T16:00", "2024-09-25", YELLOW),
        ("2024-09-27T09:00", "2024-09-25", None),
        ("2024-09-27T09:00", "2024-09-27", RED),
    ],
)
def test_a_result_is_handed_over_on_the_day_that_the_window_names(
    told_at: str, day: str, last: AlertLevel | None
) -> None:
    handed = told(told_at, xregion.CrossRegionReturned, handed_over_date=day)
    handing = clocks(COLLECTED, RETURNED, handed)["SLA-31c"]

    assert [None, *[level for level, _ in cards(handing)]][-1] is last
    assert handing.ending
    assert str(handing.ending.ended_on) == day


def test_what_is_handed_over_as_it_is_returned_is_judged_by_the_day_that_is_named() -> None:
    at_once = told("2024-09-24T11:00", xregion.CrossRegionReturned, handed_over_date="2024-09-26")
    never = told("2024-09-24T11:00", xregion.CrossRegionReturned, handed_over_date="1900-01-01")

    assert cards(clocks(COLLECTED, at_once)["SLA-31c"])[-1] == (RED, "09-26T00:00")
    assert clocks(COLLECTED, never)["SLA-31c"].ending is None


def test_a_joint_case_is_late_by_the_day_of_its_last_decision_and_its_lead_answers() -> None:
    opened = told("2024-09-02T09:00", joint.JointCaseOpened)
    linked = told("2024-09-02T09:05", joint.SubcaseLinked)
    closed = told("2024-11-20T09:00", joint.JointCaseClosed, closed_date="2024-11-08")
    again = told("2024-11-21T09:00", joint.JointCaseClosed, closed_date="2024-11-21")
    never = told("2024-11-20T09:00", joint.JointCaseClosed, closed_date="9999-12-31")
    running, over = clocks(opened, linked)["SLA-06"], clocks(opened, linked, closed, again)

    assert (str(running.due), running.sla.severity) == ("2024-11-08", 2)
    assert running.org.org_code == "11610102MB2X00178C"
    assert over["SLA-06"].ending
    assert [level for level, _ in cards(over["SLA-06"])] == [YELLOW]
    assert clocks(opened, linked, never)["SLA-06"].ending is None


OPENED = told("2024-09-02T09:00", joint.JointCaseOpened)
ASKED = told("2024-10-28T09:00", joint.JointExtensionRequested)


def given(when: str, day: str = "") -> Told:
    return told(when, joint.JointExtensionApproved, days=15, approved_date=day or when[:10])


def test_a_joint_case_that_is_given_more_time_in_time_has_fifteen_days_more_once() -> None:
    in_time = given("2024-11-11T09:00", "2024-11-08")
    again = given("2024-11-25T09:00")
    extended = clocks(OPENED, ASKED, in_time, again)["SLA-06"]
    too_late = clocks(OPENED, ASKED, given("2024-11-11T09:00"))["SLA-06"]

    assert (extended.limit, str(extended.due)) == (60, "2024-11-29")
    # The first yellow day was before the approval: it was near then.
    assert cards(extended) == [
        (YELLOW, "11-01T00:00"),
        (YELLOW, "11-22T00:00"),
        (RED, "11-30T00:00"),
    ]
    assert (too_late.limit, str(too_late.due)) == (45, "2024-11-08")


def test_who_asks_for_more_time_has_an_answer_before_what_it_would_lengthen_is_over() -> None:
    waiting = clocks(OPENED, ASKED)["SLA-07b"]
    denied = told("2024-10-30T09:00", joint.JointExtensionDenied)

    assert waiting.org.org_code == "11610102MB2X00178C"
    assert cards(waiting) == [(YELLOW, "11-07T00:00"), (RED, "11-09T00:00")]
    for answer in (given("2024-10-30T09:00"), denied):
        assert cards(clocks(OPENED, ASKED, answer)["SLA-07b"]) == []


def test_more_time_that_is_granted_again_begins_again() -> None:
    found = clocks(
        told(WEDNESDAY, RECEIVED, kind="HELP", due="2024-09-27"),
        told("2024-09-20T09:00", EXTENDED, new_due="2024-09-25"),
        told("2024-09-26T09:00", EXTENDED, new_due="2024-10-08"),
    )["SLA-25e"]

    # The first one was late, and no later grace makes that untrue.
    assert (found.run.episode, str(found.due)) == (1, "2024-10-08")


@pytest.mark.parametrize(
    ("deadline", "limit", "raised"),
    [
        ("2024-10-18", "SLA-38a", [(YELLOW, "10-12T00:00"), (RED, "10-19T00:00")]),
        (None, "SLA-38b", [(YELLOW, "10-14T00:00"), (RED, "10-22T00:00")]),
        ("1900-01-01", "SLA-38b", [(YELLOW, "10-14T00:00"), (RED, "10-22T00:00")]),
    ],
)
def test_a_problem_has_its_own_day_or_twenty_and_its_owner_answers(
    deadline: str | None, limit: str, raised: list[tuple[AlertLevel, str]]
) -> None:
    found = told("2024-09-18T17:10", ProblemFound, deadline=deadline)
    running = clocks(found)

    assert running.keys() == {limit}
    assert running[limit].org.org_code == "11610102MB2X00178C"
    assert cards(running[limit]) == raised
    assert clocks(found, told("2024-09-29T09:00", ProblemResolved))[limit].ending


def test_an_agency_is_answered_in_five_days_from_the_day_of_its_application() -> None:
    applied = told("2024-09-19T09:00", AgencyApplied, date="2024-09-18")
    admitted = told("2024-09-23T10:00", AgencyAdmitted)

    assert str(clocks(applied)["SLA-31"].due) == "2024-09-25"
    assert cards(clocks(applied, admitted)["SLA-31"]) == []


def test_a_policy_is_listed_with_its_guide_within_seven_days_of_its_issue() -> None:
    bare = told(
        "2024-09-13T16:00", PolicyItemPublished, guide_ready=False, listed_date="2024-09-13"
    )
    late = told("2024-09-25T16:00", PolicyItemPublished, listed_date="2024-09-25")
    at_once = told("2024-09-25T16:00", PolicyItemPublished, listed_date="2024-09-13")
    never = told("2024-09-13T16:00", PolicyItemPublished, listed_date="9999-12-31")

    # Issued on the 10th: the 11th to the 14th, the 18th to the 20th.
    assert cards(clocks(bare)["SLA-32"]) == [(YELLOW, "09-18T00:00"), (RED, "09-21T00:00")]
    assert cards(clocks(bare, late)["SLA-32"])[-1] == (RED, "09-21T00:00")
    assert cards(clocks(at_once)["SLA-32"]) == []
    assert cards(clocks(bare, late, late)["SLA-32"])[-1] == (RED, "09-21T00:00")
    assert clocks(bare, never)["SLA-32"].ending is None


def test_a_change_of_an_item_is_published_in_all_places_within_five_days() -> None:
    revised = told("2024-09-18T09:00", ItemDefinitionRevised)
    synced = {
        place: told("2024-09-19T09:00", ItemChangeSynced, place=place, synced_date="2024-09-19")
        for place in ("ONLINE", "OFFLINE", "PLATFORM")
    }
    unmeant = told("2024-09-19T09:00", ItemChangeSynced, place="PLATFORM", synced_date="1900-01-01")
    two = (revised, synced["ONLINE"], synced["OFFLINE"])

    assert str(clocks(*two)["SLA-33"].due) == "2024-09-25"
    for more in (synced["OFFLINE"], unmeant):
        assert clocks(*two, more)["SLA-33"].ending is None
    assert clocks(*two, synced["PLATFORM"])["SLA-33"].ending
