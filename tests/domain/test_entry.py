"""What lies in the timeline is read as it was published, and folded as it was then."""

import pytest

from services.metrics.domain.entry import entry_of
from services.metrics.domain.fold import fold_all, known_entries, refolded
from shared.contracts.registry import encode
from shared.contracts.unreadable import Unreadable
from tests.support.facts import activity

FACT = activity(1)
BODY = encode(FACT)
NEWER = BODY.replace(b"handling.activity.recorded.v1", b"handling.activity.recorded.v9")


def test_a_fact_is_read_as_it_was_published() -> None:
    entry = entry_of(BODY)

    assert (entry.id, entry.time, entry.data) == (FACT.id, FACT.time, FACT.data)


def test_a_fact_of_another_key_than_its_case_is_refused() -> None:
    with pytest.raises(Unreadable):
        entry_of(BODY.replace(b'"partitionkey":"', b'"partitionkey":"X'))


def test_types_of_a_newer_release_are_passed_over() -> None:
    assert [entry.id for entry in known_entries([NEWER, BODY])] == [FACT.id]


def test_whole_histories_become_dossiers_and_unknown_ones_none() -> None:
    folded = refolded({FACT.partitionkey: [BODY], "X": [NEWER], "Y": []})

    assert folded == {FACT.partitionkey: fold_all(FACT.partitionkey, [entry_of(BODY)])}
