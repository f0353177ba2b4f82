"""An envelope knows its stream, its key and its place among the others."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.assist.facts import AssistStepLogged
from shared.contracts.assist.words import AssistStage
from shared.contracts.documents import write
from shared.contracts.envelope import Event, case_no_of
from shared.contracts.handling.facts import ActivityRecorded
from shared.contracts.publishing import example_of
from shared.contracts.registry import Unreadable, decode, encode

NOON = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
ONE_O_CLOCK = datetime(2024, 9, 2, 5, 0, tzinfo=UTC)


def activity(name: str, **attributes: Any) -> Event:  # noqa: ANN401 - whatever the envelope takes
    defaults = {"id": name, "source": "urn:test", "time": NOON}
    return Event.of(ActivityRecorded(case_no="XC1", activity=name), **{**defaults, **attributes})


def test_type_subject_key_and_stream_follow_from_the_fact() -> None:
    event = activity("a")

    assert event.type == "casetrack.handling.activity.recorded.v1"
    assert (event.subject, event.partitionkey, event.stream) == ("XC1", "XC1", "case-XC1")


def test_a_fact_wrapped_by_us_equals_itself_read_back() -> None:
    event = activity("a", sequence="7", recordedtime=ONE_O_CLOCK)

    assert decode(encode(event)) == event


def test_business_time_comes_first_then_the_producers_number_then_the_id() -> None:
    late = activity("a", time=ONE_O_CLOCK)
    tenth = activity("b", sequence="10")
    ninth = activity("c", sequence="9")
    without_number = activity("d")
    with_a_word = activity("e", sequence="first")

    ordered = sorted([late, tenth, with_a_word, ninth, without_number], key=lambda e: e.order)

    assert ordered == [without_number, with_a_word, ninth, tenth, late]


def test_instants_are_compared_as_instants() -> None:
    here = decode(write({**example_of(activity("a").type), "time": "2024-09-02T12:00:00+08:00"}))

    assert here.order[0] == NOON


def test_a_note_of_an_assist_task_stays_with_its_task() -> None:
    note = AssistStepLogged(task_id="BB1", stage=AssistStage.TRACKING, case_no="XC1")

    event = Event.of(note, id="1", source="urn:test", time=NOON)

    assert case_no_of(note) is None
    assert event.partitionkey == "BB1"


def test_a_producer_gives_the_case_where_the_fact_names_none() -> None:
    event = decode(write(example_of("casetrack.inspection.visit.started.v1")))

    assert (event.stream, event.partitionkey) == (
        "inspection-KY20240905000003",
        "XC20240902000017",
    )


def test_our_own_topics_are_held_to_the_key_as_well() -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(encode(activity("a", partitionkey="XC2")))

    assert refusal.value.code == "key_mismatch"
