"""What people do about a card, for whom an order is, and what stands in the way."""

from typing import cast

import pytest

from services.metrics.domain.clocks.alert import CardTurn, turn_of
from services.metrics.domain.supervising.commands import (
    AcknowledgeAlert,
    AlertCommands,
    AnswerOrder,
    EscalateAlert,
    IssueOrder,
    ProposeRevocation,
    RevokeAlert,
)
from services.metrics.domain.supervising.decide import (
    ALERTS,
    ORDERS,
    level_of,
    owners,
    proposal_of,
)
from services.metrics.domain.supervising.refusals import (
    AlertAcknowledgedAlready,
    AlertNotStanding,
    ApproverIsAnother,
    LadderEnds,
    OrderAddresseeMissing,
    RevocationNotProposed,
    RevocationProposedAlready,
)
from shared.commands.by_course import Recollection
from shared.contracts.envelope import Fact
from shared.contracts.rejection import Rejection, SamePerson
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertFact,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
    OrderIssued,
    RevocationProposed,
)
from tests.support.courses import LATER, command_of
from tests.support.examples import like_the_example as like

A = AlertState
CARD = "al_1"
TOP = 3
FIRST, SECOND, THIRD = "st-1", "st-2", "st-3"
PROPOSED = RevocationProposed(alert_id=CARD, by=FIRST, reason="补录")
ASKED = RevocationProposed(alert_id=CARD, by=FIRST, reason="补录", approver=SECOND)


def card(state: AlertState, *facts: Fact) -> Recollection:
    return Recollection(state, (like(AlertRaised, alert_id=CARD), *facts))


def up(to_level: int | None = None) -> AlertEscalated:
    return AlertEscalated(alert_id=CARD, by=FIRST, to_level=to_level)


def escalate(to_level: int | None = None) -> EscalateAlert:
    return EscalateAlert(alert_id=CARD, by=FIRST, to_level=to_level, top=TOP, at=LATER)


def propose(by: str, reason: str = "补录", approver: str | None = None) -> ProposeRevocation:
    return ProposeRevocation(alert_id=CARD, by=by, reason=reason, approver=approver, at=LATER)


def agree(by: str) -> RevokeAlert:
    return RevokeAlert(alert_id=CARD, approved_by=by, at=LATER)


@pytest.mark.parametrize(
    ("facts", "asked", "level"),
    [((), None, 1), ((up(),), None, 2), ((up(2),), None, 3), ((), 3, 3), ((up(2),), 1, 3)],
)
def test_a_card_climbs_to_the_next_level_or_to_one_above(
    facts: tuple[Fact, ...], asked: int | None, level: int
) -> None:
    (fact,) = ALERTS.decide(card(A.ESCALATED, *facts), escalate(asked))

    assert isinstance(fact, AlertEscalated)
    assert fact.to_level == level
    assert level_of(card(A.ESCALATED, *facts, fact)) == level


def test_what_is_seen_keeps_its_note() -> None:
    said = AcknowledgeAlert(alert_id=CARD, by=FIRST, note="已联系", at=LATER)

    assert ALERTS.decide(card(A.RAISED), said) == [
        AlertAcknowledged(alert_id=CARD, by=FIRST, note="已联系")
    ]


def test_another_person_agrees_to_what_the_first_one_has_said() -> None:
    (proposed,) = ALERTS.decide(card(A.RESOLVED), propose(FIRST))
    (revoked,) = ALERTS.decide(card(A.RESOLVED, proposed), agree(SECOND))

    assert proposed == PROPOSED
    assert revoked == AlertRevoked(alert_id=CARD, reason="补录", approved_by=SECOND)
    assert [one.parts(proposed, revoked) for one in ALERTS.apart] == [True]


def test_who_proposed_it_may_put_it_otherwise() -> None:
    other = ALERTS.decide(card(A.RAISED, PROPOSED), propose(FIRST, "录入错误"))

    assert proposal_of(card(A.RAISED, PROPOSED, *other)) == other[0]


REFUSED: list[tuple[Recollection, AlertCommands, type[Rejection]]] = [
    (card(A.ACKNOWLEDGED), escalate(), AlertAcknowledgedAlready),
    (card(A.REVOKED), escalate(), AlertNotStanding),
    (card(A.RESOLVED), escalate(), AlertNotStanding),
    (card(A.ESCALATED, up(TOP)), escalate(), LadderEnds),
    (card(A.RAISED), escalate(TOP + 1), LadderEnds),
    (card(A.REVOKED), propose(FIRST), AlertNotStanding),
    (card(A.REVOKED, PROPOSED), agree(SECOND), AlertNotStanding),
    (card(A.RAISED), agree(SECOND), RevocationNotProposed),
    (card(A.RAISED, ASKED), agree(THIRD), ApproverIsAnother),
    (card(A.RAISED), propose(FIRST, approver=FIRST), SamePerson),
    (card(A.RAISED, PROPOSED), propose(SECOND, "录入错误"), RevocationProposedAlready),
]


@pytest.mark.parametrize(("alert", "command", "refusal"), REFUSED)
def test_what_cannot_be_done_about_a_card_is_refused(
    alert: Recollection, command: AlertCommands, refusal: type[Rejection]
) -> None:
    with pytest.raises(refusal):
        ALERTS.decide(alert, command)


def test_whoever_is_asked_may_agree() -> None:
    assert ALERTS.decide(card(A.RAISED, ASKED), agree(SECOND))


RESOLVED = AlertResolved(alert_id=CARD, by="supervision", note="已办结")
BY_RULES = AlertRevoked(alert_id=CARD, reason="延期", approved_by="supervision")
BY_HAND = AlertRevoked(alert_id=CARD, reason="补录", approved_by=SECOND)
SEEN = AlertAcknowledged(alert_id=CARD, by=FIRST)


@pytest.mark.parametrize(
    ("fact", "state", "level", "turned"),
    [
        (up(), A.RAISED, 0, CardTurn(A.ESCALATED, 1, by_hand=False, reason=None)),
        (up(3), A.ESCALATED, 1, CardTurn(A.ESCALATED, 3, by_hand=False, reason=None)),
        (up(2), A.ACKNOWLEDGED, 0, None),
        (SEEN, A.ESCALATED, 2, CardTurn(A.ACKNOWLEDGED, 2, by_hand=False, reason=None)),
        (RESOLVED, A.ACKNOWLEDGED, 1, CardTurn(A.RESOLVED, 1, by_hand=False, reason="已办结")),
        (RESOLVED, A.REVOKED, 1, None),
        (BY_RULES, A.RAISED, 0, CardTurn(A.REVOKED, 0, by_hand=False, reason="延期")),
        (BY_HAND, A.RESOLVED, 1, CardTurn(A.REVOKED, 1, by_hand=True, reason="补录")),
        (BY_HAND, A.REVOKED, 1, None),
        (PROPOSED, A.RAISED, 1, CardTurn(A.RAISED, 1, by_hand=False, reason=None)),
    ],
)
def test_a_card_turns_as_its_course_has_it_and_never_back(
    fact: AlertFact, state: AlertState, level: int, turned: CardTurn | None
) -> None:
    assert turn_of(fact, state, level) == turned


def test_an_order_is_for_whom_it_names() -> None:
    issued = cast("OrderIssued", like(OrderIssued))
    order = Recollection("ISSUED", (issued,))
    answer = command_of(AnswerOrder)

    assert owners(Recollection(), command_of(IssueOrder)) == (issued.to_org.org_code,)
    assert owners(Recollection(), command_of(IssueOrder, to_org=None)) == ()
    assert owners(order, answer) == [issued.to_org.org_code]
    (answered,) = ORDERS.decide(order, answer)
    assert [one.parts(issued, answered) for one in ORDERS.apart] == [True]


def test_an_order_about_no_card_says_for_whom_it_is() -> None:
    with pytest.raises(OrderAddresseeMissing):
        ORDERS.decide(Recollection(), command_of(IssueOrder, to_org=None))
