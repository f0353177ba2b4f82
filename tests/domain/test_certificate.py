"""What is stated of a case for its applicant: until when, whether it runs, why, what resumes it."""

from datetime import date

import pytest
from msgspec import json, structs

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import fold_all
from services.metrics.domain.reasons.certificate import certify
from services.metrics.domain.subjects.terms import Ending, Hold
from services.metrics.views.certificate import Certificate, LimitState
from shared.contracts.words import ClockParty
from shared.policy.parties import bureau_parties
from shared.policy.rules import shipped
from tests.support.clock_facts import ClockFacts, decision, hold, instant, terms
from tests.support.figure_stories import STORIES
from tests.support.way_of_a_case import CASE

RULES, PARTIES = shipped(), bureau_parties()
IN_TURN = STORIES["a case for which everybody waits in turn"]


def stated(dossier: Dossier, at: str) -> Certificate:
    found = certify(dossier, RULES, PARTIES, instant(at))
    assert found is not None
    return found


def of(at: str, *holds: Hold, ending: Ending | None = None) -> Certificate:
    facts = ClockFacts("XC1", terms("2024-09-02", committed=10), holds, ending=ending)
    return stated(facts.dossier, at)


def test_a_running_case_says_until_when_and_whose_turn_it_is() -> None:
    found = of("2024-09-05T10:00")
    committed, statutory = found.limits

    assert found.answer.zh == "应于2024年9月14日（含当日）前办结。"
    assert found.answer.en == "To be decided by the end of 14 September 2024."
    assert (committed.due, statutory.due) == (date(2024, 9, 14), date(2024, 9, 30))
    assert (committed.state, committed.remaining, committed.resumes) == (
        LimitState.RUNNING,
        7,
        None,
    )
    assert (found.waits_for, found.caution) == (ClockParty.BUREAU, None)


def test_a_stopped_case_says_why_since_when_and_what_makes_it_run_again() -> None:
    found = of("2024-09-10T10:00", hold("2024-09-05"))
    committed, _ = found.limits

    assert found.answer.zh.startswith("自2024年9月5日起因")
    assert (committed.state, committed.due, committed.remaining) == (LimitState.STOPPED, None, 8)
    assert committed.resumes is not None
    assert (
        committed.resumes.zh
        == f"自{committed.stopped_by and committed.stopped_by.zh}结束之日起继续计算"
    )
    assert committed.legal_basis is not None
    assert (committed.stopped_since, found.waits_for) == (date(2024, 9, 5), ClockParty.THIRD_PARTY)


def test_a_case_that_ended_says_so() -> None:
    found = of("2024-10-01T10:00", ending=decision("2024-09-09"))

    assert found.answer.zh == "本办件已于2024年9月9日终止计时，不再有办理期限。"
    assert (found.waits_for, found.caution) == (None, None)
    assert [one.state for one in found.limits] == [LimitState.ENDED] * 2
    assert [one.ended_on for one in found.limits] == [date(2024, 9, 9)] * 2


def test_a_late_case_says_that_it_is_late() -> None:
    found = of("2024-09-18T10:00")

    assert found.answer.en == "It was to be decided by the end of 14 September 2024, and is late."
    assert found.limits[0].remaining < 0
    unanswered = stated(fold_all(CASE, IN_TURN[:1]), "2024-09-10T10:00")
    assert unanswered.answer.zh == "应于2024年9月9日前作出是否受理的决定，现已逾期。"


def test_a_day_that_may_still_move_is_said_plainly() -> None:
    facts = ClockFacts("XC1", terms("2026-12-28"))
    found = stated(facts.dossier, "2026-12-29T10:00")

    assert found.caution is not None
    assert found.caution.zh.startswith("2027年放假安排尚未公布")
    assert all(one.provisional for one in found.limits)


@pytest.mark.parametrize(
    ("facts", "answer", "party", "limits"),
    [
        (1, "应于2024年9月9日（含当日）前作出是否受理的决定。", ClockParty.BUREAU, ["SLA-01"]),
        (
            2,
            "正等待申请人补正材料；自材料补正齐全之日起，重新计算受理期限。",
            ClockParty.APPLICANT,
            [],
        ),
        (4, "应于2024年9月14日（含当日）前办结。", ClockParty.BUREAU, ["SLA-04", "SLA-05"]),
    ],
)
def test_before_and_after_acceptance_it_says_what_is_waited_for(
    facts: int, answer: str, party: ClockParty, limits: list[str]
) -> None:
    found = stated(fold_all(CASE, IN_TURN[:facts]), "2024-09-05T18:00")

    assert (found.answer.zh, found.waits_for) == (answer, party)
    assert [one.sla_id for one in found.limits] == limits


def test_a_case_of_which_no_limit_is_known_says_that() -> None:
    dossier = fold_all(CASE, IN_TURN[:1])
    case = structs.replace(dossier.case, steps=(), org_code="")
    found = stated(structs.replace(dossier, subjects=(case,)), "2024-09-02T18:00")

    assert found.answer.en == "No limit has begun yet."
    assert (found.limits, found.policies) == ((), ())
    assert found.org_code == RULES.policy_on(date(2024, 9, 2)).bureau.org.org_code


def test_of_what_is_no_case_nothing_is_stated() -> None:
    story = STORIES["a bad review within its limit"]

    assert certify(fold_all("v1", story), RULES, PARTIES, instant("2024-09-02T18:00")) is None
    assert certify(Dossier(key="x"), RULES, PARTIES, instant("2024-09-02T18:00")) is None


def test_it_says_what_made_it_and_reads_back() -> None:
    found = stated(fold_all(CASE, IN_TURN), "2024-11-01T09:00")

    assert (found.calendar, found.edition) == (RULES.calendar.version, 0)
    assert (found.facts, found.last_fact_at) == (len(IN_TURN), max(one.time for one in IN_TURN))
    assert json.decode(json.encode(found), type=Certificate) == found


def test_it_names_no_person() -> None:
    text = json.encode(stated(fold_all(CASE, IN_TURN), "2024-11-01T09:00")).decode()

    assert not any(word in text for word in ("pt-", "st-", "W12", "token"))
