"""Figures where little is known: nothing was told, or not the half of it."""

from datetime import date

import pytest
from msgspec.structs import replace

from services.metrics.domain import today
from services.metrics.domain.dossier import Dossier, Track
from services.metrics.domain.figures import live, register
from services.metrics.domain.figures.dimensions import (
    EVERYWHERE,
    Dimensions,
    dimensions_of,
    identity_of,
    narrowed_to,
)
from services.metrics.domain.figures.figure import About, named
from services.metrics.domain.fold import fold_all
from services.metrics.domain.subjects.case import ASSIGNEES_MAX, MISTAKES_MAX, Case
from services.metrics.domain.subjects.commitment import Commitment
from services.metrics.domain.subjects.committee import Meeting
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.task import Task
from services.metrics.domain.subjects.terms import Terms
from shared.contracts.assist.course import TaskState
from shared.contracts.handling.facts import CaseAmended, StepStarted
from shared.contracts.rectification.course import RectificationState
from shared.policy.calendar import official_calendar
from tests.support.examples import like_the_example
from tests.support.told_figures import STORIES
from tests.support.way_of_a_case import CASE, DECIDED, PLACE, RECEIVED, entry

MONDAY = date(2024, 9, 2)
EXEMPLARY = "11610102MB2X00178C"
"""The organisation of the examples."""

UNBEGUN: list[Subject] = [
    *(kind(name="x") for kind in register.REGISTER.lines if kind is not Dossier),
    Task(name="x", system="XIAN_ZHUQI", mode="HOME_VISIT", kind="KEY_PROJECT"),
    Task(name="x", agent="st-1", project="p1", kind="KEY_PROJECT"),
    Task(name="x", state=TaskState.COMPLETED, kind="FIVE_UP_ENTERPRISE"),
    Task(name="x", special_group=True, level="SATISFIED"),
    Rectification(name="x", cause="ATTITUDE"),
    Rectification(name="x", state=RectificationState.CLOSED, cause="ATTITUDE"),
    Commitment(name="x", mode="TOLERANCE"),
    Inspection(name="x", scheduled=1, moved_by_bureau=1),
    Case(name="x", weekend=True, steps_done=3, returns=1, e_licence=True, decision="APPROVED"),
]


def added(subject: Subject | Dossier, about: About | None = None) -> set[str]:
    seen = about or About(Dossier(key="x"), official_calendar())
    lines = register.REGISTER.lines[type(subject)]
    return {named(part) for of in lines for part, _, _ in of(subject, seen)}


@pytest.mark.parametrize("subject", UNBEGUN, ids=lambda subject: type(subject).__name__)
def test_what_has_no_day_adds_nothing(subject: Subject) -> None:
    assert added(subject) == set()


def test_a_decision_of_which_no_acceptance_is_known_has_no_duration() -> None:
    case = fold_all(CASE, [RECEIVED, DECIDED]).case

    assert added(case) & {"L03/decided", "L04/days"} == {"L03/decided"}


def test_an_anomaly_without_any_day_is_counted_nowhere() -> None:
    assert added(Dossier(key="x", own=Track(anomalies=1))) == set()


def test_steps_are_counted_with_the_returns_among_them() -> None:
    case = fold_all(CASE, [RECEIVED]).case

    assert "K23.5/returned" not in added(replace(case, steps_done=2))
    assert "K23.5/returned" in added(replace(case, steps_done=2, returns=1))


def test_an_inspection_without_its_order_uses_no_checklist_and_is_the_first() -> None:
    inspection = Inspection(name="x", opened_on=MONDAY, done_on=MONDAY, attempt_no=0)

    assert added(inspection) == {"K24.3/on_time", "K24.5/concluded"}


def test_of_very_many_mistakes_the_first_are_kept() -> None:
    amended = like_the_example(CaseAmended, case_no=CASE, field="note", is_error=True)
    facts = [entry(amended, number) for number in range(1, MISTAKES_MAX + 3)]

    assert len(fold_all(CASE, [RECEIVED, *facts]).case.mistakes) == MISTAKES_MAX


def test_of_very_many_to_whom_a_case_was_given_the_first_are_kept() -> None:
    given = [
        entry(like_the_example(StepStarted, case_no=CASE, assignee=f"st-{number}"), number)
        for number in range(1, ASSIGNEES_MAX + 3)
    ]
    case = fold_all(CASE, [RECEIVED, *given, *given]).case

    assert case.assignees == tuple(f"st-{number}" for number in range(1, ASSIGNEES_MAX + 1))


def test_a_task_that_serves_no_named_project_counts_no_project() -> None:
    facts = STORIES["a key project with a gap"]
    (task,) = fold_all(facts[0].partitionkey, facts).subjects

    assert "K04.1/project" not in added(task)


def test_dimensions_have_one_number_each_wherever_it_is_reckoned() -> None:
    assert identity_of(PLACE) == identity_of(Dimensions(*PLACE))
    assert identity_of(PLACE) != identity_of(PLACE._replace(window="W13"))
    assert identity_of(Dimensions("a", "bc")) != identity_of(Dimensions("ab", "c"))
    assert -(2**63) <= identity_of(PLACE) < 2**63


@pytest.mark.parametrize(
    ("story", "place"),
    [
        ("a case from receipt to rating", PLACE),
        (
            "a rating of somebody at a window",
            Dimensions(organisation=PLACE.organisation, window="W3", item="116101020001"),
        ),
        ("a bad review within its limit", Dimensions(organisation=EXEMPLARY)),
        ("an inspection within its limit", Dimensions(organisation=EXEMPLARY)),
        ("an enterprise that is helped from afar", Dimensions(site="site-jf-03")),
        ("a referral within its limit", PLACE),
        ("a promise without a day", Dimensions()),
        (
            "an appointment at a weekend that waits",
            Dimensions(item="11610102MB2X00178C4000131016000", channel="MOBILE"),
        ),
        ("a visit that does not wait", Dimensions(window="W07", site="xc-hall")),
        ("a complaint in the hall that waits", Dimensions()),
    ],
)
def test_what_belongs_to_no_case_says_itself_where_it_belongs(
    story: str, place: Dimensions
) -> None:
    facts = STORIES[story]

    assert dimensions_of(fold_all(facts[0].partitionkey, facts)) == place


def test_the_first_that_names_an_organisation_gives_its_own() -> None:
    order = Rectification(name="x", org_code="first")
    rating = Rating(name="y", org_code="second", window="W3")
    beside = Dossier(key="z", subjects=(order, rating))
    case = Case(name="z", received_on=MONDAY, window="W1")

    assert dimensions_of(beside) == Dimensions(organisation="first", window="W3")
    assert dimensions_of(Dossier(key="z", subjects=(rating, case))) == Dimensions(window="W1")


def test_who_puts_a_rating_or_a_case_beside_a_matter_does_not_move_it() -> None:
    meeting, rating = Meeting(name="HY1"), Rating(name="PJ1", org_code="other")
    case = Case(name="HY1", received_on=MONDAY, org_code="other")
    before = Dossier(key="HY1", subjects=(rating, meeting, case))
    after = Dossier(key="HY1", subjects=(meeting, rating))

    assert dimensions_of(before) == dimensions_of(after) == Dimensions()


def test_what_is_called_like_its_case_does_not_take_the_case_elsewhere() -> None:
    case = Case(name="z", received_on=MONDAY, window="W1")

    assert dimensions_of(Dossier(key="z", subjects=(case, Commitment(name="z")))).window == "W1"


def test_what_is_not_narrowed_is_everywhere() -> None:
    assert narrowed_to() == EVERYWHERE
    assert narrowed_to(item="116101020001") == (None, None, None, "116101020001", None, None)


def test_the_page_asks_for_the_parts_of_its_tiles_and_shows_what_they_come_to() -> None:
    parts = today.parts_of_the_day()
    shown = today.values_of_the_day({"L03/received:PC:PC": 2, "K10.1/referred": 1}, MONDAY)

    assert {f"{live.Part.HOUR}:*", "K10.1/referred", "L03/received:*"} <= {*parts}
    assert shown["received_today"].number == 2
    assert shown["referrals_today"].number == 1
    assert shown["closed_today"].number == 0


def test_a_case_that_names_neither_item_nor_window_nor_anybody_makes_none_active() -> None:
    assert added(Case(name="x", closed_on=MONDAY)) == {"L03/closed"}
    assert "K12.6/active_item" in added(Case(name="x", closed_on=MONDAY, item_code="1"))
    assert "K12.6/active_staff" in added(Case(name="x", closed_on=MONDAY, assignees=("st-1",)))


def test_of_an_open_case_nobody_is_active() -> None:
    assert "K12.6/active_staff" not in added(Case(name="x", assignees=("st-1",)))


def test_working_days_and_calendar_days_are_not_compared() -> None:
    terms = Terms(MONDAY, "e-1", 20, "WD", 14, "ND")

    assert "L05/limits" not in added(Case(name="x", terms=terms))


def test_who_was_asked_after_a_finding_is_not_missed() -> None:
    found = Inspection(name="x", opened_on=MONDAY, done_on=MONDAY, result="FAIL")

    assert "K24.2/missed" in added(found)
    assert "K24.2/missed" not in added(replace(found, followed_up_on=MONDAY))


def test_a_special_group_that_is_not_satisfied_is_rated_and_no_more() -> None:
    task = Task(name="x", opened_on=MONDAY, special_group=True, rated_on=MONDAY)

    assert "K06.3/satisfied" in added(replace(task, level="SATISFIED"))
    assert "K06.3/satisfied" not in added(replace(task, level="DISSATISFIED"))


def test_nobody_calls_back_whoever_gave_no_name() -> None:
    order = Rectification(
        name="x", state=RectificationState.CLOSED, opened_on=MONDAY, done_on=MONDAY, on_time=True
    )

    assert "K12.2/real_name" not in added(order)
    assert "K12.2/real_name" in added(replace(order, real_name=True))
