"""
The fact that a logged event stands for.

The logs know less than our language asks. What no log says is filled in the
same way everywhere: no list has entries, nobody voted, outcomes are the
favourable ones, an extension is the longest that the language knows.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from deploy.importers.history import CaseSoFar
from deploy.importers.names import shortened
from deploy.importers.profiles import CHANNELS, Meaning
from deploy.importers.reading import NAME, RESOURCE, LogAttributes
from shared.contracts.committee.facts import ReferralMade, ResolutionAdopted, Votes
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import (
    EXTENSION_DAYS_MAX,
    ActivityRecorded,
    DecisionMade,
    ExtensionApproved,
    HoldOpened,
)
from shared.contracts.handling.words import Decision, HoldBasis, HoldReason
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode, Channel, Terminal
from shared.contracts.types import CaseRef, Doc, OrgRef, PartyRef
from shared.contracts.words import CaseType, ClockName, GradeLevel, LimitUnit, PartyType

MUNICIPALITY = OrgRef(org_code="129900000000000197", org_name="日志来源机关（荷兰市镇）")
"""A code with valid check characters in a region that nobody has."""

LOGGED = Doc(doc_type="XES")
TEXT_CHARACTERS_MAX = 1000
ACTOR_CHARACTERS_MAX = 64
RESOURCE_CHARACTERS_MAX = 256
SATURDAY = 5
NOBODY = "unknown"

Translator = Callable[[CaseSoFar, LogAttributes, int, datetime], Fact]


def said(history: CaseSoFar, event: LogAttributes, number: int, at: datetime) -> Fact:
    """Return the fact that *event*, the *number*-th of its case, stands for."""
    meaning = history.profile.meaning(event)
    if meaning is Meaning.DECIDED and history.decided:
        meaning = None
    telling = _plain if meaning is None else TELLINGS[meaning]
    return telling(history, event, number, at)


def actor(event: LogAttributes) -> str:
    """Return the pseudonym that the publisher of the log gave to who did it."""
    return shortened(event.get(RESOURCE, NOBODY), ACTOR_CHARACTERS_MAX)


def _plain(history: CaseSoFar, event: LogAttributes, _: int, __: datetime) -> Fact:
    kept = {name: event[name] for name in history.profile.kept if name in event}
    resource = event.get(RESOURCE)
    return ActivityRecorded(
        case_no=history.case_no,
        activity=event[NAME],
        resource=resource and shortened(resource, RESOURCE_CHARACTERS_MAX),
        attributes={name: value[:TEXT_CHARACTERS_MAX] for name, value in kept.items()},
    )


def _case(history: CaseSoFar) -> CaseRef:
    return CaseRef(
        case_no=history.case_no,
        item_code=history.profile.item_code,
        item_version=1,
        case_type=CaseType.COMMITTED,
    )


def _received(history: CaseSoFar, _: LogAttributes, __: int, at: datetime) -> Fact:
    day = history.started_on(at)
    channel = CHANNELS.get(history.channel, Channel.OTHER)
    return ApplicationReceived(
        case=_case(history),
        # Who applied is in no log; the case stands for its applicant.
        party=PartyRef(party_token=history.case_no, party_type=PartyType.OTHER_ORG),
        channel=channel,
        terminal=Terminal.PC if channel is Channel.PC else Terminal.WINDOW,
        agent_present=False,
        received_date=day,
        item_name=history.profile.item_name,
        handling_org=MUNICIPALITY,
        materials=(),
        weekend=day.weekday() >= SATURDAY,
    )


def _accepted(history: CaseSoFar, _: LogAttributes, __: int, at: datetime) -> Fact:
    limit = history.limit(at)
    return ApplicationAccepted(
        case=_case(history),
        mode=AcceptanceMode.NORMAL,
        effective_date=history.started_on(at),
        accept_doc=LOGGED,
        statutory_limit=limit,
        statutory_unit=LimitUnit.ND,
        committed_limit=limit,
        committed_unit=LimitUnit.ND,
        promise_date=history.due(at),
        grade=GradeLevel.L1,
        steps=(),
    )


def _correction_requested(history: CaseSoFar, _: LogAttributes, __: int, ___: datetime) -> Fact:
    return CorrectionRequested(
        case_no=history.case_no,
        round=history.next_round("correction.requested"),
        items=(),
        notice=LOGGED,
        on_the_spot=False,
    )


def _correction_received(history: CaseSoFar, _: LogAttributes, __: int, at: datetime) -> Fact:
    return CorrectionReceived(
        case_no=history.case_no,
        round=history.next_round("correction.received"),
        complete=True,
        delivered_date=history.local(at),
    )


def _referred(history: CaseSoFar, event: LogAttributes, number: int, at: datetime) -> Fact:
    history.referral_id = f"{history.case_no}:{number}"
    return ReferralMade(
        referral_id=history.referral_id,
        case_no=history.case_no,
        reason=CommitteeReason.OTHER,
        grade=GradeLevel.L1,
        on_list=False,
        remaining_committed_days=(history.due(at) - history.local(at)).days,
        referred_by=actor(event),
    )


def _resolved(history: CaseSoFar, _: LogAttributes, number: int, __: datetime) -> Fact:
    here = f"{history.case_no}:{number}"
    return ResolutionAdopted(
        referral_id=history.referral_id or here,
        meeting_id=here,
        outcome=CommitteeOutcome.APPROVE,
        votes=Votes(in_favour=0, against=0, abstain=0),
        minutes=LOGGED,
    )


def _held(history: CaseSoFar, event: LogAttributes, number: int, _: datetime) -> Fact:
    return HoldOpened(
        case_no=history.case_no,
        hold_id=f"{history.case_no}:{number}",
        reason=HoldReason.OTHER,
        basis=HoldBasis.OTHER_LAW,
        pauses=(ClockName.COMMITTED, ClockName.STATUTORY),
        written_notice=LOGGED,
        requested_by=actor(event),
        approved_by=actor(event),
    )


def _extended(history: CaseSoFar, event: LogAttributes, _: int, at: datetime) -> Fact:
    return ExtensionApproved(
        case_no=history.case_no,
        days=EXTENSION_DAYS_MAX,
        approver=actor(event),
        notice_to_applicant=LOGGED,
        approved_date=history.local(at),
    )


def _decided(history: CaseSoFar, _: LogAttributes, __: int, at: datetime) -> Fact:
    history.decided = True
    return DecisionMade(
        case_no=history.case_no,
        decision=Decision.APPROVED,
        decision_date=history.local(at),
        document=LOGGED,
        remedies_told=True,
        instant=False,
    )


TELLINGS: Mapping[Meaning, Translator] = MappingProxyType(
    {
        Meaning.RECEIVED: _received,
        Meaning.ACCEPTED: _accepted,
        Meaning.CORRECTION_REQUESTED: _correction_requested,
        Meaning.CORRECTION_RECEIVED: _correction_received,
        Meaning.REFERRED: _referred,
        Meaning.RESOLVED: _resolved,
        Meaning.HELD: _held,
        Meaning.EXTENDED: _extended,
        Meaning.DECIDED: _decided,
    }
)
