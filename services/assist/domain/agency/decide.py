"""What assist decides about an agency: each answer repeats for which services it asked."""

from services.assist.domain.agency.commands import (
    AdmitAgency,
    AgencyCommand,
    ApplyForAdmission,
    RefuseAgency,
    RemoveAgency,
)
from services.assist.domain.agency.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.intermediary.course import AGENCY
from shared.contracts.intermediary.facts import AgencyApplied


def _apply(_: Recollection, command: ApplyForAdmission) -> Fact:
    return command.stated(date=command.on)


def _answer(agency: Recollection, command: AgencyCommand) -> Fact:
    applied = agency.all(AgencyApplied)[-1]
    return command.stated(service_codes=applied.service_codes, date=command.on)


ANSWERS = (AdmitAgency, RefuseAgency, RemoveAgency)
DECIDER = by_course(
    AGENCY, OFF_COURSE, {ApplyForAdmission: _apply, **dict.fromkeys(ANSWERS, _answer)}
)
