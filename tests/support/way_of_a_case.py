"""The way of one case through the bureau, fact by fact, as the fold sees it."""

from datetime import UTC, datetime, timedelta

from services.metrics.domain.entry import Entry
from services.metrics.domain.figures.dimensions import Dimensions
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import (
    CaseClosed,
    DecisionMade,
    HoldClosed,
    HoldOpened,
    ResultDelivered,
    StepCompleted,
    StepStarted,
)
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from shared.contracts.review.facts import RatingPosted

CASE = "XC20240902000017"
REF = {"case_no": CASE, "item_code": "116101020001", "item_version": 1, "case_type": "COMMITTED"}
ORG = {"org_code": "11610102MB29934570", "org_name": "新城区行政审批服务局"}
DOC = {"doc_type": "NOTICE"}
PLACE = Dimensions(
    organisation=ORG["org_code"], window="W12", item="116101020001", channel="WINDOW"
)
"""Where the case belongs."""
MONDAY = datetime(2024, 9, 2, 2, tzinfo=UTC)


def event(
    fact: Fact, hours: float, *, identity: str = "", window: str | None = None, key: str = CASE
) -> Event:
    """Return *fact* as it is published, *hours* after Monday morning."""
    return Event.of(
        fact,
        id=identity or f"{type(fact).__name__}-{hours}",
        source="urn:test",
        time=MONDAY + timedelta(hours=hours),
        partitionkey=key,
        windowid=window,
    )


def entry(fact: Fact, hours: float, *, identity: str = "", window: str | None = None) -> Entry:
    """Return *fact* as the fold sees it, *hours* after Monday morning."""
    return Entry.of(event(fact, hours, identity=identity, window=window))


def of(kind: type[Fact], **fields: object) -> Fact:
    """Return a fact from plain values."""
    return kind.model_validate(fields)


RECEIVED = entry(
    of(
        ApplicationReceived,
        case=REF,
        party={"party_token": "pt-1", "party_type": "ENTERPRISE"},
        channel="WINDOW",
        terminal="WINDOW",
        agent_present=False,
        received_date="2024-09-02",
        item_name="食品经营许可",
        handling_org=ORG,
        materials=[],
        weekend=False,
    ),
    0,
    window="W12",
)
ACCEPTED = entry(
    of(
        ApplicationAccepted,
        case=REF,
        mode="NORMAL",
        effective_date="2024-09-02",
        accept_doc=DOC,
        statutory_limit=20,
        statutory_unit="WD",
        committed_limit=10,
        committed_unit="WD",
        promise_date="2024-09-14",
        grade="L2",
        steps=[],
    ),
    1,
)
STARTED = entry(
    of(StepStarted, case_no=CASE, step="HANDLE", step_no=1, org=ORG, assignee="st-1"), 2
)
RETURNED = entry(of(StepCompleted, case_no=CASE, step="HANDLE", step_no=1, action="RETURN"), 3)
HELD = entry(
    of(
        HoldOpened,
        hold_id="h1",
        case_no=CASE,
        reason="TESTING",
        basis="LICENSING_LAW_45",
        pauses=["COMMITTED", "STATUTORY"],
        written_notice=DOC,
        requested_by="st-1",
        approved_by="st-2",
    ),
    24,
)
RELEASED = entry(of(HoldClosed, hold_id="h1", case_no=CASE), 72)
DECIDED = entry(
    of(
        DecisionMade,
        case_no=CASE,
        decision="APPROVED",
        decision_date="2024-09-10",
        document=DOC,
        remedies_told=True,
        instant=False,
    ),
    200,
)
CLOSED = entry(
    of(
        CaseClosed,
        case_no=CASE,
        result_type="CERTIFICATE_ISSUED",
        closed_date="2024-09-11",
        onsite_visits=0,
    ),
    220,
)
DELIVERED = entry(
    of(ResultDelivered, case_no=CASE, mode="WINDOW", delivered_date="2024-09-12"), 240
)
REFERRED = entry(
    of(
        ReferralMade,
        referral_id="r1",
        case_no=CASE,
        reason="DISPUTE",
        grade="L2",
        on_list=True,
        remaining_committed_days=3,
        referred_by="st-1",
    ),
    100,
)
RATED = entry(
    of(
        RatingPosted,
        review_id="v1",
        case_no=CASE,
        phase="COMPLETION",
        scope="MATTER",
        channel="QR",
        level="DISSATISFIED",
        indicators=[],
        has_text=False,
        real_name=True,
        rated_org=ORG,
        assess_no=1,
        reported_upstream=False,
    ),
    250,
)
WAY = (RECEIVED, ACCEPTED, STARTED, RETURNED, HELD, RELEASED, REFERRED, DECIDED, CLOSED, RATED)
