"""What a case adds to the figures, and that the difference of two pictures is what is stored."""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.contributions import Contributor, PartOfDay
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import Differences, Picture, contributors_of, picture_of
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.handling.words import Decision
from shared.contracts.review.words import ReviewChannel, Satisfaction
from shared.policy.rules import shipped
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    CLOSED,
    DECIDED,
    PLACE,
    RATED,
    RECEIVED,
    REFERRED,
    STARTED,
    WAY,
    entry,
)

RULES = shipped()


def picture(dossier: Dossier) -> Picture:
    return picture_of(dossier, None, RULES)


def figures(*facts: object) -> dict[tuple[str, date], int]:
    """Return what one dossier adds."""
    of = picture(fold_all(CASE, [fact for fact in WAY if fact in facts]))
    assert of.dimensions == PLACE
    return dict(of.contributions)


def moved(after: Dossier, before: Dossier) -> Differences:
    """Return what changes from one dossier to the other."""
    differences = Differences()
    differences.note(picture(after), picture(before))
    return differences


def test_a_received_case_is_open_on_its_day() -> None:
    day = date(2024, 9, 2)

    assert figures(RECEIVED) == {
        ("L01/phase:SUBMITTED", day): 1,
        ("L01/open", day): 1,
        ("L02/green:SLA-01", day): 1,
        ("L03/received:WINDOW:WINDOW", day): 1,
        ("L03/hour:10", day): 1,
    }


def test_an_amended_receipt_takes_the_case_to_its_day() -> None:
    amended = like_the_example(
        CaseAmended, case_no=CASE, field="received_date", new=str(date(2024, 8, 30)), is_error=False
    )
    changes = moved(fold_all(CASE, [RECEIVED, entry(amended, 20)]), fold_all(CASE, [RECEIVED]))
    parts = ("L01/phase:SUBMITTED", "L01/open", "L02/green:SLA-01", "L03/received:WINDOW:WINDOW")

    assert changes.sums == {
        (part, day): number
        for part in parts
        for day, number in ((date(2024, 9, 2), -1), (date(2024, 8, 30), 1))
    }


def test_an_amended_item_takes_the_case_to_its_item_and_leaves_the_sums() -> None:
    amended = like_the_example(
        CaseAmended, case_no=CASE, field="item_code", new="116101020009", is_error=False
    )
    changes = moved(fold_all(CASE, [RECEIVED, entry(amended, 20)]), fold_all(CASE, [RECEIVED]))

    assert set(changes.sums.values()) == {0}
    assert (changes.added, changes.gone) == ([], [])
    assert {row.part for row in changes.changed} == {
        "L01/open",
        "L03/received:WINDOW:WINDOW",
    }
    assert {row.dimensions for row in changes.changed} == {PLACE._replace(item="116101020009")}


def test_who_stands_behind_a_number_is_kept_by_name_where_a_figure_counts_it() -> None:
    received = fold_all(CASE, [RECEIVED])
    begun, ended = Differences(), Differences()
    begun.note(picture(received), None)
    ended.note(
        picture(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, DECIDED, CLOSED])), picture(received)
    )

    assert {(row.part, row.dossier, row.number) for row in begun.added} == {
        ("L01/open", CASE, 1),
        ("L03/received:WINDOW:WINDOW", CASE, 1),
    }
    assert [row.part for row in ended.gone] == ["L01/open"]
    assert ended.changed == []


def test_a_decision_in_time_is_counted_with_its_working_days() -> None:
    sums, day = figures(RECEIVED, ACCEPTED, STARTED, DECIDED), date(2024, 9, 10)

    assert sums["L03/decided:APPROVED", day] == 1
    assert sums["K23.2/on_time:004", day] == 1
    assert sums["L04/days:WINDOW:006", day] == 1


def test_a_decision_after_the_promise_is_late() -> None:
    late = entry(DECIDED.data.model_copy(update={"decision_date": date(2024, 9, 18)}), 400)
    sums = picture(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, late])).contributions

    assert sums["K23.2/late", date(2024, 9, 18)] == 1
    assert ("K23.2/late_by_law", date(2024, 9, 18)) not in sums


def test_a_late_refusal_without_a_word_is_late_although_it_breaks_another_rule() -> None:
    said = {"decision": Decision.DENIED, "reasons": None, "decision_date": date(2024, 9, 18)}
    silent = entry(DECIDED.data.model_copy(update=said), 400)
    told = picture(fold_all(CASE, [RECEIVED, ACCEPTED, STARTED, silent]))

    assert "RULE-02" in {clock.sla.id for clock in told.clocks}
    assert told.contributions["K23.2/late", date(2024, 9, 18)] == 1


def test_what_happens_beside_the_case_is_counted_too() -> None:
    sums = figures(RECEIVED, ACCEPTED, REFERRED, RATED)

    assert sums["K10.1/referred", date(2024, 9, 6)] == 1
    assert sums["K12.3/given:DISSATISFIED", date(2024, 9, 12)] == 1


def test_the_systems_own_rating_is_nobodys_praise() -> None:
    level, channel = Satisfaction.VERY_SATISFIED, ReviewChannel.SYSTEM_DEFAULT
    default = RATED.data.model_copy(update={"level": level, "channel": channel})
    sums = picture(fold_all(CASE, [RECEIVED, replace(RATED, data=default)])).contributions

    assert {part for part, _ in sums if part.startswith("K12")} == {"K12.3/default"}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WAY), max_size=4), max_size=6))
def test_the_sum_of_all_differences_is_what_the_last_picture_adds(
    batches: list[list[object]],
) -> None:
    known: list[object] = []
    before: Picture | None = None
    sums: Counter[PartOfDay] = Counter()
    rows: dict[tuple[str, date, str], Contributor] = {}
    for batch in batches:
        known += [fact for fact in batch if fact not in known]
        after, changes = (
            picture(fold_all(CASE, [fact for fact in WAY if fact in known])),
            Differences(),
        )
        changes.note(after, before)
        sums.update(changes.sums)
        for row in changes.gone:
            del rows[row.place]
        rows.update({row.place: row for row in (*changes.added, *changes.changed)})
        before = after

    last = picture(fold_all(CASE, [fact for fact in WAY if fact in known]))
    assert {place: number for place, number in sums.items() if number} == last.contributions
    assert rows == {row.place: row for row in contributors_of(last)}
