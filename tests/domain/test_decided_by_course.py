"""What stands in the way of subjects that their courses decide, beside the course."""

from collections.abc import Sequence
from datetime import date

import pytest

from services.assist.domain.policy import decide as policy_rules
from services.assist.domain.policy.commands import ListPolicy
from services.assist.domain.policy.refusals import IssuedDateImpossible
from services.assist.domain.problem import decide as problem_rules
from services.assist.domain.problem.commands import FindProblem, ResolveProblem
from services.assist.domain.walkthrough import decide as walkthrough_rules
from services.assist.domain.walkthrough.commands import CompleteWalkthrough
from services.intake.domain.itemchange import decide as itemchange_rules
from services.intake.domain.itemchange.commands import SyncItemChange
from services.intake.domain.itemchange.refusals import PlaceAlreadySynced
from services.intake.domain.joint import decide as joint_rules
from services.intake.domain.joint.commands import (
    ApproveJointExtension,
    CloseJointCase,
    DenyJointExtension,
    LinkSubcase,
    OpenJointCase,
    RequestJointExtension,
)
from services.intake.domain.joint.decide import owners
from services.intake.domain.joint.ending import SubcaseEnd, end_of
from services.intake.domain.joint.refusals import SubcaseAlreadyLinked, SubcaseUndecided
from services.intake.domain.refusals import (
    ExtensionAlreadyGranted,
    ExtensionNotRequested,
    ExtensionTooLate,
)
from services.intake.domain.xregion import decide as xregion_rules
from services.intake.domain.xregion.commands import CollectForAnotherPlace, ReturnResult
from services.intake.domain.xregion.refusals import HandedOverDateImpossible, IdentityUnchecked
from services.review.domain.ticket import decide as ticket_rules
from services.review.domain.ticket.commands import ExtendTicket
from services.review.domain.ticket.refusals import TicketAlreadyExtended, TicketDueNotLater
from shared.commands.by_course import Recollection
from shared.commands.command import Command
from shared.contracts.activity.facts import ProblemFound
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import DecisionMade, StepStarted
from shared.contracts.hotline.course import TicketState
from shared.contracts.hotline.facts import TicketExtended, TicketReceived
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
)
from shared.contracts.intake.words import CrossRegionMode
from shared.contracts.item.course import ItemChangeState
from shared.contracts.item.facts import ItemChangeSynced, ItemDefinitionRevised
from shared.contracts.joint.course import JointCaseState
from shared.contracts.joint.facts import (
    JointCaseClosed,
    JointCaseOpened,
    JointExtensionApproved,
    JointExtensionDenied,
    JointExtensionRequested,
    SubcaseLinked,
)
from shared.contracts.xregion.course import CrossRegionState
from tests.support.courses import LATER, command_of
from tests.support.examples import like_the_example as like

SIGNED, SPLIT = TicketState.SIGNED, JointCaseState.SPLIT
LEAD = "11610102MB2X00178C"


def test_a_ticket_gets_more_time_once_and_later_than_the_hotline_gave() -> None:
    received = like(TicketReceived, due="2024-09-27")
    ticket = Recollection(SIGNED, (received,))
    (granted,) = ticket_rules.DECIDER.decide(ticket, command_of(ExtendTicket))

    assert isinstance(granted, TicketExtended)
    with pytest.raises(TicketAlreadyExtended):
        ticket_rules.DECIDER.decide(
            Recollection(SIGNED, (received, granted)), command_of(ExtendTicket)
        )
    with pytest.raises(TicketDueNotLater):
        ticket_rules.DECIDER.decide(ticket, command_of(ExtendTicket, new_due=date(2024, 9, 27)))


def test_who_collects_for_another_place_checks_who_asks() -> None:
    nothing = xregion_rules.DECIDER.initial
    blind = command_of(
        CollectForAnotherPlace, mode=CrossRegionMode.PROXY_COLLECT, identity_checked=False
    )
    online = command_of(
        CollectForAnotherPlace, mode=CrossRegionMode.FULL_ONLINE, identity_checked=False
    )

    with pytest.raises(IdentityUnchecked):
        xregion_rules.DECIDER.decide(nothing, blind)
    assert xregion_rules.DECIDER.decide(nothing, online)


def test_nothing_is_handed_over_tomorrow() -> None:
    away = Recollection(CrossRegionState.HOME_RECEIVED)

    with pytest.raises(HandedOverDateImpossible):
        xregion_rules.DECIDER.decide(
            away, command_of(ReturnResult, handed_over_date=date(2024, 9, 17))
        )
    assert xregion_rules.DECIDER.decide(away, command_of(ReturnResult, handed_over_date=None))


def joint_case(*case_nos: str) -> Recollection:
    opened = like(JointCaseOpened)
    return Recollection(SPLIT, (opened, *(like(SubcaseLinked, case_no=no) for no in case_nos)))


def test_a_case_is_part_of_a_joint_case_once() -> None:
    with pytest.raises(SubcaseAlreadyLinked):
        joint_rules.DECIDER.decide(joint_case("ONE"), command_of(LinkSubcase, case_no="ONE"))
    assert joint_rules.DECIDER.decide(joint_case("ONE"), command_of(LinkSubcase, case_no="TWO"))


def test_a_joint_case_belongs_to_who_leads_it_or_would() -> None:
    assert owners(joint_case(), command_of(OpenJointCase)) == [LEAD]
    assert owners(Recollection(), command_of(OpenJointCase)) == [LEAD]
    assert owners(Recollection(), command_of(LinkSubcase)) == []


ASKED, GIVEN = like(JointExtensionRequested), like(JointExtensionApproved, days=15)


def with_more_time(*facts: Fact) -> Recollection:
    return Recollection(SPLIT, (like(JointCaseOpened), *facts))


def test_a_joint_case_is_given_more_time_once_and_before_its_limit_is_over() -> None:
    asked = with_more_time(ASKED)
    (given,) = joint_rules.DECIDER.decide(
        asked, command_of(ApproveJointExtension, last_day=LATER.date())
    )

    assert isinstance(given, JointExtensionApproved)
    assert (given.days, given.approved_date) == (15, LATER.date())
    with pytest.raises(ExtensionTooLate):
        joint_rules.DECIDER.decide(
            asked, command_of(ApproveJointExtension, last_day=date(2024, 9, 15))
        )
    for again in (RequestJointExtension, ApproveJointExtension):
        with pytest.raises(ExtensionAlreadyGranted):
            joint_rules.DECIDER.decide(with_more_time(ASKED, GIVEN), command_of(again))


@pytest.mark.parametrize(
    "facts", [(), (ASKED, like(JointExtensionDenied)), (ASKED, ASKED, like(JointExtensionDenied))]
)
@pytest.mark.parametrize("answer", [ApproveJointExtension, DenyJointExtension])
def test_nobody_answers_where_nobody_asks_for_more_time(
    facts: Sequence[Fact], answer: type[Command]
) -> None:
    with pytest.raises(ExtensionNotRequested):
        joint_rules.DECIDER.decide(with_more_time(*facts), command_of(answer))


def test_whoever_was_denied_more_time_may_ask_again() -> None:
    denied = with_more_time(ASKED, like(JointExtensionDenied))

    assert joint_rules.DECIDER.decide(denied, command_of(RequestJointExtension))
    assert joint_rules.DECIDER.decide(
        with_more_time(*denied.facts[1:], ASKED), command_of(DenyJointExtension)
    )


APPROVED, LATEST = SubcaseEnd(approved=True, decided_on=date(2024, 9, 11)), date(2024, 9, 13)


@pytest.mark.parametrize(
    ("other", "outcome", "day"),
    [
        (SubcaseEnd(approved=True, decided_on=LATEST), "ALL_APPROVED", LATEST),
        (SubcaseEnd(approved=False, decided_on=LATEST), "FAILED_PARTLY", LATEST),
        (SubcaseEnd(approved=False), "FAILED_PARTLY", date(2024, 9, 11)),
    ],
)
def test_a_joint_case_ends_as_its_cases_did(other: SubcaseEnd, outcome: str, day: date) -> None:
    ends = {"ONE": APPROVED, "TWO": other}
    (closed,) = joint_rules.DECIDER.decide(
        joint_case("ONE", "TWO"), command_of(CloseJointCase, ends=ends)
    )

    assert isinstance(closed, JointCaseClosed)
    assert (closed.outcome, closed.closed_date) == (outcome, day)


def test_where_nothing_was_decided_it_ends_on_the_day_of_its_closing() -> None:
    ends = {"ONE": SubcaseEnd(approved=False)}
    (closed,) = joint_rules.DECIDER.decide(joint_case("ONE"), command_of(CloseJointCase, ends=ends))

    assert isinstance(closed, JointCaseClosed)
    assert closed.closed_date == LATER.date()


def test_a_joint_case_waits_for_the_last_of_its_cases() -> None:
    with pytest.raises(SubcaseUndecided):
        joint_rules.DECIDER.decide(
            joint_case("ONE", "TWO"), command_of(CloseJointCase, ends={"ONE": APPROVED})
        )


def told(*facts: Fact) -> Sequence[Event]:
    return [
        Event.of(fact, id=str(number), source="urn:casetrack:610102:intake", time=LATER)
        for number, fact in enumerate(facts)
    ]


UNDER_WAY = (like(ApplicationReceived), like(ApplicationAccepted), like(StepStarted))


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ((), None),
        (UNDER_WAY, None),
        ((like(DecisionMade, decision="DENIED"),), None),
        (
            (*UNDER_WAY, like(DecisionMade, decision="DENIED", decision_date="2024-09-13")),
            SubcaseEnd(approved=False, decided_on=LATEST),
        ),
        (
            (*UNDER_WAY, like(DecisionMade, decision="APPROVED", decision_date="2024-09-13")),
            SubcaseEnd(approved=True, decided_on=LATEST),
        ),
        ((*UNDER_WAY, like(ApplicationWithdrawn)), SubcaseEnd(approved=False)),
    ],
)
def test_a_case_is_over_with_its_decision_or_without_one(
    facts: Sequence[Fact], end: SubcaseEnd | None
) -> None:
    assert end_of(told(*facts)) == end


def test_nobody_lists_what_is_issued_tomorrow() -> None:
    with pytest.raises(IssuedDateImpossible):
        policy_rules.DECIDER.decide(
            Recollection(), command_of(ListPolicy, issued_date=date(2024, 9, 17))
        )


def test_a_change_is_published_in_each_place_once() -> None:
    known = (like(ItemDefinitionRevised), like(ItemChangeSynced, place="ONLINE"))
    change = Recollection(ItemChangeState.SYNCING, known)

    with pytest.raises(PlaceAlreadySynced):
        itemchange_rules.DECIDER.decide(change, command_of(SyncItemChange, place="ONLINE"))
    assert itemchange_rules.DECIDER.decide(change, command_of(SyncItemChange, place="OFFLINE"))


def test_a_walk_is_its_leaders_and_a_problem_its_owners() -> None:
    found = Recollection("FOUND", (like(ProblemFound),))

    assert walkthrough_rules.owners(Recollection(), command_of(CompleteWalkthrough)) == (LEAD,)
    assert problem_rules.owners(Recollection(), command_of(FindProblem)) == [LEAD]
    assert problem_rules.owners(found, command_of(ResolveProblem)) == [LEAD]
    assert problem_rules.owners(Recollection(), command_of(ResolveProblem)) == []
