"""Short stories of what lies beside the cases: lists, policies, agencies, tickets, walks."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.metrics.domain.entry import Entry
from shared.contracts.activity import facts as activity
from shared.contracts.activity.words import WalkPart
from shared.contracts.commitment import facts as commitment
from shared.contracts.committee import facts as committee
from shared.contracts.credit.facts import CreditModeApplied
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.hotline import facts as hotline
from shared.contracts.instrument.facts import InstrumentUsed
from shared.contracts.intake.words import Terminal
from shared.contracts.intermediary import facts as intermediary
from shared.contracts.item import facts as item
from shared.contracts.policy import facts as policy
from shared.contracts.supervision import facts as supervision
from shared.contracts.unfinished import facts as unfinished
from shared.contracts.xregion import facts as xregion
from tests.support.examples import like_the_example
from tests.support.figure_stories import DAY, LATE, but, card, promise, told, turned
from tests.support.statistics_stories import COMPLAINT, SENT_BACK, SIGNED, ticket
from tests.support.way_of_a_case import ACCEPTED, CASE, DECIDED, ORG, RECEIVED, STARTED, entry

REVISED = like_the_example(item.ItemDefinitionRevised, item_code="116101020001", item_version=5)
CHANGE = "116101020001@5"
STREET = "11610102MB2X00178C"


def synced(*days: str) -> list[Fact]:
    """Return the publication of the change in one place after the other, each on its day."""
    return [
        like_the_example(
            item.ItemChangeSynced,
            item_code="116101020001",
            item_version=5,
            place=place,
            synced_date=day,
        )
        for place, day in zip(item.PLACES, days, strict=True)
    ]


def listing(kind: str, items: int, day: str) -> Fact:
    codes = [f"1161010200{number:04}" for number in range(items)]
    return like_the_example(item.ItemListPublished, list=kind, item_codes=codes, published_date=day)


def defined(version: int, **said: object) -> Fact:
    """Return what a *version* says of the first item of the lists."""
    words = {"item_code": "11610102000000", "online_depth": None, "terminals": None, **said}
    return like_the_example(item.ItemDefinitionRevised, item_version=version, **words)


def stationed(status: str, *, authorised: bool) -> Fact:
    return like_the_example(item.StationingChanged, status=status, authorised=authorised)


def listed(**changes: object) -> Fact:
    return like_the_example(
        policy.PolicyItemPublished,
        **{"policy_id": "p1", "issued_date": "2024-09-02", "listed_date": "2024-09-05", **changes},
    )


def agency(kind: type[Fact], day: str) -> Fact:
    return like_the_example(kind, agency_token="ag-1", date=day)


def engaged(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, order_id="fw-1", **changes)


def benefit(kind: type[Fact], day: str, policy_class: str = "ONLINE_APPLY") -> Fact:
    return like_the_example(kind, **{"claim_id": "dx-1", "date": day, "class": policy_class})


def application(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, xr_id="x1", **changes)


def walk(name: str, org: str, parts: Sequence[WalkPart] = tuple(WalkPart)) -> Fact:
    leader = {"org_code": org, "org_name": "某街道办事处"}
    return like_the_example(
        activity.WalkthroughCompleted, walk_id=name, leader_org=leader, parts=parts
    )


def problem(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, **{"problem_id": "w1", "deadline": "2024-09-20", **changes})


def matter(kind: type[Fact], **changes: object) -> Fact:
    return like_the_example(kind, matter_id="m1", case_no=None, **changes)


ENGAGED = engaged(intermediary.EngagementOpened)
IN_TIME = engaged(intermediary.EngagementDelivered, delivered_on_time=True)
TOO_LATE = engaged(intermediary.EngagementDelivered, delivered_on_time=False)
WITHOUT_LIMIT = engaged(intermediary.EngagementDelivered, delivered_on_time=None)


def judged(level: str) -> Fact:
    return engaged(intermediary.EngagementRated, level=level)


COLLECTED = application(xregion.CrossRegionCollected, mode="FULL_ONLINE")
FORWARDED = application(xregion.CrossRegionForwarded)
RETURNED = application(xregion.CrossRegionReturned, handed_over_date=None)
HANDED_OVER = application(xregion.CrossRegionReturned, handed_over_date="2024-09-06")

FOUND = problem(activity.ProblemFound)
REMOVED = problem(activity.ProblemResolved)

RECORDED = matter(unfinished.MatterRecorded, cause="MATERIALS")
RESOLVED = matter(unfinished.MatterResolved)
CALLED_BACK = like_the_example(unfinished.MatterFollowedUp, matter_id="m1")

RIGHT = ticket(hotline.TicketReplied, substantiated=True, five_zero="SHIRKING")
WRONG = ticket(hotline.TicketReplied, substantiated=False, five_zero="SHIRKING")
EXTENDED = ticket(hotline.TicketExtended, new_due="2024-09-30")
COMPLEX = ticket(hotline.TicketSigned, complex=True)
REOPENED = ticket(hotline.TicketReopened)


def asked(level: str) -> Fact:
    return ticket(hotline.TicketFollowedUp, level=level)


DECISION = [RECEIVED, ACCEPTED, STARTED, DECIDED]
ON_A_PROMISE = [
    RECEIVED,
    entry(
        promise(commitment.PromiseSigned, mode="COMMITMENT", promise_date=None, case_no=CASE), 0.5
    ),
    but(ACCEPTED, 1, mode="COMMITMENT"),
    STARTED,
    DECIDED,
]
PUSHED = like_the_example(handling.LinkPushed, case_no=CASE, acknowledged=True)
REVOKED = like_the_example(handling.DecisionRevoked, case_no=CASE)
OUTSIDE = card("RULE-06", basis="RULE", at=1)


def trusted(mode: str, saved: int = 0, seconds: int | None = None) -> Fact:
    words = {"materials_saved": saved, "seconds_to_decide": seconds}
    return like_the_example(CreditModeApplied, case_no=CASE, mode=mode, **words)


def aided(instrument: str, *, paper_avoided: bool) -> Fact:
    words = {"instrument": instrument, "paper_avoided": paper_avoided}
    return like_the_example(InstrumentUsed, case_no=CASE, **words)


def verified(result: str) -> Fact:
    return promise(commitment.VerificationCompleted, result=result)


PLANNED: Mapping[str, Sequence[Entry]] = {
    "a change that is published everywhere in time": told(
        REVISED, *synced("2024-09-03", "2024-09-04", "2024-09-09")
    ),
    "a change that is published too late in one place": told(
        REVISED, *synced("2024-09-03", "2024-09-04", "2024-09-10"), every=2 * DAY
    ),
    "a change that is published in two places only": told(
        REVISED, *synced("2024-09-03", "2024-09-04", "2024-09-05")[:2]
    ),
    "a change that nobody publishes": [
        *told(REVISED),
        card("SLA-33", CHANGE, basis="DISCLOSURE"),
    ],
    "a policy that is listed in time": told(listed(**{"class": "NO_APPLY"}), after=3 * DAY),
    "a policy that is shown, and gets its guide late": told(
        listed(**{"class": "DISPLAY_ONLY"}, guide_ready=False),
        listed(**{"class": "DISPLAY_ONLY"}, listed_date="2024-09-30"),
        after=3 * DAY,
        every=25 * DAY,
    ),
    "a policy to apply for that has no guide yet": told(
        listed(**{"class": "ONLINE_APPLY"}, guide_ready=False), after=3 * DAY
    ),
    "a policy that never gets its guide": [
        *told(listed(**{"class": "ONLINE_APPLY"}, guide_ready=False), after=3 * DAY),
        card("SLA-32", "p1", basis="DISCLOSURE"),
    ],
    "an agency that is let in": told(
        agency(intermediary.AgencyApplied, "2024-09-02"),
        agency(intermediary.AgencyAdmitted, "2024-09-05"),
        every=3 * DAY,
    ),
    "an agency that is refused late, and applies again": told(
        agency(intermediary.AgencyApplied, "2024-09-02"),
        agency(intermediary.AgencyRefused, "2024-09-12"),
        agency(intermediary.AgencyApplied, "2024-09-22"),
        every=10 * DAY,
    ),
    "an agency that nobody examines": [
        *told(agency(intermediary.AgencyApplied, "2024-09-02")),
        card("SLA-31", "ag-1", basis="INTAKE"),
    ],
    "an agency that delivers in time": told(ENGAGED, IN_TIME, judged("SATISFIED"), TOO_LATE),
    "an agency that delivers late": told(
        ENGAGED, TOO_LATE, judged("DISSATISFIED"), judged("SATISFIED")
    ),
    "an agency that has all the time": told(ENGAGED, WITHOUT_LIMIT),
    "an agency of whose work only the rating is known": told(judged("VERY_SATISFIED")),
    "a benefit that is claimed and granted": told(
        benefit(policy.BenefitClaimed, "2024-09-02"),
        benefit(policy.BenefitGranted, "2024-09-06"),
        benefit(policy.BenefitGranted, "2024-09-09"),
        every=4 * DAY,
    ),
    "a benefit that comes by itself": told(
        benefit(policy.BenefitGranted, "2024-09-02", "NO_APPLY")
    ),
    "a benefit that is claimed": told(benefit(policy.BenefitClaimed, "2024-09-02")),
    "a list that grows and shrinks": told(
        listing("COMMITMENT", 8, "2024-09-02"),
        listing("COMMITMENT", 11, "2024-09-12"),
        listing("COMMITMENT", 10, "2024-09-22"),
        every=10 * DAY,
    ),
    "grades of the committee that are revised twice": told(
        like_the_example(committee.GradingListRevised),
        like_the_example(committee.GradingListRevised, list_version="2024-3"),
    ),
    "rules of the committee that are revised": told(
        like_the_example(committee.CommitteeRulesRevised)
    ),
    "a list that is corrected on its day": told(
        listing("WEEKEND", 8, "2024-09-02"), listing("WEEKEND", 9, "2024-09-02"), every=1
    ),
    "a list of what is done at home": told(listing("HOME_VISIT", 3, "2024-10-01")),
    "a list of what agencies are needed for": told(
        listing("INTERMEDIARY", 3, "2024-09-02"),
        listing("INTERMEDIARY", 4, "2024-12-11"),
        every=100 * DAY,
    ),
    "a list for other places": told(
        listing("CROSS_REGION", 3, "2024-09-02"), listing("CROSS_REGION", 3, "2024-09-12")
    ),
    "a list that no figure counts": told(listing("TOLERANCE", 3, "2024-09-02")),
    "a list of filings": told(listing("FILING", 3, "2024-09-02")),
    "a licence list that loses an item": told(
        listing("LICENCE", 3, "2024-09-02"), listing("LICENCE", 2, "2024-09-12"), every=10 * DAY
    ),
    "a licence list of many versions": told(
        *(listing("LICENCE", items, f"2024-09-{items:02}") for items in range(2, 13)), every=DAY
    ),
    "a licence that is specified and open everywhere": told(
        defined(9, spec_covered=True, online_depth="FULL", terminals=[*Terminal, "PC"]),
        defined(9, spec_covered=False),
    ),
    "the same licence in a version that is neither": told(
        defined(10, spec_covered=False, online_depth="PARTIAL", terminals=["WINDOW", "PC"])
    ),
    "the same licence in a version that says no more": told(defined(11, spec_covered=True)),
    "a version since a day that nobody means": told(
        defined(12, spec_covered=True).model_copy(update={"effective_date": date(1970, 1, 1)})
    ),
    "a list of a day that nobody means": told(
        listing("COMMITMENT", 3, "2024-09-02").model_copy(
            update={"published_date": date(1970, 1, 1)}
        )
    ),
    "an item that is taken into the hall": told(
        stationed("OUTSIDE", authorised=False), stationed("STATIONED", authorised=True)
    ),
    "an item in the hall that others decide": told(
        stationed("STATIONED", authorised=False), stationed("STATIONED", authorised=False)
    ),
    "an item outside": told(stationed("OUTSIDE", authorised=False)),
    "an item that is exempt": told(stationed("EXEMPT", authorised=False)),
    "a ticket that is answered in time": told(COMPLAINT, SIGNED, RIGHT, asked("VERY_DISSATISFIED")),
    "a ticket that is answered again, better": told(
        COMPLAINT,
        SIGNED,
        RIGHT,
        asked("VERY_DISSATISFIED"),
        REOPENED,
        WRONG,
        asked("SATISFIED"),
        every=20,
    ),
    "a ticket that is answered late": told(COMPLAINT, SIGNED, RIGHT, every=10 * DAY),
    "a ticket that gets more time": told(COMPLAINT, SIGNED, EXTENDED, WRONG, every=4 * DAY),
    "a complex ticket": told(COMPLAINT, COMPLEX, WRONG, every=4 * DAY),
    "a ticket that is another's": told(COMPLAINT, SENT_BACK),
    "a ticket that waits": told(COMPLAINT, SIGNED),
    "a ticket that nobody answers": [
        *told(COMPLAINT, SIGNED),
        card("SLA-25d", "h1", basis="HOTLINE"),
    ],
    "a case that was filed outside": [RECEIVED, OUTSIDE],
    "a case that was not filed outside after all": [
        RECEIVED,
        OUTSIDE,
        turned(supervision.AlertRevoked, OUTSIDE),
    ],
    "a decision on a promise that is not due": ON_A_PROMISE,
    "a decision on a promise that was kept": [
        *ON_A_PROMISE,
        entry(verified("OK"), 30 * DAY),
    ],
    "a decision on a promise that was not kept, found late": [
        *ON_A_PROMISE,
        entry(verified("BREACH"), 120 * DAY),
    ],
    "a decision on a promise that nobody verifies": [
        *ON_A_PROMISE,
        card("SLA-30", basis="COMMITMENT", at=120 * DAY),
    ],
    "a decision on a promise that is set aside first": [
        *ON_A_PROMISE,
        entry(REVOKED, 30 * DAY),
    ],
    "an application that goes its way": [
        *told(COLLECTED, FORWARDED, every=2),
        *told(RETURNED, HANDED_OVER, after=4 * DAY),
    ],
    "an application by proxy that lies about": [
        *told(application(xregion.CrossRegionCollected, mode="PROXY_COLLECT")),
        card("SLA-31b", "x1", basis="INTAKE"),
    ],
    "an application that goes on late": told(COLLECTED, FORWARDED, every=5 * DAY),
    "an application that was just taken in": told(COLLECTED),
    "a decision that is pushed at once": [*DECISION, entry(PUSHED, 201)],
    "a decision that is pushed late": [*DECISION, entry(PUSHED, 400)],
    "a decision that is not pushed": [*DECISION, card("SLA-36", basis="DISCLOSURE")],
    "a decision that is set aside before it is pushed": [*DECISION, entry(REVOKED, 201)],
    "a case decided at once on credit": [
        *DECISION,
        entry(trusted("INSTANT_APPROVAL", 2, 42), 201),
        entry(trusted("INSTANT_APPROVAL", 9, 9), 202),
        entry(trusted("PROOF_SUBSTITUTE", 3), 203),
    ],
    "a case decided at once, nobody says how soon": [
        *DECISION,
        entry(trusted("INSTANT_APPROVAL"), 201),
        entry(trusted("TOLERANCE_BY_CREDIT"), 202),
        entry(trusted("APPROVAL_SUPERVISION_LINK"), 203),
    ],
    "a case with a seal and a certificate that is known": [
        *DECISION,
        entry(aided("E_LICENCE", paper_avoided=True), 201),
        entry(aided("E_SEAL", paper_avoided=False), 201.5),
        entry(aided("E_LICENCE", paper_avoided=False), 202),
        entry(aided("E_LICENCE", paper_avoided=False), 240),
    ],
    "a case that is signed and filed": [
        RECEIVED,
        entry(aided("E_SIGNATURE", paper_avoided=False), 1),
        entry(aided("E_ARCHIVE", paper_avoided=False), 2),
    ],
    "an instrument of a case of which nobody told": [
        entry(aided("E_LICENCE", paper_avoided=True), 1)
    ],
    "two walks of one street": told(walk("z1", STREET), walk("z2", STREET, [WalkPart.FORUM])),
    "the walk of another": told(walk("z3", ORG["org_code"])),
    "a problem that is removed in time": told(FOUND, REMOVED),
    "a problem that is removed late": told(FOUND, REMOVED, every=30 * DAY),
    "a problem that is not removed": [
        *told(FOUND),
        card("SLA-38a", "w1", basis="RECTIFICATION"),
    ],
    "a problem that was just found": told(FOUND),
    "a matter of which somebody hears again": told(RECORDED, RESOLVED, CALLED_BACK),
    "a matter of which somebody hears late": told(RECORDED, RESOLVED, CALLED_BACK, every=9 * DAY),
    "a matter that is not resolved": [
        *told(RECORDED),
        card("SLA-26b", "m1", basis="UNFINISHED"),
    ],
    "a matter of which nobody hears again": [
        *told(RECORDED, RESOLVED),
        card("SLA-26d", "m1", basis="UNFINISHED", at=LATE),
    ],
    "a matter that was just recorded": told(RECORDED),
}
