"""The seventeen traps (domain.md 0): what one falls into, and what shows that we did not."""

from dataclasses import replace
from datetime import date
from itertools import permutations

from services.intake.domain.case import refusals
from services.metrics.domain import fold as folding
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.figures.supervision import Part
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import picture_of
from shared.contracts import identities
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.handling.facts import DecisionMade
from shared.contracts.handling.words import HoldReason
from shared.contracts.intake import facts as intake
from shared.contracts.intake.facts import (
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.review import facts as review
from shared.contracts.review.facts import RatingPosted
from shared.contracts.review.words import Satisfaction
from shared.contracts.rules.facts import CalendarPublished
from shared.contracts.supervision.facts import AlertRevoked
from shared.contracts.words import CaseType, ClockName
from shared.policy import rules as editions
from shared.policy.supervision import SupervisionProfile
from tests.support import intake_cases as known
from tests.support.clock_facts import (
    ClockFacts,
    clocks,
    decision,
    extension,
    hold,
    instant,
    terms,
)
from tests.support.desk import Desk
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
from tests.support.way_of_a_case import ACCEPTED, CASE, HELD, RECEIVED, RELEASED, STARTED

MONDAY = "2024-09-02"
PLAIN = ClockFacts("1", terms(MONDAY))


def both(facts: ClockFacts) -> tuple[Clock, ...]:
    """Return the committed and the statutory clock, under the law."""
    return clocks(facts, LAW.rules.policy_on(date.max), LAW.rules.calendar)


def dues(facts: ClockFacts) -> list[date | None]:
    return [
        one.due for one in both(facts) if one.name in (ClockName.COMMITTED, ClockName.STATUTORY)
    ]


@rule("trap 1", "satisfaction is a word; its number means the opposite elsewhere")
def satisfaction_is_a_word() -> None:
    rating = said(review.RatingPosted)

    assert all(taken(review.RatingPosted, {**rating, "level": one.value}) for one in Satisfaction)
    assert not any(taken(review.RatingPosted, {**rating, "level": one}) for one in (1, 5, "1", "5"))


@rule("trap 2", "the type of a case is a word; its number means the opposite elsewhere")
def case_types_are_words() -> None:
    received = said(intake.ApplicationReceived)

    def like(case_type: object) -> dict[str, object]:
        return {**received, "case": {**received["case"], "case_type": case_type}}

    assert all(taken(intake.ApplicationReceived, like(one.value)) for one in CaseType)
    assert not any(taken(intake.ApplicationReceived, like(one)) for one in (1, 2, "1", "2"))


@rule("trap 3", "an extension adds days and stops nothing, a special procedure the other way round")
def two_special_procedures() -> None:
    longer = both(replace(PLAIN, extensions=(extension("2024-09-10"),)))[1]
    stopped = both(replace(PLAIN, holds=(hold("2024-09-10", "2024-09-20"),)))[1]

    assert (longer.limit, longer.stops, longer.due) == (30, (), date(2024, 10, 18))
    assert (stopped.limit, len(stopped.stops), stopped.due) == (20, 1, date(2024, 10, 15))


@rule("trap 4", "a look on the spot does not stop the law's clock")
def inspections_do_not_stop_the_law() -> None:
    looked = hold("2024-09-10", "2024-09-20", reason="ONSITE_VERIFICATION")

    assert dues(replace(PLAIN, holds=(looked,))) == [date(2024, 10, 15), date(2024, 9, 30)]


@rule("trap 5", "the committee's time is nobody's time off")
def the_committee_stops_nothing() -> None:
    before = accepted("2024-09-02T09:00", committed_limit=15, statutory_limit=20)
    referred = at("2024-09-10T09:00", ReferralMade, referral_id=CASE)
    found = running(before, referred)

    assert (found["SLA-04"].due, found["SLA-05"].due) == (date(2024, 9, 24), date(2024, 9, 30))
    assert not [reason for reason in HoldReason if "COMMITTEE" in reason]


@rule("trap 6", "what silence accepted counts from the receipt: days are gone already")
def deemed_acceptance_is_retroactive() -> None:
    received = at("2024-09-20T10:00", ApplicationReceived, received_date="2024-09-20")
    deemed = accepted(
        "2024-09-28T00:00", mode="DEEMED", effective_date="2024-09-20", statutory_limit=20
    )
    clock = running(received, deemed)["SLA-05"]

    assert (clock.started_on, clock.consumed(instant("2024-09-28"))) == (date(2024, 9, 20), 5)
    assert clock.due == date(2024, 10, 23)


@rule("trap 7", "after a correction the day counts on which it was handed in, not entered")
def handed_in_not_entered() -> None:
    found = running(
        at("2024-09-20T10:00", ApplicationReceived, received_date="2024-09-20"),
        at("2024-09-23T09:00", CorrectionRequested),
        at("2024-09-26T09:00", CorrectionReceived, complete=True, delivered_date="2024-09-24"),
    )

    assert found["SLA-01"].started_on == date(2024, 9, 24)
    assert found["SLA-02"].due == date(2024, 9, 25)


@rule("trap 8", "weekend service makes no working day, a swapped weekend does")
def weekends() -> None:
    works = LAW.rules.calendar.is_workday

    assert works(date(2024, 9, 29))
    assert works(date(2024, 2, 9))
    assert not works(date(2024, 9, 21))


@rule("trap 9", "a year without its notice is provisional, and counted again when it appears")
def unpublished_years() -> None:
    facts = ClockFacts("1", terms("2026-12-21"))
    notice = CalendarPublished(edition=1, years=(2027,), days_off=(date(2027, 1, 1),), workdays=())
    before, LAW.rules = both(facts)[1], editions.evolve(LAW.rules, notice)
    after = both(facts)[1]

    assert (before.provisional, before.due) == (True, date(2027, 1, 18))
    assert (after.provisional, after.due) == (False, date(2027, 1, 19))


@rule("trap 10", "yellow is near, or past what the bureau promised: the profile says which")
def yellow_is_near() -> None:
    fact = accepted("2024-09-02T09:00", committed_limit=10, statutory_limit=20)
    by_default, late = running(fact), instant("2024-10-01")
    bureau = LAW.rules.policy_on(date.max).bureau
    LAW.amend(bureau=bureau.model_copy(update={"supervision": SupervisionProfile.THREE_TIER}))
    in_three_tiers = running(fact)

    assert cards(by_default["SLA-04"]) == [
        ("YELLOW", instant("2024-09-12"), instant("2024-09-15")),
        ("RED", instant("2024-09-15"), None),
    ]
    assert cards(in_three_tiers["SLA-04"]) == [
        ("PROMPT", instant("2024-09-13"), instant("2024-09-15")),
        ("YELLOW", instant("2024-09-15"), None),
    ]
    assert cards(in_three_tiers["SLA-05"]) == [
        ("PROMPT", instant("2024-09-29"), late),
        ("RED", late, None),
    ]


@rule("trap 11", "a card that should not have been is taken back with its reason, not deleted")
def cards_are_taken_back() -> None:
    desk, late = Desk(), instant("2024-10-08T09:00")
    desk.tick(both(PLAIN)[1], late)
    healed = replace(PLAIN, ending=decision("2024-09-20"))
    revoked = [one.fact for one in desk.tick(both(healed)[1], late)]

    assert [type(one) for one in revoked] == [AlertRevoked, AlertRevoked]
    assert all(isinstance(one, AlertRevoked) and one.reason for one in revoked)
    assert len(desk.alerts) == 2


@rule("trap 12", "a rating stands as it was given; one that nobody gave is no praise")
def nobodys_praise() -> None:
    words = {"review_id": "V1", "level": "VERY_SATISFIED"}
    silent = at("2024-09-02T09:00", RatingPosted, channel="SYSTEM_DEFAULT", **words)
    given = at("2024-09-02T10:00", RatingPosted, channel="SMS", **words)
    again = at(
        "2024-09-02T11:00", RatingPosted, channel="SMS", review_id="V1", level="DISSATISFIED"
    )

    assert _counted(silent) == ({Part.DEFAULT.value}, 0)
    assert _counted(given) == ({f"{Part.GIVEN.value}:VERY_SATISFIED"}, 0)
    assert _counted(given, again) == ({f"{Part.GIVEN.value}:VERY_SATISFIED"}, 1)


def _counted(*entries: Entry) -> tuple[set[str], int]:
    """Return what ratings count as, and how many facts contradict."""
    dossier = fold_all(CASE, entries)
    parts = {part for part, *_ in picture_of(dossier, None, LAW.rules).contributions}
    asked = (Part.DEFAULT.value, Part.GIVEN.value)
    return {one for one in parts if one.startswith(asked)}, dossier.anomalies


@rule("trap 13", "tolerance holds the result back, a commitment has it verified afterwards")
def tolerance_is_no_commitment() -> None:
    outcomes = {
        mode: answer(
            story.given(known.RECEIVED, known.accepted(mode), known.HANDLING), known.DECIDE
        )
        for mode in (AcceptanceMode.TOLERANCE, AcceptanceMode.COMMITMENT)
    }
    decided = at("2024-09-09T09:00", DecisionMade, decision="APPROVED", decision_date="2024-09-09")
    runs = {
        mode: "SLA-30" in running(accepted("2024-09-02T09:00", mode=mode), decided)
        for mode in ("NORMAL", "TOLERANCE", "COMMITMENT")
    }

    assert outcomes[AcceptanceMode.TOLERANCE] == refusals.MaterialMissing.code
    assert isinstance(outcomes[AcceptanceMode.COMMITMENT], DecisionMade)
    assert runs == {"NORMAL": False, "TOLERANCE": False, "COMMITMENT": True}


CODES = ("000117051000", "11440232MB2D06811W4000117051000")


@rule("trap 14", "codes of items are as long as they are, and never cut")
def codes_are_never_cut() -> None:
    for code in CODES:
        data = said(intake.ApplicationReceived)
        fact = intake.ApplicationReceived.model_validate(
            {**data, "case": {**data["case"], "item_code": code}}
        )
        assert fact.case.item_code == code


@rule("trap 15", "whatever comes late, in whatever order, the dossier is the same")
def late_entry() -> None:
    facts = (RECEIVED, ACCEPTED, STARTED, HELD, RELEASED)
    whole = fold_all(CASE, facts)

    assert all(_arriving(order) == whole for order in permutations(facts))


def _arriving(order: tuple[Entry, ...]) -> Dossier:
    dossier, came = Dossier(key=CASE), list[Entry]()
    for one in order:
        came.append(one)
        late = folding.is_late(dossier, [one])
        dossier = fold_all(CASE, came) if late else folding.fold(dossier, [one])
    return dossier


@rule("trap 16", "the number of an identity card is protected, whatever guides call it")
def identity_numbers() -> None:
    assert identities.identity_in("身份证 34052419800101001X") is not None
    assert identities.identity_in_bytes(b'{"note":"34052419800101001X"}') is not None
    assert identities.identity_in("11440232MB2D06811W4000117051000") is None


@rule("trap 17", "a correction during examination stops the committed clock, once, and no law's")
def supplements() -> None:
    once = hold("2024-09-04", "2024-09-06", name="H1", reason="SUPPLEMENT")
    again = hold("2024-09-10", "2024-09-12", name="H2", reason="SUPPLEMENT")

    assert dues(replace(PLAIN, holds=(once, again))) == [date(2024, 10, 9), date(2024, 9, 30)]
    assert first(both(PLAIN)[0], "YELLOW") is not None
