"""The gateway, the audit and the fold take one text for one instant."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.entry import Arrived, entry_of
from services.metrics.domain.fold import fold_all
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.reading import read_records
from services.metrics.ports.audit import ChainRow
from shared.contracts.documents import write
from shared.contracts.foreign import read_foreign
from shared.contracts.handling.facts import HoldClosed
from shared.contracts.registry import decode, encode
from shared.eventstore.chain import GENESIS, digest_of, link
from tests.support.fetched import FetchedRecord
from tests.support.foreign_facts import foreign
from tests.support.way_of_a_case import ACCEPTED, HELD, RECEIVED, event

MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2098, 12, 30))  # noqa: DTZ001 - the offset follows
STREAM = "case-1"


def spelled(moment: datetime, minutes: int, finer: str) -> str:
    at = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = at.isoformat(timespec="microseconds")
    return f"{text[:26]}{finer}{text[26:]}"


@given(MOMENTS, st.integers(-1439, 1439), st.text("0123456789", max_size=12))
def test_every_reader_takes_a_text_for_the_same_instant(
    moment: datetime, minutes: int, finer: str
) -> None:
    said = write(foreign(time=spelled(moment, minutes, finer)))
    told = read_foreign(said)
    at = told.time

    for body in (said, encode(told)):
        (arrived,) = read_records([FetchedRecord(None, body)])
        assert isinstance(arrived, Arrived)
        assert arrived.occurred_at == entry_of(body).time == decode(body).time == at
        row = ChainRow(
            STREAM,
            1,
            True,  # noqa: FBT003 - published
            body,
            digest_of(body),
            GENESIS,
            link(GENESIS, STREAM, 1, body, published=True),
            told.source,
            told.id,
            told.type,
            told.partitionkey,
            at,
        )
        assert list(ChainWalk().step(row)) == []


def test_a_hold_that_closed_in_the_last_tenth_of_a_microsecond_closed_on_that_day() -> None:
    closing = event(HoldClosed(hold_id="h1", case_no=RECEIVED.partitionkey), 72)
    body = encode(closing).replace(
        b'"time":"2024-09-05T02:00:00Z"', b'"time":"2024-09-05T23:59:59.9999999+08:00"'
    )

    (hold,) = fold_all("XC1", [RECEIVED, ACCEPTED, HELD, entry_of(body)]).case.holds

    assert hold.closed_on == date(2024, 9, 5)


def test_a_fact_of_tomorrows_language_is_kept_at_its_instant() -> None:
    document = foreign(type="casetrack.handling.case.dreamt.v1")
    (arrived,) = read_records(
        [FetchedRecord(None, write({**document, "time": "2024-09-02t09:40:12.9999999z"}))]
    )

    assert isinstance(arrived, Arrived)
    assert arrived.occurred_at.isoformat() == "2024-09-02T09:40:12.999999+00:00"


@pytest.mark.parametrize("time", ["20260302", "2024-09-02T09:40+08:00"])
def test_what_earlier_releases_stored_is_folded_as_it_was(time: str) -> None:
    body = write(foreign(time=time))
    (arrived,) = read_records([FetchedRecord(None, body)])

    assert isinstance(arrived, Arrived)
    assert arrived.occurred_at == decode(body).time
