"""By which facts of a stream its owner decides."""

import pytest

from shared.contracts.envelope import Event
from shared.contracts.standing import believed, speaker_of
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from tests.support.facts import PUBLISHER, SOURCE, SUPERVISION, activity

OURS = activity(1)
TOLD = activity(2, source="urn:xincheng:hall-terminal:t7").model_copy(
    update={"publisher": "hall-terminal"}
)
ALLOWED = TOLD.model_copy(update={"id": "allowed", "ofothers": True})
BEFORE = activity(3, source="urn:shaanxi:qinwuyuan:1")


def judged(kind: type[FactConfirmed | FactRejected], one: Event) -> Event:
    said = kind(fact_id=one.id, fact_source=one.source, by="st-0301", reason="已核对")
    return Event.of(said, id=kind.TYPE, source=SUPERVISION, time=one.time, partitionkey="XC1")


CONFIRMED, REJECTED = judged(FactConfirmed, TOLD), judged(FactRejected, TOLD)


@pytest.mark.parametrize(
    ("history", "moving"),
    [
        ([], []),
        ([OURS, TOLD, ALLOWED], [OURS, ALLOWED]),
        ([TOLD, OURS, BEFORE], [TOLD, OURS, BEFORE]),
        ([BEFORE, TOLD], [BEFORE, TOLD]),
        ([OURS, TOLD, CONFIRMED], [OURS, TOLD]),
        ([OURS, TOLD, CONFIRMED, REJECTED], [OURS]),
        ([TOLD, OURS, REJECTED], [OURS]),
        ([OURS, judged(FactRejected, OURS)], [OURS]),
    ],
)
def test_the_founder_we_and_who_is_allowed_to_are_believed(
    history: list[Event], moving: list[Event]
) -> None:
    assert list(believed(history)) == [event.data for event in moving]


def test_who_speaks_is_ours_a_publisher_or_unknown() -> None:
    assert speaker_of(SOURCE, None) == ""
    assert speaker_of(PUBLISHER, "importer") == "importer"
    assert speaker_of(BEFORE.source, None) is None
