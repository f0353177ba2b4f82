"""What the passing of time asks of a case when nobody does anything (逾期不告知, 逾期不补正)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.intake.domain.case.commands import AcceptApplication, ExpireCorrection
from services.intake.domain.case.limits import complete_since, deemed_after
from services.intake.domain.case.states import Case, Filing
from services.intake.domain.inspection.commands import ExpireDefect
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.intake.facts import (
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.types import Doc
from shared.contracts.words import LimitUnit
from shared.policy.acceptance import acceptance_terms
from shared.policy.calendar import ZONE
from shared.policy.rules import Rules

WAITING_SINCE = (ApplicationReceived, CorrectionRequested, CorrectionReceived, CaseAmended)
"""The facts behind which somebody's time runs, or runs otherwise; all others can only end it."""

AnyEnding = AcceptApplication | ExpireCorrection | ExpireDefect
"""What the passing of time asks for."""


@dataclass(frozen=True, slots=True)
class Timer:
    """
    A command that nobody gives, due at its own instant.

    *provisional* says that the notice for one of the years that were counted has not appeared.
    """

    command: AnyEnding
    provisional: bool = False


def timer(case: Case, rules: Rules) -> Timer | None:
    """Return what time will ask of *case* as it stands; None where nobody's silence matters."""
    match case:
        case Case(phase=Phase.SUBMITTED | Phase.PRECHECKED, filing=Filing() as filing):
            return _acceptance(filing, rules)
        case Case(phase=Phase.CORRECTION_PENDING, filing=Filing(answer_by=date() as day) as filing):
            return _expiry(filing, day)
        case _:
            return None


def _acceptance(filing: Filing, rules: Rules) -> Timer | None:
    since, calendar = complete_since(filing), rules.calendar
    terms = acceptance_terms(rules.policy_on(since))
    last, deemed = deemed_after(filing, terms.silence_days, calendar), terms.deemed
    at = end_of(last)
    if at is None:
        return None
    joint = filing.case.joint_case_id is not None
    limit = deemed.joint_limit_days if joint else deemed.limit_days
    command = AcceptApplication(
        at=at,
        case_no=filing.case.case_no,
        calendar=calendar,
        silence_days=terms.silence_days,
        mode=AcceptanceMode.DEEMED,
        accept_doc=Doc(doc_type=deemed.document),
        statutory_limit=limit,
        statutory_unit=LimitUnit.WD,
        committed_limit=limit,
        committed_unit=LimitUnit.WD,
        grade=deemed.grade,
    )
    return Timer(command, calendar.provisional(since, last))


def _expiry(filing: Filing, deadline: date) -> Timer | None:
    # A notice that another system wrote may name a day before there was anything to correct.
    at = end_of(max(deadline, filing.received_date))
    return None if at is None else Timer(ExpireCorrection(at=at, case_no=filing.case.case_no))


def end_of(day: date) -> datetime | None:
    """Return the instant at which *day* is over (24:00, T-03); None for the last day of all."""
    if day == date.max:
        return None
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=ZONE)
