"""What intake decides about a site inspection (现场勘验): ordered, booked, visited, concluded."""

from dataclasses import dataclass
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.intake.domain.refusals import (
    InspectionAlreadyConcluded,
    InspectionAlreadyOrdered,
    InspectionAlreadyStarted,
    InspectionNotScheduled,
    InspectionNotStarted,
    InspectionUnknown,
    TooFewInspectors,
)
from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.inspection.facts import (
    INSPECTORS_MIN,
    Check,
    InspectionCreated,
    InspectionScheduled,
    VisitConcluded,
    VisitStarted,
)
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.moments import MeantInstant
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Doc,
    Identifier,
    Note,
    OrgRef,
    Several,
    VaultToken,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionCommand(Command):
    """Something asked of one inspection."""

    inspection_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInspection(InspectionCommand):
    """勘验任务."""

    case_nos: Annotated[Several[CaseNo], Field(min_length=1)]
    mode: InspectionMode
    checklist_id: Identifier
    org: OrgRef
    joint_orgs: Several[OrgRef] = ()
    place_token: VaultToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleVisit(InspectionCommand):
    """预约勘验, or another date for it."""

    visit_start: MeantInstant
    inspectors: Several[ActorId]
    reschedule_by: Literal["APPLICANT", "BUREAU"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartVisit(InspectionCommand):
    """到达现场."""

    geo_ok: bool | None = None
    evidence_started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludeVisit(InspectionCommand):
    """勘验结论."""

    result: InspectionResult
    checks: Several[Check] = ()
    evidence: Several[Doc] = ()
    applicant_signed: bool
    not_done_reason: Note | None = None


AnyCommand = OrderInspection | ScheduleVisit | StartVisit | ConcludeVisit


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing was ordered under this id."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The task waits for a date."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A visit is booked; *reschedules* dates were given up before."""

    reschedules: int


@dataclass(frozen=True, slots=True)
class Started:
    """The inspectors are on site."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """The conclusion is signed."""


State = Absent | Ordered | Scheduled | Started | Concluded
INITIAL: State = Absent()


def decide(state: State, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the inspection, or raise what stands in its way."""
    match command:
        case OrderInspection():
            return [_order(state, command)]
        case ScheduleVisit():
            return [_schedule(state, command)]
        case StartVisit():
            return [_start(state, command)]
        case ConcludeVisit():
            return [_conclude(state, command)]
        case _:
            assert_never(command)


def evolve(state: State, fact: Fact) -> State:
    """Return the state after *fact*; one without a legal transition leaves it."""
    match state, fact:
        case Absent(), InspectionCreated():
            return Ordered()
        case ((Ordered() | Scheduled()), InspectionScheduled()):
            return Scheduled(fact.reschedule_no)
        case Scheduled(), VisitStarted():
            return Started()
        case ((Scheduled() | Started()), VisitConcluded()):
            return Concluded()
        case _:
            return state


def _order(state: State, command: OrderInspection) -> InspectionCreated:
    if not isinstance(state, Absent):
        raise InspectionAlreadyOrdered(inspection_id=command.inspection_id)
    return command.stated(InspectionCreated, attempt_no=1)


def _schedule(state: State, command: ScheduleVisit) -> InspectionScheduled:
    if len(set(command.inspectors)) < INSPECTORS_MIN:
        raise TooFewInspectors(inspectors_min=INSPECTORS_MIN)
    match state:
        case Ordered():
            number = 0
        case Scheduled(reschedules):
            number = reschedules + 1
        case _:
            raise _refusal(state)
    return command.stated(InspectionScheduled, contact_at=command.at, reschedule_no=number)


def _start(state: State, command: StartVisit) -> VisitStarted:
    match state:
        case Scheduled():
            return command.stated(VisitStarted, arrived_at=command.at)
        case Ordered():
            raise InspectionNotScheduled
        case _:
            raise _refusal(state)


def _conclude(state: State, command: ConcludeVisit) -> VisitConcluded:
    not_done = command.result is InspectionResult.NOT_DONE
    match state:
        case Started():
            return command.stated(VisitConcluded)
        case Scheduled() if not_done:
            return command.stated(VisitConcluded)
        case Ordered() | Scheduled():
            raise InspectionNotStarted
        case _:
            raise _refusal(state)


def _refusal(
    state: State,
) -> InspectionUnknown | InspectionAlreadyStarted | InspectionAlreadyConcluded:
    match state:
        case Absent():
            return InspectionUnknown()
        case Concluded():
            return InspectionAlreadyConcluded()
        case _:
            return InspectionAlreadyStarted()
