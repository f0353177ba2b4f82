"""A subject is of whoever told of it first; others are heard, and believed once it is confirmed."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.metrics.domain.dossier import DOUBTS_NAMED_MAX, Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all, is_late
from services.metrics.domain.picture import picture_of
from shared.contracts.commitment.facts import SupplementExpired
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended, DecisionMade
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.contracts.supervision.words import DoubtReason
from shared.policy.calendar import business_date
from shared.policy.rules import shipped
from tests.support.way_of_a_case import (
    ACCEPTED,
    CASE,
    DECIDED,
    HELD,
    MONDAY,
    RATED,
    RECEIVED,
    RELEASED,
    RETURNED,
    STARTED,
    entry,
    of,
)

PLATFORM, TERMINAL = "qinwuyuan", "hall-terminal"
UNKEPT = None
"""Who spoke is not known of what was recorded before it was kept."""
SOURCES = {
    PLATFORM: "urn:shaanxi:qinwuyuan:1",
    TERMINAL: "urn:xincheng:hall-terminal:t7",
    UNKEPT: "urn:shaanxi:qinwuyuan:1",
}


def by(
    publisher: str | None,
    one: Entry,
    learned: float | None = None,
    *,
    identity: str = "",
    of_others: bool = False,
    believed_from: date | None = None,
) -> Entry:
    """Return *one* as *publisher* tells it, so that we learn of it *learned* hours after Monday."""
    at = one.time if learned is None else MONDAY + timedelta(hours=learned)
    name = identity or f"{publisher} {one.id}"
    return replace(
        one,
        id=name,
        order=(one.time, one.order[1], name),
        source=SOURCES[publisher],
        publisher=publisher,
        learned=at,
        of_others=of_others,
        believed_from=believed_from,
    )


def judged(kind: type[Fact], one: Entry, hours: float) -> Entry:
    """Return what a supervisor says of *one*."""
    said = {"fact_id": one.id, "fact_source": one.source, "by": "st-0301", "reason": "已核对"}
    told = entry(of(kind, **said), hours)
    return replace(told, source="urn:casetrack:610102:supervision")


def ours(one: Entry) -> Entry:
    return replace(one, source="urn:casetrack:610102:intake")


FILED = (by(PLATFORM, RECEIVED), by(PLATFORM, ACCEPTED))
FOREIGN = by(TERMINAL, DECIDED)
OWN = by(PLATFORM, DECIDED)


def doubts(dossier: Dossier) -> list[tuple[str, DoubtReason]]:
    return [(doubt.id, doubt.why) for doubt in dossier.doubts]


def test_who_did_not_found_a_case_does_not_decide_it() -> None:
    dossier = fold_all(CASE, [*FILED, FOREIGN])

    assert dossier.case.phase is Phase.ACCEPTED
    assert dossier.case.ending is None
    assert doubts(dossier) == [(FOREIGN.id, DoubtReason.FOREIGN)]
    assert (dossier.anomalies, dossier.anomalous, dossier.facts) == (1, (FOREIGN.id,), 3)
    assert dossier.doubts[0].publisher == TERMINAL


@pytest.mark.parametrize("deciding", [OWN, ours(DECIDED), by(TERMINAL, DECIDED, of_others=True)])
def test_the_owner_the_bureau_and_whoever_is_registered_for_it_decide(deciding: Entry) -> None:
    dossier = fold_all(CASE, [*FILED, deciding])

    assert dossier.case.phase is Phase.DECIDED
    assert dossier.anomalies == 0


def test_nobody_becomes_the_owner_by_telling_of_an_earlier_instant() -> None:
    earlier = by(TERMINAL, replace(RECEIVED, time=MONDAY - timedelta(30)), learned=100)

    dossier = fold_all(CASE, [earlier, *FILED])

    assert dossier.case.received_at == RECEIVED.time
    assert doubts(dossier) == [(earlier.id, DoubtReason.FOREIGN)]


def test_what_the_bureau_took_in_is_the_bureaus() -> None:
    dossier = fold_all(CASE, [ours(RECEIVED), ours(ACCEPTED), FOREIGN])

    assert doubts(dossier) == [(FOREIGN.id, DoubtReason.FOREIGN)]


def test_a_case_of_which_nobody_knows_who_founded_it_may_be_told_on_by_anybody() -> None:
    """As all were that other systems told of before we kept who speaks."""
    assert fold_all(CASE, [RECEIVED, ACCEPTED, FOREIGN]).case.phase is Phase.DECIDED


def test_two_facts_of_one_instant_of_which_nobody_knows_who_told_them_found_one_case() -> None:
    again = replace(RECEIVED, id="again", order=(RECEIVED.time, 0, "again"))

    for told in ([RECEIVED, again], [again, RECEIVED], [by(UNKEPT, RECEIVED), by(PLATFORM, again)]):
        assert fold_all(CASE, [*told, ACCEPTED, FOREIGN]).case.phase is Phase.DECIDED


def test_another_may_rate_what_it_does_not_own() -> None:
    dossier = fold_all(CASE, [*FILED, by(TERMINAL, RATED)])

    assert dossier.doubts == ()
    assert len(dossier.subjects) == 2


def test_each_subject_of_a_case_has_a_founder_of_its_own() -> None:
    dossier = fold_all(CASE, [*FILED, by(TERMINAL, RATED)])

    assert not is_late(dossier, [by(TERMINAL, RATED, identity="once more")])
    assert is_late(dossier, [by(PLATFORM, RATED, identity="by another")])


def test_a_promise_that_others_call_broken_does_not_end_the_case() -> None:
    broken = by(TERMINAL, entry(of(SupplementExpired, commit_id="c1", grace_used=True), 30))

    dossier = fold_all(CASE, [*FILED, broken])

    assert dossier.case.phase is Phase.ACCEPTED
    assert doubts(dossier) == [(broken.id, DoubtReason.FOREIGN)]


def test_the_same_fact_told_by_the_owner_too_is_one_fact_told_twice() -> None:
    dossier = fold_all(CASE, [*FILED, FOREIGN, OWN])

    assert (dossier.case.phase, dossier.anomalies) == (Phase.DECIDED, 0)


def test_another_fact_of_the_owner_leaves_the_doubt() -> None:
    data = DECIDED.data.model_copy(update={"decision_date": date(2024, 9, 11)})

    dossier = fold_all(CASE, [*FILED, FOREIGN, replace(OWN, data=data)])

    assert doubts(dossier) == [(FOREIGN.id, DoubtReason.FOREIGN)]
    assert dossier.case.ending is not None
    assert dossier.case.ending.ended_on == date(2024, 9, 11)


def test_a_confirmed_fact_is_believed_and_a_rejected_one_no_longer() -> None:
    confirmed, rejected = judged(FactConfirmed, FOREIGN, 300), judged(FactRejected, FOREIGN, 310)

    believed = fold_all(CASE, [*FILED, FOREIGN, confirmed])
    assert (believed.case.phase, believed.anomalies) == (Phase.DECIDED, 0)

    dossier = fold_all(CASE, [*FILED, FOREIGN, rejected, confirmed])
    assert dossier.case.phase is Phase.ACCEPTED
    assert doubts(dossier) == [(FOREIGN.id, DoubtReason.REJECTED)]


def test_a_rejected_fact_founds_nothing() -> None:
    """Who told of a number before its owner did owns it until somebody finds out."""
    squatting = by(TERMINAL, RECEIVED, learned=-24)
    known = [squatting, *FILED]
    assert {why for _, why in doubts(fold_all(CASE, known))} == {DoubtReason.FOREIGN}

    dossier = fold_all(CASE, [*known, judged(FactRejected, squatting, 30)])

    assert dossier.case.phase is Phase.ACCEPTED
    assert doubts(dossier) == [(squatting.id, DoubtReason.REJECTED)]


@pytest.mark.parametrize("one", [ours(DECIDED), ours(RECEIVED)])
def test_nobody_takes_back_by_a_word_what_we_state_ourselves(one: Entry) -> None:
    """Else a supervisor could make a card or a decision disappear."""
    facts = [ours(RECEIVED), ours(ACCEPTED), ours(DECIDED)]

    dossier = fold_all(CASE, [*facts, judged(FactRejected, one, 300)])

    assert (dossier.case.phase, dossier.doubts) == (Phase.DECIDED, ())


SEPTEMBER_16 = date(2024, 9, 16)


def late(days: int, **about: object) -> Entry:
    """Return the owner's decision of 10 September as we learn of it *days* later."""
    return by(PLATFORM, DECIDED, 200 + 24 * days, **about)  # type: ignore[arg-type]  # by name


def test_the_owner_takes_nothing_back_that_clocks_said_for_longer_than_its_word_reaches() -> None:
    in_time, too_late = (
        late(6, believed_from=date(2024, 9, 10)),
        late(12, believed_from=SEPTEMBER_16),
    )

    assert fold_all(CASE, [*FILED, in_time]).case.phase is Phase.DECIDED
    assert doubts(fold_all(CASE, [*FILED, too_late])) == [(too_late.id, DoubtReason.BACKDATED)]


def test_a_day_that_is_named_counts_as_much_as_the_instant() -> None:
    told_today = by(
        PLATFORM, replace(DECIDED, time=MONDAY + timedelta(20)), believed_from=SEPTEMBER_16
    )

    assert doubts(fold_all(CASE, [*FILED, told_today])) == [(told_today.id, DoubtReason.BACKDATED)]


@pytest.mark.parametrize(
    ("field", "new", "why"),
    [
        ("decision_date", "2024-09-10", DoubtReason.BACKDATED),
        ("decision_date", "2024-09-18", None),
        ("decision_date", "soon", None),
        ("item_name", "2024-09-10", None),
    ],
)
def test_a_correction_reaches_no_further(field: str, new: str, why: DoubtReason | None) -> None:
    said = of(
        CaseAmended,
        case_no=CASE,
        field=field,
        old="",
        new=new,
        reason="更正",
        approved_by="x",
        is_error=False,
    )
    amended = by(PLATFORM, entry(said, 24 * 17), believed_from=SEPTEMBER_16)

    found = doubts(fold_all(CASE, [*FILED, amended]))

    assert found == ([(amended.id, why)] if why else [])


def test_what_is_entered_as_a_whole_may_come_late() -> None:
    """Units enter finished cases in one go: no clock has said anything of them before."""
    learned = 24 * 60
    facts = [
        by(PLATFORM, one, learned, believed_from=date(2024, 10, 18))
        for one in (RECEIVED, ACCEPTED, STARTED, DECIDED)
    ]

    dossier = fold_all(CASE, facts)

    assert (dossier.case.phase, dossier.anomalies) == (Phase.DECIDED, 0)


def test_only_a_person_confirms_what_the_owner_itself_dates_back() -> None:
    too_late = late(12, believed_from=SEPTEMBER_16)
    again = replace(too_late, id="again", order=(*too_late.order[:2], "again"))

    assert len(fold_all(CASE, [*FILED, too_late, again]).doubts) == 2
    confirmed = fold_all(CASE, [*FILED, too_late, judged(FactConfirmed, too_late, 500)])
    assert confirmed.case.phase is Phase.DECIDED


def test_a_flood_of_doubted_facts_is_counted_and_not_kept() -> None:
    flood = [by(TERMINAL, DECIDED, identity=f"f{number:03}") for number in range(40)]

    dossier = fold_all(CASE, [*FILED, *flood])

    assert len(dossier.doubts) == DOUBTS_NAMED_MAX
    assert dossier.anomalies == len(flood)


def test_an_instant_that_nobody_can_mean_founds_nothing() -> None:
    nowhere = replace(
        by(TERMINAL, RECEIVED, learned=-24), time=datetime.min.replace(tzinfo=MONDAY.tzinfo)
    )

    dossier = fold_all(CASE, [nowhere, *FILED])

    assert (dossier.doubts, dossier.anomalous) == ((), (nowhere.id,))


def arriving(entries: list[Entry], sizes: list[int]) -> Dossier:
    """Fold as a lane does, in batches of *sizes*."""
    known: list[Entry] = []
    dossier = Dossier(key=CASE)
    for size in [*sizes, len(entries)]:
        batch, entries = sorted(entries[:size], key=lambda one: one.order), entries[size:]
        known += batch
        dossier = fold_all(CASE, known) if is_late(dossier, batch) else fold(dossier, batch)
    return dossier


@st.composite
def told_by_somebody(draw: st.DrawFn, one: Entry, identity: str) -> Entry:
    """Tell *one* sooner or later; a gateway believes nobody from a day that is yet to come."""
    learned = draw(st.sampled_from([-24, 0, 50, 400]))
    today = business_date(MONDAY + timedelta(hours=learned))
    reaches = [day for day in (date(2024, 9, 4), SEPTEMBER_16) if day <= today]
    return by(
        draw(st.sampled_from([PLATFORM, TERMINAL, UNKEPT])),
        one,
        learned,
        identity=identity,
        of_others=draw(st.booleans()),
        believed_from=draw(st.sampled_from([None, *reaches])),
    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_neither_order_nor_batches_change_what_is_believed(data: st.DataObject) -> None:
    way = (RECEIVED, ACCEPTED, STARTED, RETURNED, HELD, RELEASED, DECIDED, RATED)
    told = [*way, *data.draw(st.lists(st.sampled_from(way), max_size=4))]
    facts = [data.draw(told_by_somebody(one, f"{number}")) for number, one in enumerate(told)]
    facts += [ours(STARTED), ours(DECIDED)][: data.draw(st.integers(0, 2))]
    for one in data.draw(st.lists(st.sampled_from(facts), max_size=2)):
        kind = data.draw(st.sampled_from([FactConfirmed, FactRejected]))
        facts.append(judged(kind, one, data.draw(st.sampled_from([10, 450]))))
    facts = list({(one.source, one.id): one for one in facts}.values())
    order = data.draw(st.permutations(facts))
    sizes = data.draw(st.lists(st.integers(1, 4), max_size=len(facts)))

    dossier = arriving(order, sizes)

    assert dossier == fold_all(CASE, facts)
    rules = shipped()
    assert picture_of(dossier, None, rules) == picture_of(fold_all(CASE, facts), None, rules)


def test_the_property_can_fail() -> None:
    """Whoever folds a foreign decision as it comes has another dossier."""
    before = fold_all(CASE, FILED)

    assert is_late(before, [FOREIGN])
    assert isinstance(FOREIGN.data, DecisionMade)
    assert fold(before, [FOREIGN]) != fold_all(CASE, [*FILED, FOREIGN])
