"""Which foreign facts are let in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.domain.gateway import Inadmissible, admit
from shared.contracts.documents import parse, write
from shared.contracts.envelope import Event
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import encode
from shared.policy.calendar import ZONE
from shared.policy.rules import shipped
from tests.support.foreign_facts import foreign

NOW = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
LEARNED = NOW.astimezone(ZONE)
RULES = shipped(trial=True)
REGISTER = RULES.publishers
TERMINAL = REGISTER.by_id["hall-terminal"]

STANDING = {"publisher": "hall-terminal", "believedfrom": "2024-08-19"}
"""Ten working days back from a Monday."""


def read(kind: str = "intake.application.received", **attributes: Any) -> Event:  # noqa: ANN401 - any JSON
    return read_foreign(write(foreign(kind, **attributes)), learned=LEARNED)


def refused(fact: Event, publisher: str | None = "hall-terminal") -> tuple[str, str]:
    known = REGISTER.by_id[publisher] if publisher else None
    with pytest.raises(Inadmissible) as refusal:
        admit(fact, known, RULES, NOW)
    return refusal.value.code, refusal.value.field


@pytest.mark.parametrize("claimed", ["2020-01-01T00:00:00Z", "yesterday", None, {"at": 7}])
def test_a_fact_is_stored_as_we_know_it_with_the_instant_of_learning(claimed: object) -> None:
    told = foreign("intake.application.received")

    admitted = admit(read(recordedtime=claimed, more="多余"), TERMINAL, RULES, NOW)

    ours = {"recordedtime": "2024-09-02T12:00:00+08:00", **STANDING}
    assert parse(encode(admitted)) == {**told, **ours}
    assert admitted.recordedtime == NOW


def test_where_the_entrance_cannot_know_the_source_says_who_speaks() -> None:
    assert admit(read(), None, RULES, NOW).id


@pytest.mark.parametrize("publisher", ["hall-terminal", "trial", None])
def test_our_own_sources_are_ours(publisher: str | None) -> None:
    fact = read(source="urn:CASETRACK:610102:intake")

    assert refused(fact, publisher) == ("source_reserved", "source")


def test_a_publisher_does_not_speak_for_another() -> None:
    assert refused(read(), "review-platform") == ("source_not_allowed", "source")


def test_a_publisher_does_not_speak_of_what_is_not_its_affair() -> None:
    assert refused(read("inspection.task.created")) == ("type_not_allowed", "type")


@pytest.mark.parametrize("time", ["1989-12-31T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_nothing_has_happened_when_nobody_can_mean(time: str) -> None:
    assert refused(read(time=time)) == ("invalid_attribute", "time")


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31"])
def test_a_fact_names_no_day_that_nobody_can_mean(day: str) -> None:
    data = {**foreign()["data"], "received_date": day}

    assert refused(read(data=data)) == ("invalid_data", "data.received_date")


def test_nothing_has_happened_more_than_five_minutes_from_now() -> None:
    early, late = (NOW + timedelta(minutes=5, seconds=s) for s in (0, 1))

    assert admit(read(time=early.isoformat()), TERMINAL, RULES, NOW).time == early
    assert refused(read(time=late.isoformat())) == ("time_in_future", "time")
