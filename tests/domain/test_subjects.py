"""What single facts leave in the subjects that they are about."""

from datetime import UTC, datetime

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.figures.contributions import contributions
from services.metrics.domain.figures.figure import About
from services.metrics.domain.fold import fold_all
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import STEPS_MAX
from shared.contracts.assist.facts import AssistStepLogged
from shared.contracts.handling.facts import ActivityRecorded
from shared.contracts.inspection.course import INSPECTION, InspectionState
from shared.contracts.inspection.facts import DefectExpired
from shared.contracts.review.facts import AppealFiled, RatingPosted, RatingSupplemented
from shared.contracts.review.words import ReviewChannel, Satisfaction
from shared.contracts.supervision.facts import AlertAcknowledged, AlertRaised
from shared.policy.calendar import official_calendar
from tests.support.examples import like_the_example
from tests.support.facts import PUBLISHER
from tests.support.way_of_a_case import ACCEPTED, CASE, RECEIVED, entry, event

FIRST_OF_ALL = datetime(1, 1, 1, tzinfo=UTC)


def only(dossier: Dossier) -> object:
    (subject,) = dossier.subjects
    return subject


def test_a_defect_that_nobody_mended_fails_the_inspection() -> None:
    inspection = only(fold_all(CASE, [entry(like_the_example(DefectExpired), 1)]))

    assert isinstance(inspection, Inspection)
    assert (inspection.state, inspection.result) == (InspectionState.CONCLUDED, "FAIL")


def test_a_supplement_says_the_last_word_of_a_rating_and_keeps_its_channel() -> None:
    posted = like_the_example(RatingPosted, channel=ReviewChannel.SYSTEM_DEFAULT)
    more = like_the_example(
        RatingSupplemented, review_id=posted.subject, level=Satisfaction.DISSATISFIED
    )
    filed = like_the_example(AppealFiled, review_id=posted.subject)
    rating = only(fold_all(CASE, [entry(posted, 1), entry(more, 2), entry(filed, 3)]))

    assert isinstance(rating, Rating)
    assert (rating.level, rating.by_default) == ("DISSATISFIED", True)


def test_of_very_many_facts_a_subject_keeps_the_first_and_the_last() -> None:
    logged = [entry(like_the_example(AssistStepLogged), number) for number in range(STEPS_MAX + 9)]
    (task,) = fold_all(CASE, logged).subjects

    assert [step.by for step in task.steps] == [
        *(one.id for one in logged[: STEPS_MAX - 1]),
        logged[-1].id,
    ]


def test_a_card_that_was_raised_when_nobody_can_mean_is_none() -> None:
    raised = event(like_the_example(AlertRaised), 1).model_copy(update={"time": FIRST_OF_ALL})
    dossier = fold_all(CASE, [Entry.of(raised)])

    assert (dossier.cards, dossier.anomalies) == ((), 1)


def test_the_source_of_a_case_is_who_told_of_its_receipt() -> None:
    foreign = event(ACCEPTED.data, 0).model_copy(update={"source": PUBLISHER})
    first = Entry.of(foreign.model_copy(update={"time": RECEIVED.time.replace(year=2023)}))

    assert fold_all(CASE, [first]).source == PUBLISHER
    assert fold_all(CASE, [first, RECEIVED]).source == RECEIVED.source


def test_a_course_names_its_states_from_nothing_to_the_end() -> None:
    assert INSPECTION.states == tuple(InspectionState)


def test_a_card_that_nobody_raised_counts_in_no_figure() -> None:
    dossier = fold_all(CASE, [entry(like_the_example(AlertAcknowledged), 1)])

    about = About(dossier, official_calendar())
    assert {part for part, _ in contributions(about)} == {"L08/anomalies", "L09/doubtful"}


def test_what_comes_by_the_dozen_is_no_step_of_the_case() -> None:
    case = only(fold_all(CASE, [RECEIVED, entry(like_the_example(ActivityRecorded), 1)]))

    assert isinstance(case, Case)
    assert [step.by for step in case.steps] == [RECEIVED.id]
