"""Until when, as it may be put into an applicant's hand: the limits of a case at one instant."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.parties import case_waits, turns
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.days import days
from services.metrics.domain.reasons.explanation import ground_of
from services.metrics.domain.reasons.sentence import sentence
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.terms import Hold
from services.metrics.domain.wording import LANGUAGES, amount, day, say
from services.metrics.views.certificate import FORM, Certificate, CertifiedLimit, LimitState
from services.metrics.views.view import Both
from shared.contracts.handling.course import Phase
from shared.contracts.supervision.words import AlertBasis
from shared.contracts.words import ClockName
from shared.policy.calendar import business_date, local
from shared.policy.parties import Parties
from shared.policy.rules import Rules

OF_INTEREST = (
    ClockName.COMMITTED,
    ClockName.STATUTORY,
    ClockName.IMMEDIATE,
    ClockName.INTAKE,
    ClockName.DELIVERY,
)
"""What is promised to the applicant, the decisive first; the rest is the bureau's own."""
DECIDING = OF_INTEREST[:3]


def certify(dossier: Dossier, rules: Rules, parties: Parties, now: datetime) -> Certificate | None:
    """Return what is to be stated of the case of *dossier* at *now*; None where it is no case."""
    case = dossier.case
    if case.received_on is None and case.terms is None:
        return None
    clocks = _of_interest(clocks_of(dossier, rules))
    today = business_date(now)
    (turn,) = turns(case_waits(dossier, parties), today, today)
    bureau = rules.policy_on(today).bureau.org
    latest = dossier.latest
    return Certificate(
        form=FORM,
        case_no=dossier.key,
        item_code=case.item_code,
        item_name=case.item_name,
        org_code=case.org_code or bureau.org_code,
        org_name=case.org_name if case.org_code else bureau.org_name,
        phase=case.phase,
        issued_at=local(now),
        received_on=case.received_on,
        accepted_on=case.terms.effective_on if case.terms else None,
        ended_on=case.ending.ended_on if case.ending else None,
        answer=Both(*(_answer(case, clocks, now, language) for language in LANGUAGES)),
        caution=_caution(clocks),
        waits_for=None if case.ending else turn.party,
        limits=tuple(_limit(clock, now) for clock in clocks),
        policies=tuple(dict.fromkeys(clock.policy.version for clock in clocks)),
        calendar=rules.calendar.version,
        edition=rules.edition,
        facts=dossier.facts,
        last_fact_at=local(latest) if latest else None,
    )


def _of_interest(clocks: Iterable[Clock]) -> Sequence[Clock]:
    """Return the last run of each limit that is the applicant's to know, the decisive first."""
    last = {clock.sla.id: clock for clock in clocks if clock.sla.subject == Case.COURSE.subject}
    wanted = [
        one
        for one in last.values()
        if one.name in (DECIDING if one.ending else OF_INTEREST)
        and one.sla.basis is not AlertBasis.RULE
    ]
    return sorted(wanted, key=lambda one: (OF_INTEREST.index(one.name), one.sla.id))


def _answer(case: Case, clocks: Sequence[Clock], now: datetime, language: str) -> str:
    if case.ending is not None:
        return say(language, "certificate.ended", on=_full(case.ending.ended_on, language))
    if case.phase is Phase.CORRECTION_PENDING:
        return say(language, "certificate.correcting")
    clock = next((one for one in clocks if one.ending is None), None)
    if clock is None:
        return say(language, "certificate.none")
    if clock.due is None:
        hold = _stopped_by(clock)
        return say(
            language,
            "certificate.stopped",
            on=_full(hold.opened_on, language),
            hold=clock.why(hold),
            remaining=amount(language, clock.remaining(now), clock.unit),
        )
    late = clock.due_at is not None and clock.due_at <= now
    code = ("over" if late else "running") + ("" if clock.name in DECIDING else "_intake")
    return say(language, f"certificate.{code}", on=_full(clock.due, language))


def _limit(clock: Clock, now: datetime) -> CertifiedLimit:
    hold = _stopped_by(clock) if clock.ending is None and clock.paused else None
    state = LimitState.RUNNING if hold is None else LimitState.STOPPED
    strip = tuple(days(clock, now))
    return CertifiedLimit(
        sla_id=clock.sla.id,
        name=_both(clock.sla.name),
        basis=_both(clock.sla.ground),
        limit=clock.limit,
        unit=clock.unit.value,
        starts_on=clock.started_on,
        state=LimitState.ENDED if clock.ending else state,
        due=clock.due,
        due_at=local(clock.due_at) if clock.due_at else None,
        provisional=clock.provisional,
        remaining=clock.remaining(now),
        ended_on=clock.ending.ended_on if clock.ending else None,
        stopped_since=hold.opened_on if hold else None,
        stopped_by=_said("certificate.hold", clock, hold) if hold else None,
        legal_basis=Both(*(ground_of(clock, hold, one) for one in LANGUAGES)) if hold else None,
        resumes=_said("certificate.resumes", clock, hold) if hold else None,
        sentence=Both(*(sentence(clock, strip, now, one) for one in LANGUAGES)),
    )


def _stopped_by(clock: Clock) -> Hold:
    """Return the hold that keeps *clock* open, the one that was opened first."""
    return next(hold for hold in clock.holds if hold.closed_on is None)


def _said(code: str, clock: Clock, hold: Hold) -> Both:
    return Both(*(say(language, code, hold=clock.why(hold)) for language in LANGUAGES))


def _caution(clocks: Iterable[Clock]) -> Both | None:
    """Return why a day may still move, with the first year that nobody has settled."""
    years = [
        year
        for clock in clocks
        if clock.ending is None and clock.provisional
        for year in range(clock.started_on.year, (clock.due or clock.started_on).year + 1)
        if not clock.calendar.official(year)
    ]
    if not years:
        return None
    return Both(*(say(one, "certificate.caution", year=min(years)) for one in LANGUAGES))


def _both(text: dict[str, str]) -> Both:
    return Both(*(text[language] for language in LANGUAGES))


def _full(on: date, language: str) -> str:
    return day(language, on, full=True)
