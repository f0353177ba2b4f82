"""What each fact of a case changes in its dossier: the case's state machine, read from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from services.metrics.domain.changes import Changes
from services.metrics.domain.dossier import Dossier, Ending, Extension, Hold, Phase, Terms
from services.metrics.domain.entry import Entry
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.intake import facts as intake
from shared.contracts.moments import is_meant, meant_day_of
from shared.contracts.types import count_of
from shared.policy.calendar import business_date

BEFORE_ACCEPTANCE = frozenset({Phase.SUBMITTED, Phase.PRECHECKED})
IN_HANDLING = frozenset({Phase.ACCEPTED, Phase.EXAMINING})
BEFORE_DECISION = BEFORE_ACCEPTANCE | IN_HANDLING | {Phase.CORRECTION_PENDING}
AFTER_DECISION = frozenset({Phase.DECIDED, Phase.CLOSED, Phase.DELIVERED, Phase.ARCHIVED})
ANY = frozenset(Phase)

RANK: Mapping[Phase, int] = {
    Phase.ABSENT: 0,
    Phase.SUBMITTED: 1,
    Phase.PRECHECKED: 2,
    Phase.CORRECTION_PENDING: 2,
    Phase.ACCEPTED: 3,
    Phase.EXAMINING: 4,
    Phase.DECIDED: 5,
    Phase.CLOSED: 6,
    Phase.DELIVERED: 7,
    Phase.ARCHIVED: 8,
    Phase.NOT_ACCEPTED: 9,
    Phase.WITHDRAWN: 9,
    Phase.TERMINATED: 9,
    Phase.REVOKED: 10,
}
"""How far a case has come: a contradicting fact moves it forward, never back."""


@dataclass(frozen=True, slots=True)
class Move:
    """
    From which phases a fact is legal, and the phase after it; None where it stays.

    *day* is the field that says on which day it took effect, if one does.
    """

    allowed: frozenset[Phase]
    target: Phase | None = None
    record: Callable[[Dossier, Entry, Any], Changes] | None = None
    day: str = ""


def case_changes(dossier: Dossier, entry: Entry) -> Changes:
    """Return what a fact of the case changes."""
    return _moved(dossier, entry, CASE[type(entry.data)])


def ended_by_promise(dossier: Dossier, entry: Entry) -> Changes:
    """Return what the end of a tolerated case changes; a promise without a case changes nothing."""
    if dossier.phase is Phase.ABSENT:
        return {}, True
    return _moved(dossier, entry, Move(IN_HANDLING, Phase.TERMINATED, _ended))


def _moved(dossier: Dossier, entry: Entry, move: Move) -> Changes:
    told = _believed(entry, move.day) if move.day else entry
    record = move.record
    changes, possible = ({}, True) if record is None else record(dossier, told, told.data)
    legal = possible and told is entry and dossier.phase in move.allowed
    target = changes.pop("target", move.target)
    if target is not None and (legal or RANK[target] > RANK[dossier.phase]):
        changes["phase"] = target
    return changes, legal


def _believed(entry: Entry, name: str) -> Entry:
    """Return *entry*; a day in *name* that nobody can mean is unset: it is the day of the fact."""
    if is_meant(getattr(entry.data, name)):
        return entry
    mended = entry.data.model_copy(update={name: business_date(entry.time)})
    return replace(entry, data=mended)


def _received(dossier: Dossier, entry: Entry, fact: intake.ApplicationReceived) -> Changes:
    if dossier.received_on is not None:
        return {}, False
    return {
        "received_at": entry.time,
        "received_on": fact.received_date,
        "source": entry.source,
        "item_code": fact.case.item_code,
        "item_name": fact.item_name,
        "channel": fact.channel.value,
        "window": entry.windowid or "",
        "org_code": fact.handling_org.org_code,
        "org_name": fact.handling_org.org_name,
    }, True


def _prechecked(_: Dossier, __: Entry, fact: intake.ApplicationPrechecked) -> Changes:
    return {"target": Phase.PRECHECKED if fact.result == "PASS" else None}, True


def _correction_requested(dossier: Dossier, _: Entry, __: intake.CorrectionRequested) -> Changes:
    return {"corrections": dossier.corrections + 1}, True


def _correction_received(_: Dossier, __: Entry, fact: intake.CorrectionReceived) -> Changes:
    return {"target": Phase.SUBMITTED if fact.complete else None}, True


def _accepted(dossier: Dossier, entry: Entry, fact: intake.ApplicationAccepted) -> Changes:
    if dossier.terms is not None:
        return {}, False
    terms = Terms(
        effective_on=fact.effective_date,
        accepted_by=entry.id,
        statutory_limit=fact.statutory_limit,
        statutory_unit=fact.statutory_unit,
        committed_limit=fact.committed_limit,
        committed_unit=fact.committed_unit,
    )
    return {"terms": terms, "item_code": dossier.item_code or fact.case.item_code}, True


def _step_completed(dossier: Dossier, _: Entry, fact: handling.StepCompleted) -> Changes:
    returned = fact.action == "RETURN"
    return ({"returns": dossier.returns + 1} if returned else {}), True


def _hold_opened(dossier: Dossier, entry: Entry, fact: handling.HoldOpened) -> Changes:
    if any(hold.hold_id == fact.hold_id for hold in dossier.holds):
        return {}, False
    hold = Hold(
        hold_id=fact.hold_id,
        reason=fact.reason,
        basis=fact.basis,
        pauses=tuple(clock.value for clock in fact.pauses),
        opened_on=business_date(entry.time),
        opened_by=entry.id,
    )
    return {"holds": (*dossier.holds, hold)}, True


def _hold_closed(dossier: Dossier, entry: Entry, fact: handling.HoldClosed) -> Changes:
    closing = {"closed_on": business_date(entry.time), "closed_by": entry.id}
    holds = tuple(
        replace(hold, **closing)
        if hold.hold_id == fact.hold_id and hold.closed_on is None
        else hold
        for hold in dossier.holds
    )
    return {"holds": holds}, holds != dossier.holds


def _extended(dossier: Dossier, entry: Entry, fact: handling.ExtensionApproved) -> Changes:
    extension = Extension(approved_on=fact.approved_date, days=fact.days, approved_by=entry.id)
    return {"extensions": (*dossier.extensions, extension)}, not dossier.extensions


def _ending(dossier: Dossier, entry: Entry, day: date) -> dict[str, Any]:
    """Stop the clocks without a decision, once: a later ending of that kind changes nothing."""
    if dossier.ending is not None:
        return {}
    return {"ending": Ending(day, entry.time, entry.id, decided=False)}


def _decided(dossier: Dossier, entry: Entry, fact: handling.DecisionMade) -> Changes:
    held = any(hold.closed_on is None for hold in dossier.holds)
    if dossier.decision:
        return {}, False
    changes: dict[str, Any] = {"decision": fact.decision.value}
    if dossier.ending is None or dossier.closed_on is not None:
        changes["ending"] = Ending(fact.decision_date, entry.time, entry.id, decided=True)
    return changes, not held


def _ended(dossier: Dossier, entry: Entry, _: Fact) -> Changes:
    return _ending(dossier, entry, business_date(entry.time)), True


def _closed(dossier: Dossier, entry: Entry, fact: handling.CaseClosed) -> Changes:
    """Close the case; where nobody told us of a decision, the closing stops the clocks."""
    if dossier.closed_on is not None:
        return {}, False
    changes = {"closed_on": fact.closed_date, **_ending(dossier, entry, fact.closed_date)}
    if dossier.phase is Phase.DELIVERED:
        # The result went over the counter before anybody registered the end.
        changes["target"] = Phase.DELIVERED
    return changes, True


def _delivered(dossier: Dossier, _: Entry, fact: handling.ResultDelivered) -> Changes:
    return {"delivered_on": dossier.delivered_on or fact.delivered_date}, True


def _amended(dossier: Dossier, _: Entry, fact: handling.CaseAmended) -> Changes:
    try:
        return _corrected(dossier, fact), True
    except ValueError:
        return {}, False


def _corrected(dossier: Dossier, fact: handling.CaseAmended) -> dict[str, Any]:
    """Return what a correction changes of what is read; other fields are history only."""
    terms, ending = dossier.terms, dossier.ending
    match fact.field:
        case "item_code" | "item_name":
            return {fact.field: fact.new}
        case "received_date" if dossier.received_on is not None:
            return {"received_on": meant_day_of(fact.new)}
        case "statutory_limit" | "committed_limit" if terms is not None:
            return {"terms": replace(terms, **{fact.field: count_of(fact.new)})}
        case "effective_date" if terms is not None:
            return {"terms": replace(terms, effective_on=meant_day_of(fact.new))}
        case "decision_date" if ending is not None and ending.decided:
            return {"ending": replace(ending, ended_on=meant_day_of(fact.new))}
        case _:
            return {}


CASE: Mapping[type[Fact], Move] = {
    intake.ApplicationReceived: Move(
        frozenset({Phase.ABSENT}), Phase.SUBMITTED, _received, "received_date"
    ),
    intake.ApplicationPrechecked: Move(frozenset({Phase.SUBMITTED}), None, _prechecked),
    intake.CorrectionRequested: Move(
        BEFORE_ACCEPTANCE | {Phase.CORRECTION_PENDING},
        Phase.CORRECTION_PENDING,
        _correction_requested,
    ),
    intake.CorrectionReceived: Move(
        frozenset({Phase.CORRECTION_PENDING}), None, _correction_received
    ),
    intake.CorrectionExpired: Move(frozenset({Phase.CORRECTION_PENDING}), Phase.TERMINATED, _ended),
    intake.ApplicationAccepted: Move(
        BEFORE_ACCEPTANCE, Phase.ACCEPTED, _accepted, "effective_date"
    ),
    intake.ApplicationRejected: Move(BEFORE_ACCEPTANCE, Phase.NOT_ACCEPTED, _ended),
    intake.ApplicationWithdrawn: Move(BEFORE_DECISION, Phase.WITHDRAWN, _ended),
    handling.StepStarted: Move(IN_HANDLING, Phase.EXAMINING),
    handling.StepCompleted: Move(frozenset({Phase.EXAMINING}), None, _step_completed),
    handling.HoldOpened: Move(IN_HANDLING, None, _hold_opened),
    handling.HoldClosed: Move(ANY, None, _hold_closed),
    handling.ExtensionRequested: Move(IN_HANDLING),
    handling.ExtensionApproved: Move(IN_HANDLING, None, _extended, "approved_date"),
    handling.ExtensionDenied: Move(IN_HANDLING),
    handling.DecisionMade: Move(IN_HANDLING, Phase.DECIDED, _decided, "decision_date"),
    handling.CaseClosed: Move(
        frozenset({Phase.DECIDED, Phase.DELIVERED}), Phase.CLOSED, _closed, "closed_date"
    ),
    handling.CaseForwarded: Move(IN_HANDLING, Phase.TERMINATED, _ended),
    handling.CaseTerminated: Move(BEFORE_DECISION, Phase.TERMINATED, _ended),
    handling.ResultIssued: Move(AFTER_DECISION),
    handling.ResultDelivered: Move(
        frozenset({Phase.DECIDED, Phase.CLOSED}), Phase.DELIVERED, _delivered, "delivered_date"
    ),
    handling.DecisionDisclosed: Move(AFTER_DECISION),
    handling.CaseArchived: Move(frozenset({Phase.CLOSED, Phase.DELIVERED}), Phase.ARCHIVED),
    handling.DecisionRevoked: Move(AFTER_DECISION, Phase.REVOKED),
    handling.CaseAmended: Move(ANY, None, _amended),
    handling.ActivityRecorded: Move(ANY),
}
