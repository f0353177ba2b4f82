"""Rules T-01 to T-21: what the law says of time, each with what shows that it holds."""

from dataclasses import replace
from datetime import date

from services.intake.domain.case import commands, refusals, silence
from services.intake.domain.refusals import ExtensionAlreadyGranted, ExtensionTooLate
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.handling.facts import (
    CaseForwarded,
    DecisionDisclosed,
    DecisionMade,
    ExtensionRequested,
    HearingAnnounced,
    HearingOffered,
    HoldOpened,
)
from shared.contracts.inspection import facts as inspection
from shared.contracts.intake import facts as intake
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionReceived,
    CorrectionRequested,
    StepLimit,
)
from shared.contracts.intake.words import AcceptanceMode, Channel, RejectReason, Terminal
from shared.contracts.joint import facts as joint
from shared.contracts.words import CaseType
from tests.support import intake_cases as known
from tests.support.clock_facts import ClockFacts, clock, decision, extension, hold, instant, terms
from tests.support.rulebook.law import (
    LAW,
    accepted,
    answer,
    cards,
    first,
    rule,
    running,
    said,
    story,
    taken,
)
from tests.support.running import at

FRIDAY = date(2024, 9, 20)
SILENT = known.RECEIVED.model_copy(update={"received_date": FRIDAY})
RECEIVED = at("2024-09-20T10:00", ApplicationReceived, received_date="2024-09-20")
DECIDED = at(
    "2024-09-02T15:00",
    DecisionMade,
    decision="APPROVED",
    decision_date="2024-09-02",
)


def due(facts: ClockFacts) -> date | None:
    """Return the statutory due day."""
    policy = LAW.rules.policy_on(date.max)
    return clock(facts, policy=policy, calendar=LAW.rules.calendar).due


def deemed(received: Fact = SILENT) -> commands.AnyCommand:
    """Return what the silence of the bureau asks for."""
    waiting = silence.timer(story.given(received).state, LAW.rules)
    assert waiting is not None
    return waiting.command  # type: ignore[return-value]  # of a case, not of an inspection


@rule("T-01", "every limit of the agency is counted in working days, holidays excluded")
def working_days() -> None:
    assert due(ClockFacts("1", terms("2024-04-26", statutory=5))) == date(2024, 5, 7)
    assert clock(ClockFacts("1", terms("2024-04-26"))).unit == "WD"


@rule("T-02", "the first day does not count")
def the_day_after() -> None:
    assert due(ClockFacts("1", terms("2024-10-11", statutory=1))) == date(2024, 10, 12)
    assert due(ClockFacts("1", terms("2024-09-22", statutory=1))) == date(2024, 9, 23)


@rule("T-03", "a last day that is a holiday moves; the last day ends at 24:00")
def the_last_day() -> None:
    moved = ClockFacts("1", terms("2024-09-27", statutory=4, unit="ND"))
    last = replace(moved, terms=terms("2024-09-02"), ending=decision("2024-09-30"))
    found = clock(last, policy=LAW.rules.policy_on(date.max), calendar=LAW.rules.calendar)

    assert due(moved) == date(2024, 10, 8)
    assert found.due_at == instant("2024-10-01")
    assert [level for level, _, _ in cards(found)] == ["YELLOW"]


@rule("T-04", "not our power is refused at once, and names the right agency")
def the_right_agency() -> None:
    elsewhere = commands.RejectApplication(
        at=known.NINE,
        case_no=known.NO,
        reason=RejectReason.NOT_OUR_POWER,
        explanation="不属于本机关职权",
        document=known.PAPER,
    )
    named = replace(elsewhere, right_agency="雁塔区行政审批服务局")
    received = story.given(known.RECEIVED)

    assert answer(received, elsewhere) == refusals.RightAgencyMissing.code
    assert isinstance(answer(received, named), ApplicationRejected)


@rule("T-05", "one notice within five days, else accepted from the day of receipt")
def one_notice_or_accepted() -> None:
    command = deemed()
    fact = answer(story.given(SILENT), command)
    again = at("2024-09-24T09:00", CorrectionRequested, round=2)

    assert command.at == instant("2024-09-28")
    assert isinstance(fact, ApplicationAccepted)
    assert (fact.mode, fact.effective_date) == (AcceptanceMode.DEEMED, FRIDAY)
    assert first(running(RECEIVED)["SLA-01"], "RED") == instant("2024-09-28")
    assert "RULE-01" in running(RECEIVED, again)


@rule("T-06", "what is complete has to be accepted; both answers are dated, written documents")
def complete_is_accepted() -> None:
    corrected = [
        at("2024-09-24T09:00", CorrectionReceived, complete=whole, delivered_date="2024-09-24")
        for whole in (True, False)
    ]

    notice = at("2024-09-23T09:00", CorrectionRequested)

    assert running(RECEIVED, notice, corrected[0])["SLA-02"].due == date(2024, 9, 25)
    assert "SLA-02" not in running(RECEIVED, notice, corrected[1])
    for kind, paper in (
        (intake.ApplicationAccepted, "accept_doc"),
        (intake.ApplicationRejected, "document"),
    ):
        unwritten = {name: word for name, word in said(kind).items() if name != paper}
        assert taken(kind, said(kind))
        assert not taken(kind, unwritten)


@rule("T-07", "after a correction it counts from the day on which the last material came")
def from_the_last_material() -> None:
    corrected = story.given(known.RECEIVED, known.NOTICE, known.CORRECTED)
    fact = answer(corrected, replace(known.ACCEPT, at=known.later(7)))

    assert isinstance(fact, ApplicationAccepted)
    assert (fact.effective_date, fact.promise_date) == (date(2024, 9, 5), date(2024, 9, 20))


@rule("T-08", "a decision within twenty days of acceptance")
def twenty_days() -> None:
    fact = answer(story.given(SILENT), deemed())

    assert isinstance(fact, ApplicationAccepted)
    assert (fact.statutory_limit, fact.promise_date) == (20, date(2024, 10, 23))
    assert due(ClockFacts("1", terms("2024-09-20"))) == date(2024, 10, 23)


@rule("T-09", "one extension of ten days at most, in time")
def one_extension() -> None:
    asked = story.given(known.RECEIVED, known.ACCEPTED, known.HANDLING, known.EXTENSION_ASKED)
    longer = commands.RequestExtension(at=known.NINE, case_no=known.NO, days=11, reason="案情复杂")
    late = replace(known.APPROVE_EXTENSION, at=known.on(date(2024, 10, 1)))
    again = asked.given(known.EXTENDED)
    twice = (extension("2024-09-10"), extension("2024-09-11"))

    assert answer(asked, longer) == refusals.ExtensionTooLong.code
    assert answer(asked, late) == ExtensionTooLate.code
    assert answer(again, known.APPROVE_EXTENSION) == ExtensionAlreadyGranted.code
    assert due(ClockFacts("1", terms("2024-09-02"), (), twice)) == date(2024, 10, 18)
    assert due(ClockFacts("1", terms("2024-09-02"), (), (extension("2024-10-01"),))) == date(
        2024, 9, 30
    )


@rule("T-10", "forty-five days where several decide together, fifteen more at most, once")
def joint_handling() -> None:
    of_several = SILENT.model_copy(update={"case": known.case_ref(joint_case_id="joint-1")})
    fact = answer(story.given(of_several), deemed(of_several))
    opened = at("2024-09-02T09:00", joint.JointCaseOpened, joint_case_id="joint-1")
    more = [
        at(
            f"{day}T09:00",
            joint.JointExtensionApproved,
            joint_case_id="joint-1",
            days=15,
            approved_date=day,
        )
        for day in ("2024-11-08", "2024-11-11")
    ]
    under_way = story.given(
        of_several, known.accepted(case=known.case_ref(joint_case_id="joint-1")), known.HANDLING
    )
    asked = [
        answer(
            under_way,
            commands.RequestExtension(at=known.NINE, case_no=known.NO, days=days, reason="复杂"),
        )
        for days in (15, 16)
    ]
    longer = {**said(joint.JointExtensionApproved), "days": 16}

    assert isinstance(fact, ApplicationAccepted)
    assert (fact.statutory_limit, running(opened)["SLA-06"].due) == (45, date(2024, 11, 8))
    assert running(opened, *more)["SLA-06"].due == date(2024, 11, 29)
    assert not taken(joint.JointExtensionApproved, longer)
    assert isinstance(asked[0], ExtensionRequested)
    assert asked[1] == refusals.ExtensionTooLong.code


@rule("T-11", "twenty days for the first review before a superior decides, until it is forwarded")
def first_review() -> None:
    up = accepted("2024-09-02T10:00", forward_up=True)
    forwarded = at("2024-09-20T10:00", CaseForwarded)

    assert running(up)["SLA-12"].due == date(2024, 9, 30)
    assert running(up, forwarded)["SLA-12"].ended_at == instant("2024-09-20T10:00")
    assert "SLA-12" not in running(accepted("2024-09-02T10:00", forward_up=False))


@rule("T-12", "ten days for the service of what was approved")
def service() -> None:
    denied = at("2024-09-02T15:00", DecisionMade, decision="DENIED", decision_date="2024-09-02")

    assert running(DECIDED)["SLA-34"].due == date(2024, 9, 14)
    assert "SLA-34" not in running(denied)


ARTICLE_45 = (
    *("HEARING", "BIDDING", "AUCTION", "TESTING", "DETECTION", "QUARANTINE", "APPRAISAL"),
    "EXPERT_REVIEW",
)


@rule("T-13", "hearing, bidding, auction, tests, appraisal, experts are not counted, with notice")
def not_counted() -> None:
    for reason in ARTICLE_45:
        stopped = hold("2024-09-10", "2024-09-20", reason=reason)
        assert due(ClockFacts("1", terms("2024-09-02"), (stopped,))) == date(2024, 10, 15), reason
    unwritten = {
        name: word for name, word in said(handling.HoldOpened).items() if name != "written_notice"
    }
    opened = at("2024-09-02T10:00", HoldOpened, reason="TESTING", expected_days=5)

    assert not taken(handling.HoldOpened, unwritten)
    assert running(accepted("2024-09-02T09:00"), opened)["SLA-10"].due == date(2024, 9, 9)


@rule(
    "T-14",
    "whoever is told may ask for a hearing in five days; it is held within twenty, and announced "
    "seven days before",
)
def hearing() -> None:
    offered = at("2024-09-02T09:30", HearingOffered, told_date="2024-09-02")
    asked = at("2024-09-02T10:00", HoldOpened, reason="HEARING", hold_id="h1", expected_days=None)
    short, long = (
        at(
            "2024-09-05T10:00",
            HearingAnnounced,
            hold_id="h1",
            notified_date="2024-09-05",
            hearing_date=day,
        )
        for day in ("2024-09-11", "2024-09-12")
    )
    held = (accepted("2024-09-02T09:00"), asked)

    right = running(accepted("2024-09-02T09:00"), offered)["SLA-11b"]

    assert (right.due, right.ending) == (date(2024, 9, 9), None)
    assert running(held[0], offered, asked)["SLA-11b"].ending is not None
    assert running(*held)["SLA-11"].due == date(2024, 9, 30)
    assert "RULE-05" in running(*held, short)
    assert "RULE-05" not in running(*held, long)


@rule("T-15", "a decision on the spot is possible; what needs a look needs two persons")
def on_the_spot() -> None:
    ref = known.case_ref(CaseType.IMMEDIATE)
    spot = story.given(known.RECEIVED, known.accepted(case=ref))
    alone = {**said(inspection.InspectionScheduled), "inspectors": ["st-1"]}

    assert isinstance(answer(spot, known.DECIDE), DecisionMade)
    assert answer(story.given(known.RECEIVED, known.ACCEPTED), known.DECIDE) == (
        refusals.ExaminationNotBegun.code
    )
    assert taken(inspection.InspectionScheduled, {**alone, "inspectors": ["st-1", "st-2"]})
    assert not taken(inspection.InspectionScheduled, alone)


@rule("T-16", "one may apply by letter and by data, and by an agent")
def by_letter_and_agent() -> None:
    for channel, terminal in ((Channel.EXPRESS, Terminal.WINDOW), (Channel.PC, Terminal.PC)):
        command = commands.ReceiveApplication(
            at=known.NINE,
            case_no=known.NO,
            item_code="000117051000",
            item_version=4,
            item_name="食品经营许可",
            case_type=CaseType.COMMITTED,
            party=known.PARTY,
            channel=channel,
            terminal=terminal,
            agent_present=True,
            handling_org=known.BUREAU,
        )
        fact = answer(story, command)
        assert isinstance(fact, ApplicationReceived), channel
        assert (fact.channel, fact.agent_present) == (channel, True)


@rule("T-17", "an application is withdrawn in writing, before the decision; then nothing runs")
def withdrawal() -> None:
    withdraw = commands.WithdrawApplication(
        at=known.NINE, case_no=known.NO, by="APPLICANT", document=known.PAPER
    )
    decided = story.given(known.RECEIVED, known.ACCEPTED, known.HANDLING, known.APPROVED)
    unwritten = {
        name: word for name, word in said(intake.ApplicationWithdrawn).items() if name != "document"
    }
    gone = at("2024-09-20T10:00", ApplicationWithdrawn)

    assert isinstance(answer(story.given(known.RECEIVED), withdraw), ApplicationWithdrawn)
    assert isinstance(answer(decided, withdraw), str)
    assert not taken(intake.ApplicationWithdrawn, unwritten)
    assert running(accepted("2024-09-02T09:00"), gone)["SLA-05"].ended_at == instant(
        "2024-09-20T10:00"
    )


@rule("T-18", "the committed limit lies within the law's, the steps within the committed one")
def promises_fit() -> None:
    received = story.given(known.RECEIVED)
    longer = replace(known.ACCEPT, committed_limit=21)
    steps = (StepLimit(step="HANDLE", limit=6), StepLimit(step="CHECK", limit=5))

    assert answer(received, longer) == refusals.CommittedBeyondStatutory.code
    assert (
        answer(received, replace(known.ACCEPT, steps=steps)) == refusals.StepsBeyondCommitted.code
    )


@rule("T-19", "an immediate case is decided on the same working day")
def same_day() -> None:
    spot = running(accepted("2024-09-02T10:00", type="IMMEDIATE"))["SLA-08"]
    late = running(accepted("2024-09-06T17:30", type="IMMEDIATE"))["SLA-08"]

    assert cards(spot) == [
        ("YELLOW", instant("2024-09-02T12:00"), instant("2024-09-02T17:00")),
        ("RED", instant("2024-09-02T17:00"), None),
    ]
    assert late.due == date(2024, 9, 9)
    assert "SLA-08" not in running(accepted("2024-09-02T10:00"))


@rule("T-20", "a decision is published within seven days")
def publication() -> None:
    published = at("2024-09-11T10:00", DecisionDisclosed, published_date="2024-09-11")

    assert running(DECIDED)["SLA-35"].due == date(2024, 9, 11)
    assert cards(running(DECIDED, published)["SLA-35"])[-1][0] == "YELLOW"


@rule("T-21", "where another law sets a limit, that limit holds")
def other_laws() -> None:
    longer = accepted("2024-09-02T10:00", statutory_limit=60, statutory_unit="WD")
    natural = accepted("2024-09-02T10:00", statutory_limit=30, statutory_unit="ND")

    assert running(longer)["SLA-05"].due == date(2024, 11, 29)
    assert running(natural)["SLA-05"].due == date(2024, 10, 8)
