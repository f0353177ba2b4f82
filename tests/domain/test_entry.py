"""What lies in the timeline is read as it was published, and folded as it was then."""

import pytest
from msgspec.structs import replace

from services.metrics.domain.entry import Entry, entry_of
from services.metrics.domain.fold import fold_all, known_entries, refolded
from shared.contracts.documents import write
from shared.contracts.handling.facts import StepStarted
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS, decode, encode
from shared.contracts.structs import as_struct
from shared.contracts.unreadable import Unreadable
from tests.support.facts import activity

FACT = activity(1)
BODY = encode(FACT)
NEWER = BODY.replace(b"handling.activity.recorded.v1", b"handling.activity.recorded.v9")


def test_a_fact_is_read_as_it_was_published() -> None:
    entry = entry_of(BODY)

    assert (entry.id, entry.time, entry.data) == (FACT.id, FACT.time, as_struct(FACT.data))


def test_a_fact_of_another_key_than_its_case_is_refused() -> None:
    with pytest.raises(Unreadable):
        entry_of(BODY.replace(b'"partitionkey":"', b'"partitionkey":"X'))


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_type_is_read_as_its_contract_reads_it(kind: str) -> None:
    body = write(example_of(kind))
    whole = Entry.of(decode(body))
    entry = entry_of(body)

    assert entry == replace(whole, data=as_struct(whole.data))
    assert entry.data.__class__ is FACTS[kind]


def test_a_fact_is_the_same_whichever_way_it_was_read() -> None:
    known = example_of(StepStarted.TYPE)
    newer = {**known, "data": {**known["data"], "unheard_of": 1}}

    assert entry_of(write(newer)) == entry_of(write(known))


@pytest.mark.parametrize("step_no", ["0", "1.0", '"1"', "null", "1e3", "99999999999"])
def test_what_the_contract_refuses_is_refused(step_no: str) -> None:
    body = write(example_of(StepStarted.TYPE))
    broken = body.replace(b'"step_no":1', f'"step_no":{step_no}'.encode())

    assert broken != body
    with pytest.raises(Unreadable):
        entry_of(broken)


def test_types_of_a_newer_release_are_passed_over() -> None:
    assert [entry.id for entry in known_entries([NEWER, BODY])] == [FACT.id]


def test_whole_histories_become_dossiers_and_unknown_ones_none() -> None:
    folded = refolded({FACT.partitionkey: [BODY], "X": [NEWER], "Y": []})

    assert folded == {FACT.partitionkey: fold_all(FACT.partitionkey, [entry_of(BODY)])}
