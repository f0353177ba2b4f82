"""What a case adds to the figures, and that the difference of two pictures is what is stored."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.metrics.domain.contributions import Contributions
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import NOTHING, Picture, difference, picture_of
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.review.words import ReviewChannel, Satisfaction
from shared.policy.rules import shipped
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    DECIDED,
    RATED,
    RECEIVED,
    REFERRED,
    STARTED,
    WAY,
    entry,
)

RULES = shipped()
ITEM = ("116101020001", "W12", "WINDOW")


def picture(dossier: Dossier) -> Picture:
    return picture_of(dossier, None, RULES)


def figures(*facts: object) -> dict[tuple[str, str, date], int]:
    """Return the sums of one dossier, its item, window and channel left out."""
    known = [fact for fact in WAY if fact in facts]
    sums = picture(fold_all(CASE, known)).contributions
    assert all(place[3:] == ITEM for place in sums)
    return {place[:3]: number for place, number in sums.items()}


def test_a_received_case_is_open_on_its_day() -> None:
    day = date(2024, 9, 2)

    assert figures(RECEIVED) == {
        ("L01", "SUBMITTED", day): 1,
        ("L01", "open", day): 1,
        ("L03", "received", day): 1,
        ("L03", "hour:10", day): 1,
    }


def test_an_amended_receipt_takes_the_case_to_its_day() -> None:
    amended = like_the_example(
        CaseAmended, case_no=CASE, field="received_date", new=str(date(2024, 8, 30))
    )
    before, after = fold_all(CASE, [RECEIVED]), fold_all(CASE, [RECEIVED, entry(amended, 20)])
    moved = difference(picture(after).contributions, picture(before).contributions)

    assert {place[:3]: number for place, number in moved.items()} == {
        (kpi, part, day): number
        for kpi, part in (("L01", "SUBMITTED"), ("L01", "open"), ("L03", "received"))
        for day, number in ((date(2024, 9, 2), -1), (date(2024, 8, 30), 1))
    }


def test_a_decision_in_time_is_counted_with_its_working_days() -> None:
    sums, day = figures(RECEIVED, ACCEPTED, STARTED, DECIDED), date(2024, 9, 10)

    assert sums["L03", "decided", day] == 1
    assert sums["K23.2", "on_time", day] == 1
    assert sums["L04", "days:006", day] == 1
    assert sums["L04", "days_sum", day] == 6


def test_a_decision_after_the_promise_is_late() -> None:
    late = entry(DECIDED.data.model_copy(update={"decision_date": date(2024, 9, 18)}), 400)
    sums = picture(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, late])).contributions

    assert sums["K23.2", "late", date(2024, 9, 18), *ITEM] == 1
    assert ("K23.2", "late_by_law", date(2024, 9, 18), *ITEM) not in sums


def test_what_happens_beside_the_case_is_counted_too() -> None:
    sums = figures(RECEIVED, ACCEPTED, REFERRED, RATED)

    assert sums["K10.1", "referred", date(2024, 9, 6)] == 1
    assert sums["K12.3", "posted", date(2024, 9, 12)] == 1
    assert sums["K12.3", "DISSATISFIED", date(2024, 9, 12)] == 1


def test_the_systems_own_rating_is_nobodys_praise() -> None:
    level, channel = Satisfaction.VERY_SATISFIED, ReviewChannel.SYSTEM_DEFAULT
    default = RATED.data.model_copy(update={"level": level, "channel": channel})
    sums = picture(fold_all(CASE, [RECEIVED, replace(RATED, data=default)])).contributions

    assert sums["K12.3", "posted", date(2024, 9, 12), *ITEM] == 1
    assert sums["K12.3", "SYSTEM_DEFAULT", date(2024, 9, 12), *ITEM] == 1
    assert ("K12.3", "VERY_SATISFIED", date(2024, 9, 12), *ITEM) not in sums


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WAY), max_size=4), max_size=6))
def test_the_sum_of_all_differences_is_what_the_last_picture_adds(
    batches: list[list[object]],
) -> None:
    known: list[object] = []
    before: Contributions = NOTHING
    table: dict[object, int] = {}
    for batch in batches:
        known += [fact for fact in batch if fact not in known]
        after = picture(fold_all(CASE, [fact for fact in WAY if fact in known])).contributions
        for place, number in difference(after, before).items():
            table[place] = table.get(place, 0) + number
        before = after

    assert {place: number for place, number in table.items() if number} == before
