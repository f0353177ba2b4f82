"""How each rule is broken, one at a time: what the check of its name has to notice."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, create_model

from services.intake.domain.case import commands, silence
from services.intake.domain.case import decide as deciding
from services.intake.domain.commitment.states import Commitment
from services.metrics.domain import fold as folding
from services.metrics.domain.clocks import alert, clock, measure
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import Noted, Noting
from shared.contracts import identities
from shared.contracts.envelope import Fact
from shared.contracts.handling import course
from shared.contracts.handling import facts as handling
from shared.contracts.inspection import facts as inspection
from shared.contracts.intake import facts as intake
from shared.contracts.joint import facts as joint
from shared.contracts.review import facts as review
from shared.contracts.types import CaseRef
from shared.policy import counting, supervision
from shared.policy import rules as editions
from shared.policy.acceptance import AcceptanceTerms, acceptance_terms
from shared.policy.calendar import WorkCalendar
from shared.policy.sla import Policy
from shared.policy.supervision import SupervisionProfile
from tests.support.intake_cases import case_ref
from tests.support.rulebook.breaking import (
    Mutant,
    days,
    granting,
    instead,
    lenient,
    pause,
    plain_weeks,
    row,
    together,
)

_reached, _merged = counting.reached, counting.merged


def _counting_the_first_day(ruler: Any, first: int, amount: int, stopped: Any) -> int | None:  # noqa: ANN401
    return _reached(ruler, first - 1, amount, stopped)


def _with_their_last_day(stops: Iterable[counting.Stop]) -> tuple[counting.Stop, ...]:
    return _merged((since, until and until + timedelta(1)) for since, until in stops)


def _terms_of(**deemed: int) -> Callable[[Policy], AcceptanceTerms]:
    def terms(policy: Policy) -> AcceptanceTerms:
        known = acceptance_terms(policy)
        return replace(known, deemed=known.deemed.model_copy(update=deemed))

    return terms


def _without_agents(_: object, command: commands.ReceiveApplication) -> Fact:
    return command.stated(case=case_ref(), received_date=command.on, agent_present=False)


FIRST_DAY = instead(counting, "reached", _counting_the_first_day)
LAST_DAY_OF_A_STOP = instead(clock, "merged", _with_their_last_day)
NO_PAUSE = instead(Policy, "may_pause", lambda *_, **__: False)
NO_EXTENSION = row("SLA-05", extensions=None)
FROM_TODAY = instead(deciding, "complete_since", lambda _: date(2024, 9, 30))
SUBMISSION = "casetrack.intake.correction.received.v1"
REFERRAL = {
    "subject": "referral",
    "link": "name",
    "since": ["casetrack.committee.referral.made.v1"],
    "until": ["casetrack.committee.referral.screened.v1"],
    "reason": "COMMITTEE",
    "name": {"zh-CN": "审议", "en": "the committee"},
    "ground": {"zh-CN": "无", "en": "none"},
}
EVERY_BASIS = ("LICENSING_LAW_45", "OTHER_LAW", "LOCAL_RULE")
ACCEPTED = "casetrack.intake.application.accepted.v1"
DECIDED = "casetrack.handling.decision.made.v1"

A_QUARTER = {
    "by": "share",
    "fraction": "0.25",
    "days_min": 1,
    "days_max": 5,
    "zero_upto": 2,
    "limit_min": 1,
}


def _without(kind: type[Fact]) -> Noting:
    return {one: note for one, note in Case.NOTING.items() if one is not kind}


def _the_last_rating(_: Rating, entry: Entry) -> Noted:
    posted = entry.data
    return {"level": posted.level.value, "channel": posted.channel.value}, True


def _cutting_codes(patch: pytest.MonkeyPatch) -> None:
    class Cut(CaseRef):
        item_code: Annotated[str, AfterValidator(lambda code: code[:24])]

    loose = create_model(
        "ApplicationReceived", __base__=intake.ApplicationReceived, case=(Cut, ...)
    )
    patch.setattr(intake, "ApplicationReceived", loose)


OF_THE_LAW = (
    Mutant(
        "T-01",
        "natural days for working days",
        instead(counting, "ruler", lambda _c, _u: counting.NATURAL_DAYS),
    ),
    Mutant("T-01", "holidays count", plain_weeks),
    Mutant("T-02", "the first day counts", FIRST_DAY),
    Mutant(
        "T-03",
        "a last day that is a holiday stays",
        instead(counting, "_next_worked", lambda _c, day, _s: day),
    ),
    Mutant(
        "T-03",
        "the last day ends as it begins",
        instead(measure, "cut_off", lambda day, _: midnight(day)),
    ),
    Mutant("T-04", "no right agency is named", granting(commands.RejectApplication)),
    Mutant("T-05", "six days of silence", row("SLA-01", limit=6)),
    Mutant("T-05", "accepted from today", FROM_TODAY),
    Mutant("T-05", "a second notice is nobody's business", row("RULE-01", recipients={})),
    Mutant("T-06", "an answer in part is complete", row("SLA-02", starts=[{"fact": SUBMISSION}])),
    Mutant(
        "T-06",
        "an acceptance without a paper",
        lenient(intake, "ApplicationAccepted", accept_doc=1),
    ),
    Mutant("T-06", "a refusal without a paper", lenient(intake, "ApplicationRejected", document=1)),
    Mutant("T-07", "it counts from the click", FROM_TODAY),
    Mutant(
        "T-07",
        "it counts from the receipt",
        instead(deciding, "complete_since", lambda filing: filing.received_date),
    ),
    Mutant(
        "T-08", "twenty-one days", instead(silence, "acceptance_terms", _terms_of(limit_days=21))
    ),
    Mutant("T-09", "eleven days more", instead(deciding, "EXTENSION_DAYS_MAX", 11)),
    Mutant("T-09", "granted afterwards", instead(deciding, "last_day", lambda *_: date.max)),
    Mutant(
        "T-09", "granted twice by the owner", granting(commands.ApproveExtension, "approved_date")
    ),
    Mutant(
        "T-09",
        "granted twice by the clock",
        row("SLA-05", extensions={"field": "extensions", "times_max": 2}),
    ),
    Mutant("T-10", "forty-four days together", row("SLA-06", limit=44)),
    Mutant("T-10", "sixteen days more", instead(deciding, "JOINT_EXTENSION_DAYS_MAX", 16)),
    Mutant(
        "T-10", "ten days more, as for one alone", instead(deciding, "JOINT_EXTENSION_DAYS_MAX", 10)
    ),
    Mutant(
        "T-10",
        "silence accepts a joint case for twenty days",
        instead(silence, "acceptance_terms", _terms_of(joint_limit_days=20)),
    ),
    Mutant("T-10", "no more days for the whole of it", row("SLA-06", extensions=None)),
    Mutant(
        "T-10",
        "more days twice for the whole of it",
        row("SLA-06", extensions={"field": "extensions", "times_max": 2}),
    ),
    Mutant(
        "T-10",
        "sixteen days more for the whole of it",
        lenient(joint, "JointExtensionApproved", left_out=False, days=1),
    ),
    Mutant("T-11", "twenty-one days", row("SLA-12", limit=21)),
    Mutant(
        "T-11",
        "it runs for every case",
        row("SLA-12", starts=[{"fact": ACCEPTED, "day": "terms.effective_on"}]),
    ),
    Mutant("T-12", "eleven days", row("SLA-34", limit=11)),
    Mutant("T-12", "what was denied is served too", row("SLA-34", starts=[{"fact": DECIDED}])),
    *(
        Mutant("T-13", f"{reason} counts", pause(reason, "STATUTORY"))
        for reason in (
            "HEARING",
            "BIDDING",
            "AUCTION",
            "TESTING",
            "DETECTION",
            "QUARANTINE",
            "APPRAISAL",
            "EXPERT_REVIEW",
        )
    ),
    Mutant("T-13", "no written notice", lenient(handling, "HoldOpened", written_notice=1)),
    Mutant("T-13", "nobody waits for its announced end", row("SLA-10", limit=6)),
    Mutant("T-14", "twenty-one days", row("SLA-11", limit=21)),
    Mutant("T-14", "four days to ask for it", row("SLA-11b", limit=4)),
    Mutant("T-14", "six days are enough", instead(course, "HEARING_NOTICE_DAYS", 6)),
    Mutant("T-14", "a short notice is nobody's business", row("RULE-05", recipients={})),
    Mutant(
        "T-15",
        "one person is enough",
        lenient(inspection, "InspectionScheduled", left_out=False, inspectors=1),
    ),
    Mutant(
        "T-15",
        "everything is decided on the spot",
        granting(commands.MakeDecision, "decision_date"),
    ),
    Mutant(
        "T-16",
        "no agent is let in",
        lambda patch: patch.setitem(deciding.RULES, commands.ReceiveApplication, _without_agents),
    ),
    Mutant(
        "T-17",
        "withdrawn after the decision",
        instead(deciding, "require_on_course", lambda *_: None),
    ),
    Mutant(
        "T-17", "withdrawn by word of mouth", lenient(intake, "ApplicationWithdrawn", document=1)
    ),
    Mutant(
        "T-17",
        "it runs on afterwards",
        instead(Case, "NOTING", _without(intake.ApplicationWithdrawn)),
    ),
    Mutant("T-18", "any promise", instead(deciding, "promise_date", lambda _, since: since)),
    Mutant("T-19", "until the next day", row("SLA-08", limit=1)),
    Mutant(
        "T-19",
        "until midnight",
        row("SLA-08", unit="WD", yellow=None, recipients={"RED": ["CLERK"]}),
    ),
    Mutant("T-19", "every case is immediate", row("SLA-08", starts=[{"fact": ACCEPTED}])),
    Mutant("T-20", "eight days", row("SLA-35", limit=8)),
    Mutant(
        "T-20",
        "published or not",
        row("SLA-35", stops=[{"fact": "casetrack.handling.decision.revoked.v1"}]),
    ),
    Mutant("T-21", "twenty days whatever the law says", row("SLA-05", limit=20)),
    Mutant("T-21", "working days whatever the law says", row("SLA-05", unit="WD")),
)

OF_THE_VECTORS = (
    Mutant("vector 01", "the first day counts", FIRST_DAY),
    Mutant("vector 02", "nothing stops the clock", NO_PAUSE),
    Mutant("vector 03", "the last day of a stop is stopped", LAST_DAY_OF_A_STOP),
    Mutant("vector 04", "the last day of a stop is stopped", LAST_DAY_OF_A_STOP),
    Mutant("vector 05", "no extension", NO_EXTENSION),
    Mutant("vector 06", "the Sunday after the Spring Festival is free", days(off=["2024-02-18"])),
    Mutant("vector 06", "New Year's Eve is free", days(off=["2024-02-09"])),
    Mutant("vector 07", "the Sunday before Labour Day is free", days(off=["2024-04-28"])),
    Mutant("vector 08", "the Mid-Autumn Festival is worked", days(on=["2024-09-16"])),
    Mutant("vector 09", "the Saturday after National Day is free", days(off=["2024-10-12"])),
    Mutant("vector 10", "the Sunday before the Spring Festival is free", days(off=["2025-01-26"])),
    Mutant("vector 11", "the Spring Festival is worked", days(on=["2025-01-28"])),
    Mutant("vector 12", "the Saturday after National Day is free", days(off=["2025-10-11"])),
    Mutant("vector 13", "the Saturday after the Spring Festival is free", days(off=["2026-02-28"])),
    Mutant("vector 14", "the Sunday before Mid-Autumn is free", days(off=["2026-09-20"])),
    Mutant("vector 15", "the Sunday before National Day is free", days(off=["2024-09-29"])),
    Mutant("vector 15", "near with a quarter left", row("SLA-05", yellow=A_QUARTER)),
)

OF_THE_TRAPS = (
    Mutant("trap 1", "numbers are let in", lenient(review, "RatingPosted", level=1)),
    Mutant("trap 2", "numbers are let in", lenient(intake, "ApplicationReceived", case=1)),
    Mutant("trap 3", "an extension adds nothing", NO_EXTENSION),
    Mutant("trap 3", "a special procedure stops nothing", NO_PAUSE),
    Mutant(
        "trap 4",
        "a look on the spot stops the law's clock",
        pause("ONSITE_VERIFICATION", "STATUTORY", bases=EVERY_BASIS),
    ),
    Mutant("trap 5", "the committee stops the law's clock", row("SLA-05", standstills=[REFERRAL])),
    Mutant("trap 5", "the committee stops the promise", row("SLA-04", standstills=[REFERRAL])),
    Mutant(
        "trap 6",
        "it counts from when it was entered",
        together(row("SLA-05", starts=[{"fact": ACCEPTED}]), instead(Case, "EFFECTIVE", {})),
    ),
    Mutant("trap 7", "it counts from when it was entered", instead(Case, "EFFECTIVE", {})),
    Mutant("trap 8", "a swapped Sunday is free", days(off=["2024-09-29"])),
    Mutant("trap 8", "New Year's Eve is free", days(off=["2024-02-09"])),
    Mutant("trap 8", "weekend service makes a working day", days(on=["2024-09-21"])),
    Mutant("trap 9", "nobody is told", instead(WorkCalendar, "provisional", lambda *_: False)),
    Mutant(
        "trap 9",
        "the notice moves nothing",
        instead(editions, "calendar_with", lambda known, _: known),
    ),
    Mutant(
        "trap 10",
        "yellow is the first breach",
        row("SLA-04", yellow=None, late="YELLOW", recipients={"YELLOW": ["HANDLER"]}),
    ),
    Mutant("trap 10", "yellow is never", row("SLA-04", recipients={"RED": ["HANDLER"]})),
    Mutant(
        "trap 10",
        "every profile has two colours",
        instead(SupervisionProfile, "judged", lambda _, limit: limit),
    ),
    Mutant(
        "trap 10",
        "what the bureau promised is red in three tiers",
        instead(supervision, "BY_LAW", 1),
    ),
    Mutant(
        "trap 10",
        "the prompt comes when yellow would",
        instead(supervision, "_prompt", lambda _, near: near),
    ),
    Mutant("trap 11", "a card stands for ever", instead(alert, "_against", lambda *_: None)),
    Mutant(
        "trap 12",
        "what nobody gave is praise",
        instead(Rating, "by_default", property(lambda _: False)),
    ),
    Mutant("trap 12", "the last rating counts", instead(Rating, "noted", _the_last_rating)),
    Mutant(
        "trap 13",
        "tolerance is forgiveness",
        instead(Commitment, "awaited", property(lambda _: False)),
    ),
    Mutant(
        "trap 13",
        "everything is verified afterwards",
        row("SLA-30", starts=[{"fact": DECIDED, "when": "approved", "day": "ending.ended_on"}]),
    ),
    Mutant("trap 13", "nothing is verified afterwards", row("SLA-30", recipients={})),
    Mutant("trap 14", "codes are cut to those of the standard", _cutting_codes),
    Mutant("trap 15", "nothing is ever late", instead(folding, "is_late", lambda *_: False)),
    Mutant(
        "trap 16",
        "eighteen digits are no number",
        instead(identities, "_is_resident_id", lambda *_, **__: False),
    ),
    Mutant(
        "trap 17",
        "a supplement stops the promise twice",
        pause("SUPPLEMENT", "COMMITTED", bases=EVERY_BASIS),
    ),
    Mutant(
        "trap 17",
        "a supplement stops the law's clock",
        pause("SUPPLEMENT", "STATUTORY", bases=EVERY_BASIS),
    ),
    Mutant("trap 17", "a supplement stops nothing", pause("SUPPLEMENT", "COMMITTED")),
)

MUTANTS = (*OF_THE_LAW, *OF_THE_VECTORS, *OF_THE_TRAPS)
