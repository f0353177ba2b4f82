"""The fold ends in the same dossier whatever the order, and keeps what contradicts it."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all, is_late
from services.metrics.domain.subjects.review import Rating
from shared.contracts.commitment.facts import PromiseSigned, SupplementExpired
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended, ExtensionApproved
from shared.contracts.handling.words import Decision
from shared.contracts.intake.facts import CorrectionReceived, CorrectionRequested
from shared.contracts.review.facts import AppealDecided
from shared.contracts.supervision.facts import AlertRaised, AlertRevoked
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    DELIVERED,
    DOC,
    HELD,
    ORG,
    RATED,
    RECEIVED,
    RELEASED,
    STARTED,
    WAY,
    entry,
    of,
)

CARD = (
    entry(
        AlertRaised(
            alert_id="al-1",
            level="RED",
            severity=1,
            basis="COMMITTED",
            rule_id="SLA-04",
            concerns=CASE,
            due=date(2024, 9, 14),
            overdue_days=1,
            responsible_org=ORG,
            recipients=(),
        ),
        300,
    ),
    entry(AlertRevoked(alert_id="al-1", reason="hold", approved_by="supervision"), 310),
)
LATE_DECIDED = entry(DECIDED.data.model_copy(update={"decision_date": date(2024, 9, 12)}), 260)


def arriving(entries: list[Entry]) -> Dossier:
    """Fold as a lane does: duplicates absorbed by identity, late facts by a fold from the start."""
    known: dict[str, Entry] = {}
    dossier = Dossier(key=CASE)
    for one in entries:
        if one.id in known:
            continue
        known[one.id] = one
        late = is_late(dossier, [one])
        dossier = fold_all(CASE, known.values()) if late else fold(dossier, [one])
    return dossier


def test_a_case_goes_its_whole_way_without_an_anomaly() -> None:
    dossier = fold_all(CASE, [*WAY, DELIVERED])

    assert dossier.case.phase is Phase.DELIVERED
    assert (dossier.anomalies, dossier.case.returns, dossier.case.window) == (0, 1, "W12")
    assert dossier.case.closed_on == date(2024, 9, 11)
    assert [one.state for one in dossier.subjects if one is not dossier.case] == [
        "REFERRED",
        "POSTED",
    ]


def test_any_order_of_a_few_facts_gives_the_same_dossier() -> None:
    facts = [RECEIVED, ACCEPTED, STARTED, HELD, RELEASED, DECIDED]
    dossiers = [arriving(list(order)) for order in permutations(facts)]

    assert all(dossier == dossiers[0] for dossier in dossiers)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_order_and_repetition_do_not_change_the_dossier(data: st.DataObject) -> None:
    facts = (*WAY, *CARD)
    order = data.draw(st.permutations(facts))
    repeated = data.draw(st.lists(st.sampled_from(facts), max_size=12))

    assert arriving([*order, *repeated]) == fold_all(CASE, facts)


def test_a_contradiction_is_counted_named_and_moves_forward_only() -> None:
    dossier = fold_all(CASE, [RECEIVED, DECIDED])

    assert dossier.case.phase is Phase.DECIDED
    assert dossier.anomalous == (DECIDED.id,)


def test_a_second_reception_changes_nothing_but_the_count() -> None:
    again = entry(RECEIVED.data, 5, identity="again")
    once, twice = fold_all(CASE, [RECEIVED]), fold_all(CASE, [RECEIVED, again])

    assert (twice.case.received_at, twice.case.phase) == (once.case.received_at, once.case.phase)
    assert twice.anomalies == 1


def test_a_decision_while_a_hold_is_open_is_an_anomaly_and_stops_the_clock() -> None:
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, HELD, DECIDED])

    assert dossier.anomalies == 1
    assert dossier.case.ending is not None
    assert dossier.case.ending.ended_on == date(2024, 9, 10)


def test_what_was_delivered_before_it_was_closed_stays_delivered() -> None:
    handed_over = entry(DELIVERED.data, 210, identity="handed over")
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED, handed_over, CLOSED])

    assert (dossier.case.phase, dossier.anomalies) == (Phase.DELIVERED, 0)
    assert dossier.case.closed_on == date(2024, 9, 11)


@pytest.mark.parametrize("days", ["-1", "2147483648", "many"])
def test_a_limit_is_corrected_to_days_that_somebody_can_count(days: str) -> None:
    amended = of(
        CaseAmended,
        case_no=CASE,
        field="statutory_limit",
        old="20",
        new=days,
        reason="录入错误",
        approved_by="st-1",
        is_error=True,
    )
    before = fold_all(CASE, [RECEIVED, ACCEPTED])
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, entry(amended, 30)])

    assert (dossier.case.terms, dossier.anomalies) == (before.case.terms, 1)


def test_only_the_first_decision_counts() -> None:
    denied = entry(
        DECIDED.data.model_copy(update={"decision": Decision.DENIED}), 210, identity="denied"
    )
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED, denied])

    assert (dossier.case.decision, dossier.anomalies) == ("APPROVED", 1)


def test_a_second_extension_is_kept_and_flagged() -> None:
    extension = {"case_no": CASE, "days": 5, "approver": "st-9", "notice_to_applicant": DOC}
    facts = [
        entry(of(ExtensionApproved, approved_date="2024-09-05", **extension), hours)
        for hours in (80, 90)
    ]
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, *facts])

    assert (len(dossier.case.extensions), dossier.anomalies) == (2, 1)


def test_a_completed_correction_leads_back_to_the_window() -> None:
    asked = of(CorrectionRequested, case_no=CASE, round=1, items=[], notice=DOC, on_the_spot=False)
    came = of(CorrectionReceived, case_no=CASE, round=1, complete=True, delivered_date="2024-09-04")
    dossier = fold_all(CASE, [RECEIVED, entry(asked, 10), entry(came, 50)])

    assert (dossier.case.phase, dossier.case.corrections) == (Phase.SUBMITTED, 1)


@pytest.mark.parametrize(
    ("field", "new", "limit"),
    [("committed_limit", "7", 7), ("committed_limit", "soon", 10), ("remark", "x", 10)],
)
def test_an_amendment_changes_what_the_clocks_read(field: str, new: str, limit: int) -> None:
    amended = of(
        CaseAmended,
        case_no=CASE,
        field=field,
        old="10",
        new=new,
        reason="typing error",
        approved_by="st-2",
        is_error=True,
    )
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, entry(amended, 20)])

    assert dossier.case.terms is not None
    assert dossier.case.terms.committed_limit == limit


def test_an_upheld_appeal_takes_the_rating_out_of_the_figures() -> None:
    decided = of(
        AppealDecided,
        appeal_id="a1",
        review_id="v1",
        upheld=True,
        decided_by="st-3",
        reason="mistaken",
    )
    dossier = fold_all(CASE, [RATED, entry(decided, 300)])

    (rating,) = (one for one in dossier.subjects if isinstance(one, Rating))
    assert rating.struck_out


def test_a_broken_promise_ends_the_case() -> None:
    signed = of(
        PromiseSigned,
        commit_id="c1",
        case_no=CASE,
        mode="TOLERANCE",
        technique="MATERIAL_LATER",
        materials=["x"],
        credit_checked=True,
        document=DOC,
    )
    expired = of(SupplementExpired, commit_id="c1", grace_used=True)
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, entry(signed, 2), entry(expired, 90)])

    assert (dossier.case.phase, dossier.anomalies) == (Phase.TERMINATED, 0)


def test_a_withdrawn_card_stays_on_the_dossier() -> None:
    dossier = fold_all(CASE, CARD)

    assert [card.state for card in dossier.cards] == ["REVOKED"]


def test_a_fact_of_the_case_is_not_late_behind_an_alert() -> None:
    dossier = fold_all(CASE, [RECEIVED, *CARD])

    assert not is_late(dossier, [ACCEPTED])
    assert fold(dossier, [ACCEPTED]) == fold_all(CASE, [RECEIVED, *CARD, ACCEPTED])


def test_closing_without_a_decision_stops_the_clocks() -> None:
    ending = fold_all(CASE, [RECEIVED, ACCEPTED, CLOSED]).case.ending

    assert ending is not None
    assert (ending.ended_on, ending.decided) == (date(2024, 9, 11), False)


def test_a_decision_takes_the_place_of_the_closing_that_came_before_it() -> None:
    dossiers = [
        arriving(list(order)) for order in permutations([RECEIVED, ACCEPTED, CLOSED, LATE_DECIDED])
    ]

    assert all(dossier == dossiers[0] for dossier in dossiers)
    assert dossiers[0].case.ending is not None
    assert (dossiers[0].case.ending.ended_on, dossiers[0].case.ending.decided) == (
        date(2024, 9, 12),
        True,
    )
