"""What two persons do is refused to one, whatever roles the account has."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from services.intake.app import Intake
from services.review.app import Review
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling import facts as handling
from shared.contracts.handling.words import Step
from shared.contracts.intake import facts as intake
from shared.contracts.joint import facts as joint
from shared.contracts.rectification import facts as rectification
from shared.contracts.review import facts as review
from shared.contracts.supervision.course import ALERT, ORDER
from shared.contracts.words import CaseType, GradeLevel
from tests.support import intake_cases as known
from tests.support import ratings
from tests.support.examples import like_the_example
from tests.support.open_service import OpenService, open_service

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAPER = {"doc_type": "NOTICE", "doc_no": "2024-1"}
ACCEPTED = known.ACCEPTED
HANDLED = (known.HANDLING, known.HANDLED)
UNDER_WAY = (known.RECEIVED, ACCEPTED, *HANDLED)

HOLD = {
    "hold_id": "hold-1",
    "reason": "HEARING",
    "basis": "LICENSING_LAW_45",
    "pauses": ["COMMITTED"],
    "written_notice": PAPER,
    "requested_by": "st-0041",
}
DECISION = {"decision": "APPROVED", "document": PAPER, "remedies_told": True}
TERMINATION = {"cause": "VOID", "reason": "重复录入"}
AMENDMENT = {
    "field": "statutory_limit",
    "old": "20",
    "new": "10",
    "reason": "录入错误",
    "is_error": True,
}
APPROVAL = {"days": 5, "notice_to_applicant": PAPER}
OPENED = like_the_example(joint.JointCaseOpened)


@dataclass(frozen=True)
class Second:
    """A command that another person gives than those who stated the *earlier* facts."""

    service: str
    path: str
    body: dict[str, Any]
    fact: type[Fact]
    history: Sequence[Fact]
    earlier: Sequence[type[Fact]]
    signed: str | None = None
    """Where the caller stands in the fact."""


STEPS: tuple[type[Fact], ...] = (handling.StepStarted, handling.StepCompleted)
EXAMINED: tuple[type[Fact], ...] = (intake.ApplicationAccepted, *STEPS)
FILED: tuple[type[Fact], ...] = (intake.ApplicationReceived, *EXAMINED)

CASE = f"/v1/cases/{known.NO}"
JOINT = f"/v1/joint-cases/{OPENED.subject}"
SECONDS = (
    Second(
        "intake", f"{CASE}/holds", HOLD, handling.HoldOpened, UNDER_WAY, EXAMINED, "approved_by"
    ),
    Second("intake", f"{CASE}/decision", DECISION, handling.DecisionMade, UNDER_WAY, EXAMINED),
    Second(
        "intake",
        f"{CASE}/termination",
        TERMINATION,
        handling.CaseTerminated,
        UNDER_WAY,
        FILED,
        "approved_by",
    ),
    Second(
        "intake",
        f"{CASE}/amendments",
        AMENDMENT,
        handling.CaseAmended,
        (*UNDER_WAY, known.APPROVED),
        (*FILED, handling.DecisionMade),
        "approved_by",
    ),
    Second(
        "intake",
        f"{CASE}/extensions/approval",
        APPROVAL,
        handling.ExtensionApproved,
        (*UNDER_WAY, known.EXTENSION_ASKED),
        (handling.ExtensionRequested,),
        "approver",
    ),
    Second(
        "intake",
        f"{CASE}/extensions/denial",
        {"reason": "理由不足"},
        handling.ExtensionDenied,
        (*UNDER_WAY, known.EXTENSION_ASKED),
        (handling.ExtensionRequested,),
        "approver",
    ),
    Second(
        "intake",
        f"{JOINT}/extensions/approval",
        APPROVAL,
        joint.JointExtensionApproved,
        (OPENED, like_the_example(joint.JointExtensionRequested)),
        (joint.JointExtensionRequested,),
        "approver",
    ),
    Second(
        "intake",
        f"{JOINT}/extensions/denial",
        {"reason": "应按期办结"},
        joint.JointExtensionDenied,
        (OPENED, like_the_example(joint.JointExtensionRequested)),
        (joint.JointExtensionRequested,),
        "approver",
    ),
    Second(
        "review",
        f"/v1/ratings/{ratings.REVIEW}/appeals/decision",
        {"upheld": True, "reason": "评错了窗口"},
        review.AppealDecided,
        (
            ratings.POSTED,
            review.AppealFiled(
                review_id=ratings.REVIEW,
                appeal_id="SS1",
                ground="MISTAKEN",
                evidence=(),
                filed_by_org=ratings.BUREAU,
            ),
        ),
        (review.AppealFiled,),
        "decided_by",
    ),
    Second(
        "review",
        f"/v1/rectifications/{ratings.RECT}/extensions",
        {"days": 5, "reason": "需协调供应商"},
        rectification.DeadlineExtended,
        (
            ratings.OPENED,
            ratings.CALLED,
            ratings.LEDGER,
        ),
        (rectification.FindingRecorded,),
        "approved_by",
    ),
)

PAIRS = [
    pytest.param(second, earlier, id=f"{second.fact.__name__}-{earlier.__name__}")
    for second in SECONDS
    for earlier in second.earlier
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[dict[str, OpenService[Any]]]:
    keys = tmp_path_factory.mktemp
    async with (
        open_service(partial(Intake, trial=True), keys("intake"), "intake", known.NINE) as hall,
        open_service(Review, keys("review"), "review", known.NINE) as desk,
    ):
        yield {"intake": hall, "review": desk}


async def told(
    service: OpenService[Any],
    facts: Sequence[Fact],
    by: dict[type[Fact], str],
    source: str | None = None,
) -> None:
    """Put *facts* on record, each stated by whom *by* names, the others by somebody else."""
    service.forget()
    events = [
        Event.of(
            fact,
            id=f"told-{number}",
            source=source or service.service.source,
            time=service.start,
            sequence=str(number),
            actorid=by.get(type(fact), "somebody-else"),
            partitionkey=known.NO,
        )
        for number, fact in enumerate(facts, start=1)
    ]
    await service.store.append(events[0].stream, events, expected_version=0)


async def test_every_pair_of_the_courses_is_asked_for() -> None:
    # Those of supervision: test_alert_life.
    parted = {
        (fact, earlier)
        for course in COURSES
        if course not in (ALERT, ORDER)
        for apart in course.apart
        for fact in apart.facts
        for earlier in apart.earlier
    }

    assert {(second.fact, earlier) for second in SECONDS for earlier in second.earlier} == parted


@pytest.mark.parametrize(("second", "earlier"), PAIRS)
async def test_who_did_the_first_does_not_do_the_second(
    services: dict[str, OpenService[Any]], second: Second, earlier: type[Fact]
) -> None:
    service = services[second.service]
    await told(service, second.history, {earlier: "two-hats"})
    waiting = await service.store.pending(100)

    same = await service.command_of("two-hats", second.path, second.body)
    unchanged = await service.store.pending(100) == waiting
    other = await service.command_of("another", second.path, second.body)

    assert (same.status_code, same.json()["code"]) == (403, "same_person")
    assert unchanged
    assert other.status_code == 201, other.text
    fact = (await service.store.load(other.json()["stream"])).events[-1]
    assert (type(fact.data), fact.actorid) == (second.fact, "another")
    if second.signed:
        assert getattr(fact.data, second.signed) == "another"


@pytest.mark.parametrize("second", [one for one in SECONDS if one.signed], ids=lambda one: one.path)
async def test_nobody_names_the_second_person_in_a_body(
    services: dict[str, OpenService[Any]], second: Second
) -> None:
    service = services[second.service]
    await told(service, second.history, {})
    body = {**second.body, str(second.signed): "st-0001"}

    answer = await service.command_of("another", second.path, body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [second.signed]


async def test_a_hold_is_not_asked_for_and_approved_by_one_person(
    services: dict[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    await told(hall, UNDER_WAY, {})

    answer = await hall.command_of(
        "two-hats", f"{CASE}/holds", {**HOLD, "requested_by": "two-hats"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "same_person")


async def test_the_last_step_and_the_decision_are_one_persons(
    services: dict[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    begun = known.HANDLING.model_copy(update={"step": Step.APPROVE})
    await told(hall, (known.RECEIVED, ACCEPTED, begun), {handling.StepStarted: "approver-1"})

    answer = await hall.command_of("approver-1", f"{CASE}/decision", DECISION)

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("grade", "status"), [(GradeLevel.L1, 201), (GradeLevel.L2, 403)])
async def test_one_person_is_enough_for_what_the_window_decides_alone(
    services: dict[str, OpenService[Any]], grade: GradeLevel, status: int
) -> None:
    hall = services["intake"]
    at_once = known.accepted(case=known.case_ref(CaseType.IMMEDIATE))
    accepted = at_once.model_copy(update={"grade": grade})
    await told(hall, (known.RECEIVED, accepted), {intake.ApplicationAccepted: "window-7"})

    answer = await hall.command_of("window-7", f"{CASE}/decision", DECISION)

    assert answer.status_code == status, answer.text


async def test_a_name_in_another_system_is_no_account_of_ours(
    services: dict[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    named = dict.fromkeys(EXAMINED, "two-hats")
    await told(hall, UNDER_WAY, named, source="urn:foreign:hall")

    answer = await hall.command_of("two-hats", f"{CASE}/decision", DECISION)

    assert answer.status_code == 201, answer.text
