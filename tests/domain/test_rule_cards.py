"""Rule cards: what breaks a rule at once, whatever the hour."""

from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace

from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.entry import Entry
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.handling.facts import CaseAmended, DecisionMade, HearingAnnounced, HoldOpened
from shared.contracts.inspection.facts import VisitConcluded
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from shared.contracts.supervision.facts import AlertRaised
from tests.support.clock_facts import instant
from tests.support.running import RED, YELLOW, at, cards, clocks_by, running
from tests.support.way_of_a_case import CASE

RECEIVED = at("2024-09-02T08:30", ApplicationReceived, received_date="2024-09-02")
EVIDENCE = [{"doc_type": "INSPECTION_PHOTO"}]


def notice(number: int, when: str) -> Entry:
    return at(when, CorrectionRequested, round=number)


def test_a_second_notice_is_a_yellow_card_until_the_case_is_over() -> None:
    again = [RECEIVED, notice(1, "2024-09-03T09:00"), notice(2, "2024-09-05T10:15")]
    over = at("2024-09-06T09:00", ApplicationWithdrawn)
    clock = running(*again)["RULE-01", CASE, 0]
    raised_at = instant("2024-09-05T10:15")

    assert cards(clock) == [(YELLOW, raised_at, None)]
    assert cards(running(*again, over)["RULE-01", CASE, 0]) == [
        (YELLOW, raised_at, instant("2024-09-06T09:00"))
    ]
    (ruling,) = reconcile(clock, (), raised_at)
    assert isinstance(ruling.fact, AlertRaised)
    assert (ruling.fact.rule_id, ruling.fact.basis, ruling.fact.overdue_days) == (
        "RULE-01",
        "RULE",
        0,
    )


def test_one_notice_breaks_no_rule() -> None:
    assert ("RULE-01", CASE, 0) not in running(RECEIVED, notice(1, "2024-09-03T09:00"))


def test_a_rule_card_says_what_was_done_and_names_no_day() -> None:
    clock = running(RECEIVED, notice(2, "2024-09-05T10:15"))["RULE-01", CASE, 0]
    later = instant("2024-09-09T09:00")
    told = explain(clock, later)

    assert told.sentence.zh == "9月5日再次告知补正，应一次性告知。"
    assert (clock.consumed(later), clock.overdue(later), clock.left(later)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        ({"decision": "DENIED", "reasons": None}, True),
        ({"decision": "DENIED", "reasons": "不符合条件", "remedies_told": False}, True),
        ({"decision": "DENIED", "reasons": "不符合条件", "remedies_told": True}, False),
        ({"decision": "APPROVED", "reasons": None}, False),
    ],
)
def test_who_refuses_says_why_and_what_can_be_done(
    words: dict[str, object],
    broken: bool,  # noqa: FBT001 - a table of cases
) -> None:
    decided = at("2024-09-05T09:00", DecisionMade, decision_date="2024-09-05", **words)

    assert (("RULE-02", CASE, 0) in running(RECEIVED, decided)) is broken


@pytest.mark.parametrize(
    ("on_list", "grade", "broken"),
    [(True, "L2", False), (False, "L4", False), (False, "L2", True)],
)
def test_only_what_is_listed_or_difficult_goes_to_the_committee(
    on_list: bool,  # noqa: FBT001 - a table of cases
    grade: str,
    broken: bool,  # noqa: FBT001 - a table of cases
) -> None:
    made = at("2024-09-05T09:00", ReferralMade, referral_id="R1", on_list=on_list, grade=grade)

    assert (("RULE-03", "R1", 0) in running(made)) is broken


@pytest.mark.parametrize(
    ("result", "evidence", "broken"),
    [("PASS", [], True), ("PASS", EVIDENCE, False), ("NOT_DONE", [], False)],
)
def test_a_conclusion_rests_on_evidence(
    result: str,
    evidence: list[object],
    broken: bool,  # noqa: FBT001 - a table of cases
) -> None:
    concluded = at(
        "2024-09-05T09:00", VisitConcluded, inspection_id="I1", result=result, evidence=evidence
    )

    assert (("RULE-04", "I1", 0) in running(concluded)) is broken


ACCEPTED = at("2024-09-02T09:00", ApplicationAccepted, effective_date="2024-09-02")
ASKED = at("2024-09-03T09:00", HoldOpened, hold_id="h1", reason="HEARING")


def hearing(when: str, day: str, notified: str = "") -> Entry:
    return at(
        when,
        HearingAnnounced,
        hold_id="h1",
        hearing_date=day,
        notified_date=notified or when[:10],
    )


@pytest.mark.parametrize(
    ("day", "notified", "broken"),
    [
        ("2024-09-12", "2024-09-05", False),
        ("2024-09-11", "2024-09-05", True),
        ("2024-09-11", "2024-09-04", False),
        ("2024-09-04", "2024-09-05", True),
        ("9999-12-31", "2024-09-05", False),
        ("2024-09-11", "1900-01-01", False),
    ],
)
def test_a_hearing_is_announced_seven_days_before(
    day: str,
    notified: str,
    broken: bool,  # noqa: FBT001 - a table of cases
) -> None:
    told = hearing("2024-09-05T10:20", day, notified)

    assert (("RULE-05", CASE, 0) in running(RECEIVED, ACCEPTED, ASKED, told)) is broken


def test_a_short_notice_is_a_yellow_card_until_another_is_long_enough() -> None:
    short = hearing("2024-09-05T10:20", "2024-09-09")
    longer = hearing("2024-09-06T09:00", "2024-09-20")
    told = [RECEIVED, ACCEPTED, ASKED, short]
    clock = running(*told)["RULE-05", CASE, 0]
    raised_at = instant("2024-09-05T10:20")

    assert cards(clock) == [(YELLOW, raised_at, None)]
    assert explain(clock, instant("2024-09-09")).sentence.zh == ("9月5日通知听证，距听证不足七日。")
    for over in (longer, at("2024-09-06T09:00", ApplicationWithdrawn)):
        assert cards(running(*told, over)["RULE-05", CASE, 0]) == [
            (YELLOW, raised_at, instant("2024-09-06T09:00"))
        ]


def filed(channel: str) -> Entry:
    return at("2024-09-02T08:30", ApplicationReceived, received_date="2024-09-02", channel=channel)


STATIONED = {"stationed": True}
PLATFORM = "urn:casetrack:610102:"


@pytest.mark.parametrize(
    ("channel", "source", "guide", "receiving", "broken"),
    [
        ("WINDOW", f"{PLATFORM}intake", STATIONED, [PLATFORM], False),
        ("WINDOW", "URN:casetrack:610102:Hall", STATIONED, [PLATFORM], False),
        ("WINDOW", "urn:xincheng:water-bureau", STATIONED, [PLATFORM], True),
        ("WINDOW", "urn:xincheng:water-bureau", STATIONED, [], False),
        ("OTHER", f"{PLATFORM}intake", STATIONED, [PLATFORM], True),
        ("OTHER", "urn:xincheng:water-bureau", STATIONED, [], True),
        ("OTHER", "urn:xincheng:water-bureau", {}, [PLATFORM], False),
        ("OTHER", "urn:xincheng:water-bureau", None, [PLATFORM], False),
    ],
)
def test_what_is_stationed_is_filed_with_hall_or_platform(
    channel: str,
    source: str,
    guide: Mapping[str, object] | None,
    receiving: Sequence[str],
    broken: bool,  # noqa: FBT001 - a table of cases
) -> None:
    received = replace(filed(channel), source=source)
    item = received.data.case.item_code

    clocks = clocks_by(guide and {item: guide}, received, receiving=receiving)

    assert ("RULE-06" in clocks) is broken


def test_a_receipt_outside_is_a_red_card_until_the_case_is_over_or_another_items() -> None:
    received = filed("OTHER")
    guides = {received.data.case.item_code: STATIONED}
    over = at("2024-09-06T09:00", ApplicationWithdrawn)
    another = at("2024-09-03T10:00", CaseAmended, field="item_code", new="116109999999")
    clock = clocks_by(guides, received)["RULE-06"]

    assert cards(clock) == [(RED, instant("2024-09-02T08:30"), None)]
    assert cards(clocks_by(guides, received, over)["RULE-06"]) == [
        (RED, instant("2024-09-02T08:30"), instant("2024-09-06T09:00"))
    ]
    assert "RULE-06" not in clocks_by(guides, received, another)
    assert explain(clock, instant("2024-09-09")).sentence.zh == (
        "9月2日在政务大厅和一体化平台之外收件，该事项应进必进。"
    )
