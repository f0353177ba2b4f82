"""What single facts change in a dossier, and what they leave alone."""

from datetime import date
from itertools import permutations

import pytest

from services.metrics.domain.dossier import ANOMALIES_NAMED_MAX
from services.metrics.domain.entry import Entry, order_of
from services.metrics.domain.fold import fold_all
from shared.contracts.assist.facts import AssistCompleted, AssistRated
from shared.contracts.commitment.facts import PromiseSigned, SupplementExpired
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.intake.facts import (
    ApplicationPrechecked,
    ApplicationWithdrawn,
    CorrectionReceived,
)
from shared.contracts.supervision.facts import AlertRaised
from tests.support import ratings
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    HELD,
    RECEIVED,
    STARTED,
    entry,
    event,
)


def again(known: Entry, hours: float) -> Entry:
    return entry(known.data, hours, identity="again")


def receipt_amended(day: str) -> Entry:
    corrected = like_the_example(CaseAmended, case_no=CASE, field="received_date", new=day)
    return entry(corrected, 300)


FILED = (RECEIVED, ACCEPTED)
MOVED = receipt_amended("2024-08-30")


@pytest.mark.parametrize(
    ("result", "phase"), [("PASS", Phase.PRECHECKED), ("NEED_CORRECTION", Phase.SUBMITTED)]
)
def test_only_a_passed_precheck_moves_the_case(result: str, phase: Phase) -> None:
    checked = like_the_example(ApplicationPrechecked, case_no=CASE, result=result)

    assert fold_all(CASE, [RECEIVED, entry(checked, 1)]).case.phase is phase


def test_an_incomplete_correction_leaves_the_case_where_it_is() -> None:
    came = like_the_example(CorrectionReceived, case_no=CASE, complete=False)
    dossier = fold_all(CASE, [RECEIVED, entry(came, 1)])

    assert (dossier.case.phase, dossier.anomalies) == (Phase.SUBMITTED, 1)


@pytest.mark.parametrize("fact", [ACCEPTED, HELD, CLOSED])
def test_what_is_said_twice_under_two_names_counts_once(fact: Entry) -> None:
    way = [RECEIVED, ACCEPTED, STARTED, HELD, DECIDED, CLOSED]
    once, twice = fold_all(CASE, way), fold_all(CASE, [*way, again(fact, 300)])

    assert (twice.case.terms, twice.case.holds, twice.case.ending) == (
        once.case.terms,
        once.case.holds,
        once.case.ending,
    )
    assert (twice.case.phase, twice.anomalies) == (once.case.phase, once.anomalies + 1)


def test_a_decision_after_a_withdrawal_does_not_move_the_end() -> None:
    withdrawn = entry(like_the_example(ApplicationWithdrawn, case_no=CASE), 48)
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, withdrawn, DECIDED])

    assert dossier.case.ending is not None
    assert (dossier.case.ending.ended_on, dossier.case.ending.decided) == (date(2024, 9, 4), False)
    assert (dossier.case.phase, dossier.anomalies) == (Phase.WITHDRAWN, 1)


def test_a_promise_without_a_case_ends_nothing() -> None:
    signed = entry(like_the_example(PromiseSigned, commit_id="c1"), 1)
    expired = entry(like_the_example(SupplementExpired, commit_id="c1"), 9)
    dossier = fold_all("c1", [signed, expired])

    assert (dossier.case.phase, dossier.case.ending, dossier.anomalies) == (Phase.ABSENT, None, 0)


@pytest.mark.parametrize(
    ("field", "new", "told"),
    [
        ("item_name", "食品生产许可", ("食品生产许可", date(2024, 9, 2), date(2024, 9, 10))),
        ("effective_date", "2024-09-03", ("食品经营许可", date(2024, 9, 3), date(2024, 9, 10))),
        ("decision_date", "2024-09-09", ("食品经营许可", date(2024, 9, 2), date(2024, 9, 9))),
    ],
)
def test_an_amendment_reaches_what_it_names(
    field: str, new: str, told: tuple[str, date, date]
) -> None:
    amended = entry(like_the_example(CaseAmended, case_no=CASE, field=field, new=new), 300)
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED, amended])

    assert dossier.case.terms is not None
    assert dossier.case.ending is not None
    assert (
        dossier.case.item_name,
        dossier.case.terms.effective_on,
        dossier.case.ending.ended_on,
    ) == told


def test_an_amended_receipt_is_the_day_on_which_the_case_was_received() -> None:
    dossiers = [fold_all(CASE, order) for order in permutations([*FILED, MOVED, again(MOVED, 301)])]

    assert {dossier.case.received_on for dossier in dossiers} == {date(2024, 8, 30)}
    assert {dossier.case.received_at for dossier in dossiers} == {RECEIVED.time}
    assert {dossier.anomalies for dossier in dossiers} == {0}


def test_a_receipt_is_corrected_to_a_day_of_the_calendar() -> None:
    dossier = fold_all(CASE, [*FILED, receipt_amended("2024-02-30")])

    assert (dossier.case.received_on, dossier.anomalies) == (date(2024, 9, 2), 1)


def test_a_receipt_that_nobody_told_us_of_cannot_be_corrected() -> None:
    dossier = fold_all(CASE, [MOVED])

    assert (dossier.case.received_on, dossier.anomalies) == (None, 1)


def said(*facts: Fact) -> list[Entry]:
    return [entry(fact, hours) for hours, fact in enumerate(facts)]


RECTIFIED = said(
    ratings.OPENED,
    ratings.CALLED,
    ratings.FOUND,
    ratings.REMOVED,
    ratings.TOLD,
    ratings.DISSATISFIED,
    ratings.CLOSED,
)


@pytest.mark.parametrize(
    "fact", [ratings.CALLED, ratings.FOUND, ratings.SATISFIED, ratings.CLOSED, ratings.REOPENED]
)
def test_a_closed_rectification_stays_closed_on_its_day(fact: Fact) -> None:
    closed = fold_all(CASE, RECTIFIED)
    dossier = fold_all(CASE, [*RECTIFIED, entry(fact, 48, identity="too late")])

    assert [(one.state, one.done_on) for one in dossier.subjects] == [("CLOSED", date(2024, 9, 2))]
    assert (closed.anomalies, dossier.anomalous) == (0, ("too late",))


@pytest.mark.parametrize(
    ("facts", "anomalies"), [(RECTIFIED[:6], 0), (RECTIFIED[:4], 1)], ids=["asked", "not asked"]
)
def test_a_reopening_leads_a_rectification_back(facts: list[Entry], anomalies: int) -> None:
    dossier = fold_all(CASE, [*facts, entry(ratings.REOPENED, 48)])

    assert (dossier.subjects[0].state, dossier.anomalies) == ("REOPENED", anomalies)


def test_a_task_that_was_rated_before_it_was_completed_is_completed_on_its_day() -> None:
    rated = like_the_example(AssistRated, task_id="BB1")
    completed = like_the_example(AssistCompleted, task_id="BB1")
    dossier = fold_all(CASE, [entry(rated, 1), entry(completed, 48)])

    assert [(one.state, one.done_on) for one in dossier.subjects] == [("RATED", date(2024, 9, 4))]


def test_a_card_lies_on_a_dossier_once() -> None:
    raised = like_the_example(AlertRaised)
    dossier = fold_all(CASE, [entry(raised, 300), entry(raised, 301)])

    assert (len(dossier.cards), dossier.anomalies) == (1, 1)


def test_anomalies_are_all_counted_and_the_first_ones_named() -> None:
    repeated = [entry(RECEIVED.data, hours) for hours in range(1, 31)]
    dossier = fold_all(CASE, [RECEIVED, *repeated])

    assert (dossier.anomalies, len(dossier.anomalous)) == (30, ANOMALIES_NAMED_MAX)


@pytest.mark.parametrize("sequence", [None, "7", "x"])
def test_a_fact_stands_where_its_event_stands(sequence: str | None) -> None:
    published = event(DECIDED.data, 9).model_copy(update={"sequence": sequence})

    assert order_of(published.time, sequence, published.id) == published.order
