"""Time is read in one way: RFC 3339, strictly; and only a day that can be meant is let in."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts.documents import write
from shared.contracts.envelope import Contract, Fact, moments_of
from shared.contracts.handling.facts import HoldClosed
from shared.contracts.intake.facts import ApplicationReceived
from shared.contracts.moments import (
    FIRST_DAY,
    LAST_DAY,
    Day,
    Instant,
    MeantDay,
    MeantInstant,
    day_of,
    instant_of,
    is_meant,
    local_instant_of,
    meant_day_of,
    recorded_instant,
)
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS, Unreadable, decode, read

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CHINA = timezone(timedelta(hours=8))
CLOSED = example_of(HoldClosed.TYPE)
RECEIVED = example_of(ApplicationReceived.TYPE)

INSTANTS = {
    "2026-03-02T09:00:00+08:00": datetime(2026, 3, 2, 9, tzinfo=CHINA),
    "2026-03-02T01:00:00Z": datetime(2026, 3, 2, 1, tzinfo=UTC),
    "2026-03-02t01:00:00z": datetime(2026, 3, 2, 1, tzinfo=UTC),
    "2026-03-02T01:00:00-00:00": datetime(2026, 3, 2, 1, tzinfo=UTC),
    "2026-03-02T01:00:00.5Z": datetime(2026, 3, 2, 1, 0, 0, 500_000, tzinfo=UTC),
    "2026-03-12T23:59:59.9999999+08:00": datetime(2026, 3, 12, 23, 59, 59, 999_999, tzinfo=CHINA),
    f"2026-03-12T23:59:59.{'9' * 400}+08:00": datetime(
        2026, 3, 12, 23, 59, 59, 999_999, tzinfo=CHINA
    ),
    "2016-12-31T23:59:60Z": datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "2017-01-01T07:59:60.25+08:00": datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "0001-01-01T00:00:00Z": datetime(1, 1, 1, tzinfo=UTC),
}

NO_INSTANTS = (
    *("", "0", "20260302", "1772413200", "1772413200000", "1e9", "-1", "now", "2026-03-02"),
    *("2026-03-02T09:00+08:00", "2026-03-02T09+08:00", "2026-03-02T09:00:00"),
    *("2026-03-02 09:00:00+08:00", "2026-03-02_09:00:00+08:00", " 2026-03-02T09:00:00Z"),
    *(
        "2026-03-02T09:00:00Z\n",
        "2026-03-02T09:00:00 Z",
        "20260302T090000Z",
        "+2026-03-02T09:00:00Z",
    ),
    *("2026-W10-1T09:00:00Z", "2026-061T09:00:00Z", "2026-3-2T09:00:00Z", "26-03-02T09:00:00Z"),
    *("2026-02-30T09:00:00Z", "2026-13-01T09:00:00Z", "0000-01-01T00:00:00Z"),
    *("2026-03-02T24:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T09:60:00Z"),
    *("2026-03-02T09:00:61Z", "2026-03-02T09:00:60Z", "2016-12-31T23:59:60+08:00"),
    *("2026-03-02T09:00:00,5Z", "2026-03-02T09:00:00.Z", "2026-03-02T09:00:00.5"),
    *("2026-03-02T09:00:00+08", "2026-03-02T09:00:00+0800", "2026-03-02T09:00:00+8:00"),
    *("2026-03-02T09:00:00+25:00", "2026-03-02T09:00:00+24:00", "2026-03-02T09:00:00+08:60"),
    *("2026-03-02T09:00:00+08:05:43", "2026-03-02T09:00:00\N{MINUS SIGN}08:00"),
    *("２０２６-03-02T09:00:00Z", "2026-03-02T09:00:00Z[Asia/Shanghai]", "12026-03-02T09:00:00Z"),
    *("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "9999-12-31T23:59:59Z"),
)

NO_DAYS = (
    *("", "0", "20260302", "1772413200", "2026-3-2", "26-03-02", "2026-03-02T00:00:00Z"),
    *("2026-W10-1", "2026-061", "2026/03/02", "2026-02-30", "0000-01-01", "2026-03-02 "),
    *("２０２６-03-02", "2026-03-0२", "-026-03-02"),
)

UNSET = (
    *("0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1970-01-01", "1980-01-01"),
    *("1989-12-31", "2099-01-01", "2099-12-31", "2999-12-31", "9999-12-31"),
)


@pytest.mark.parametrize("text", INSTANTS)
def test_an_instant_is_what_rfc_3339_calls_one(text: str) -> None:
    assert instant_of(text) == INSTANTS[text]


@pytest.mark.parametrize("text", NO_INSTANTS)
def test_what_others_take_for_an_instant_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|leap|date|time|month|day|year"):
        instant_of(text)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_others_take_for_a_day_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|year|isoformat"):
        day_of(text)


@pytest.mark.parametrize("text", UNSET)
def test_what_stands_for_unset_or_never_is_no_day_that_can_be_meant(text: str) -> None:
    assert not is_meant(day_of(text))
    with pytest.raises(ValueError, match="leave out what is not set"):
        meant_day_of(text)
    for kind, value in ((MeantDay, text), (MeantInstant, f"{text}T09:00:00Z")):
        with pytest.raises(ValidationError) as refusal:
            TypeAdapter(kind).validate_json(f'"{value}"', strict=True)
        assert refusal.value.errors()[0]["type"] == "moment_outside"


def test_the_first_and_the_last_day_can_be_meant() -> None:
    for day in (FIRST_DAY, LAST_DAY):
        assert meant_day_of(str(day)) == day == TypeAdapter(MeantDay).validate_python(str(day))
        assert is_meant(instant_of(f"{day}T00:00:00+08:00"))
        assert is_meant(instant_of(f"{day}T23:59:59.999999+08:00"))
    assert not is_meant(instant_of(f"{FIRST_DAY}T00:59:59+09:00"))
    assert not is_meant(instant_of(f"{LAST_DAY}T16:00:00Z"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-07-01T00:00:00+02:00", "2011-07-01T00:00:00+02:00"),
        ("2011-07-01 00:00:00+02:00", "2011-07-01T00:00:00+02:00"),
        ("2011-07-01", "2011-07-01T00:00:00+02:00"),
        ("2011-01-01T09:30", "2011-01-01T09:30:00+01:00"),
        ("2011-01-01 09:30:15.1234567", "2011-01-01T09:30:15.123456+01:00"),
        # The hour that summer time repeats is its first one, and the one that it skips is told on.
        ("2011-10-30T02:30:00", "2011-10-30T02:30:00+02:00"),
        ("2011-03-27T02:30:00", "2011-03-27T02:30:00+01:00"),
    ],
)
def test_a_log_may_leave_out_the_offset_that_its_place_has(text: str, expected: str) -> None:
    assert local_instant_of(text, AMSTERDAM) == instant_of(expected)


@pytest.mark.parametrize("text", ["20110701", "0", "2011-07-01T24:00:00", "0001-01-01", "July"])
def test_a_log_may_not_leave_out_more(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|date|time"):
        local_instant_of(text, CHINA)


@pytest.mark.parametrize("value", [0, 1772413200, 1.5, True, None, [], {}])
@pytest.mark.parametrize("kind", [Instant, Day])
def test_a_number_is_no_moment(kind: Any, value: object) -> None:  # noqa: ANN401 - an annotation
    for strict in (True, False):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value, strict=strict)


def test_a_naive_instant_and_an_instant_for_a_day_are_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the point
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(datetime(2026, 3, 2, tzinfo=UTC))


def test_an_offset_with_seconds_is_said_in_utc() -> None:
    then = datetime(1900, 1, 29, tzinfo=ZoneInfo("Asia/Shanghai"))
    kind = TypeAdapter(Instant)

    assert kind.dump_json(kind.validate_python(then)) == b'"1900-01-28T15:54:17Z"'


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2098, 12, 30)),  # noqa: DTZ001 - the offset follows
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    st.text("0123456789", max_size=12),
)
def test_what_is_read_is_written_and_read_again_as_the_same(
    moment: datetime, offset: int, finer: str
) -> None:
    at = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    text = at.isoformat(timespec="microseconds")
    spelled = f"{text[:26]}{finer}{text[26:]}"
    document = {**CLOSED, "time": spelled}

    event = read(document)

    assert event.time == at
    assert decode(write(document)) == event
    assert decode(event.model_dump_json().encode()).time == at


@pytest.mark.parametrize("text", ["20260302", "0", "2026-03-02T09:00+08:00", "", "2026-03-02"])
def test_an_event_says_its_time_in_rfc_3339(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read({**CLOSED, "time": text})

    assert (refusal.value.code, refusal.value.field) == ("invalid_attribute", "time")


@pytest.mark.parametrize("text", ["0", "20260302", "2026-03-02T00:00:00Z"])
def test_a_fact_says_its_days_as_days(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read({**RECEIVED, "data": {**RECEIVED["data"], "received_date": text}})

    assert (refusal.value.code, refusal.value.field) == ("invalid_data", "data.received_date")


def test_what_earlier_releases_let_in_stays_readable() -> None:
    data = {**RECEIVED["data"], "received_date": "0"}
    event = decode(write({**RECEIVED, "time": "20260302", "data": data}))

    assert event.time == datetime(1970, 8, 23, 11, 51, 42, tzinfo=UTC)
    assert event.data.model_dump()["received_date"] == date(1970, 1, 1)
    assert recorded_instant("2026-03-02T09:00+08:00") == datetime(2026, 3, 2, 9, tzinfo=CHINA)
    with pytest.raises(Unreadable):
        decode(write({**RECEIVED, "time": "yesterday"}))


def contracts(kind: type[Contract] = Contract) -> list[type[Contract]]:
    # Not those of other tests, whichever were read before.
    own = [one for one in kind.__subclasses__() if one.__module__.startswith("shared.")]
    return own + [below for one in own for below in contracts(one)]


def moments_in(annotation: Any, metadata: tuple[Any, ...] = ()) -> list[tuple[Any, bool]]:  # noqa: ANN401 - an annotation
    """Return the days and instants in *annotation*, and whether each is read in our way."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return moments_in(inner, (*metadata, *more))
    if isinstance(annotation, type) and issubclass(annotation, date):
        return [(annotation, any(one in OURS for one in metadata))]
    return [found for part in get_args(annotation) for found in moments_in(part)]


OURS = (*Instant.__metadata__, *Day.__metadata__)  # type: ignore[attr-defined]  # Annotated has it


@pytest.mark.parametrize("kind", contracts(), ids=lambda kind: kind.__name__)
def test_every_moment_of_the_published_language_is_read_in_this_way(kind: type[Contract]) -> None:
    found = {
        name: moments_in(field.annotation, tuple(field.metadata))
        for name, field in kind.model_fields.items()
    }

    assert all(ours for moments in found.values() for _, ours in moments), found
    # What a fact says of time stands in the fact itself, where the gateway looks for it.
    assert issubclass(kind, Fact) or kind.__name__.endswith("Event") or not any(found.values())


@pytest.mark.parametrize("kind", FACTS.values(), ids=lambda kind: kind.__name__)
def test_a_fact_tells_all_its_moments(kind: type[Fact]) -> None:
    fact = decode(write(example_of(kind.TYPE))).data

    told = list(moments_of(fact))

    assert told == [(name, one) for name, value in fact for one in days_in(value)]
    assert list(moments_of(fact.model_copy(update={name: None for name, _ in told}))) == []


def days_in(value: object) -> list[date]:
    values = value if isinstance(value, tuple | dict) else (value,)
    return [one for one in values if isinstance(one, date)]
