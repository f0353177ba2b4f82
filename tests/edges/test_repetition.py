"""Whether two tellings say the same, and what they differ in."""

from typing import Any

import pytest

from shared.contracts.documents import Document, write
from shared.contracts.foreign import read_foreign
from shared.eventstore.repetition import NAMES_MAX, contradictions
from tests.support.foreign_facts import foreign

TOLD = foreign()


def said(known: Document, told: Document) -> tuple[str, ...]:
    return contradictions(write(known), read_foreign(write(told)))


@pytest.mark.parametrize(
    "attributes",
    [
        {"time": "2024-09-02T01:40:12Z"},
        {"time": "2024-09-02T09:40:12.000+08:00"},
        {"recordedtime": "2030-01-01T00:00:00Z"},
        {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        {"idcard": "610102199003070018"},
    ],
    ids=lambda attributes: next(iter(attributes)),
)
def test_other_words_for_the_same_make_no_difference(attributes: dict[str, Any]) -> None:
    assert said(TOLD, {**TOLD, **attributes}) == ()
    assert said({**TOLD, **attributes}, TOLD) == ()


def test_a_subject_by_another_of_its_names_makes_no_difference() -> None:
    rating = foreign("review.rating.posted")

    assert said(rating, {**rating, "subject": rating["data"]["case_no"]}) == ()


def test_a_default_may_be_left_out() -> None:
    short = {name: value for name, value in TOLD.items() if name not in ("datalevel", "subject")}

    assert said(TOLD | {"datalevel": "INTERNAL"}, short) == ()


def test_what_was_recorded_with_more_than_we_know_is_known_again() -> None:
    assert said({**TOLD, "data": {**TOLD["data"], "id_card": "610102199003070018"}}, TOLD) == ()


def test_what_differs_is_named_by_its_path_and_never_by_its_value() -> None:
    case = {**TOLD["data"]["case"], "item_version": 5}
    materials = [{**TOLD["data"]["materials"][0], "form": "ELECTRONIC"}]
    data = {**TOLD["data"], "case": case, "materials": [*materials, *TOLD["data"]["materials"][1:]]}

    assert said(TOLD, {**TOLD, "time": "2024-09-02T09:40:13+08:00", "data": data}) == (
        "time",
        "data.case.item_version",
        "data.materials.0.form",
    )


def test_a_list_that_is_longer_differs_as_a_whole() -> None:
    data = {**TOLD["data"], "materials": TOLD["data"]["materials"][:1]}

    assert said(TOLD, {**TOLD, "data": data}) == ("data.materials",)


def test_a_publishers_own_names_are_not_repeated() -> None:
    activity = foreign("handling.activity.recorded")
    data = {**activity["data"], "attributes": {"王小明": "1"}}

    assert said(activity, {**activity, "data": data}) == ("data.attributes",)


def test_a_field_is_called_as_it_is_written() -> None:
    meeting = foreign("committee.resolution.adopted")
    data = {**meeting["data"], "votes": {**meeting["data"]["votes"], "for": 5}}

    assert said(meeting, {**meeting, "data": data}) == ("data.votes.for",)


def test_another_type_is_another_fact() -> None:
    withdrawn = foreign("intake.application.withdrawn", id=TOLD["id"])

    assert said(TOLD, withdrawn)[0] == "type"
    assert said(TOLD, withdrawn)[-1] == "data"


def test_no_more_is_named_than_fits() -> None:
    more = dict.fromkeys(("districtcode", "siteid", "windowid", "actorid", "actorrole"), "x")
    more |= {
        "sequence": "9",
        "correlationid": "c",
        "causationid": "c",
        "time": "2024-01-01T00:00:00Z",
    }

    assert len(said(TOLD, {**TOLD, **more})) == NAMES_MAX


def test_what_we_cannot_read_any_more_is_no_repetition() -> None:
    assert said({**TOLD, "data": {}}, TOLD) == ("data",)
