"""What was stored in an old version is read in the newest one."""

import json
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from shared.contracts.documents import Document, parse, write
from shared.contracts.envelope import Event, Fact
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import Dialect, Unreadable, decode, encode

V1, V2, V3 = (f"casetrack.handling.case.noted.v{number}" for number in (1, 2, 3))

STORED = json.dumps(
    {
        "specversion": "1.0",
        "id": "n-1",
        "source": "urn:casetrack:610102:intake",
        "type": V1,
        "subject": "XC1",
        "time": "2024-09-02T10:00:00+08:00",
        "partitionkey": "XC1",
        "data": {"case_no": "XC1", "note": "电话告知", "urgent": "Y"},
    }
).encode()
"""As it has stood in the store since the days of v1."""


class CaseNoted(Fact):
    """The third version: *urgent* became a truth value, then *note* became *text*."""

    TYPE: ClassVar[str] = V3
    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "case_no"

    case_no: str
    text: str
    urgent: bool


def urgency_as_truth(data: Document) -> Document:
    return {**data, "urgent": {"Y": True, "N": False}[data["urgent"]]}


def note_as_text(data: Document) -> Document:
    return {"case_no": data["case_no"], "text": data["note"], "urgent": data["urgent"]}


DIALECT = Dialect({V3: CaseNoted}, {V1: urgency_as_truth, V2: note_as_text})


def test_an_old_event_is_read_in_the_newest_version() -> None:
    expected = Event.of(
        CaseNoted(case_no="XC1", text="电话告知", urgent=True),
        id="n-1",
        source="urn:casetrack:610102:intake",
        time=datetime(2024, 9, 2, 2, 0, tzinfo=UTC),
    )

    assert decode(STORED, DIALECT) == expected


def test_what_comes_in_an_old_version_is_stored_in_the_newest_one() -> None:
    event = read_foreign(STORED, DIALECT)

    assert event == decode(STORED, DIALECT)
    assert parse(encode(event))["type"] == V3


def test_old_data_that_were_never_right_are_refused() -> None:
    document = json.loads(STORED)
    document["data"]["urgent"] = "perhaps"

    with pytest.raises(Unreadable) as refusal:
        decode(write(document), DIALECT)

    assert (refusal.value.code, refusal.value.field) == ("invalid_data", "data")


def test_a_version_from_the_future_is_not_guessed_at() -> None:
    document = {**json.loads(STORED), "type": "casetrack.handling.case.noted.v4"}

    with pytest.raises(Unreadable) as refusal:
        decode(write(document), DIALECT)

    assert refusal.value.code == "unsupported_version"
