"""What our own code makes a projection by, and what becomes of what other code has stored."""

import asyncio
from collections.abc import Sequence

import pytest

from services.metrics.adapters.columns import TableRow, text_of
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.app import fingerprint
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.figures import register
from services.metrics.handlers.filling import FACTS_PER_STEP_MAX, portions
from shared.contracts.registry import encode
from tests.support import scratch_figure
from tests.support.way_of_a_case import CASE, RECEIVED, event

RECEIPT = encode(event(RECEIVED.data, 0))


def made() -> str:
    fingerprint.our_fingerprint.cache_clear()
    return fingerprint.our_fingerprint()


def test_it_is_the_same_from_one_process_to_the_next() -> None:
    assert made() == made()
    assert made().startswith(f"{FOLD_VERSION}-")


def test_one_figure_more_makes_another_projection(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = made()
    more = register.Register.of((*register.MODULES, scratch_figure))
    monkeypatch.setattr(register, "REGISTER", more)
    with_one_more = made()
    fingerprint.our_fingerprint.cache_clear()

    assert with_one_more != ours


def test_whatever_makes_a_figure_is_among_its_parts() -> None:
    names = {name for name, _ in fingerprint.sources()}

    assert {
        "services.metrics.domain/fold.py",
        "services.metrics.domain/subjects/case.py",
        "shared.contracts/inspection/course.py",
        "shared.policy/calendar.py",
        "services.metrics.handlers.reading",
    } <= names
    assert any(name.startswith("shared.policy/profiles/") for name in names)


async def nothing(*_: object) -> Sequence[TableRow]:
    raise AssertionError("what can be read is not folded again")


def test_what_our_fold_has_stored_is_read_as_it_stands() -> None:
    stored = Dossier(key=CASE, facts=3)
    read = asyncio.run(dossiers_of({CASE: text_of(stored)}, nothing))

    assert read == {CASE: stored}


@pytest.mark.parametrize(
    "state",
    [
        text_of(Dossier(key=CASE)).replace(str(FOLD_VERSION), str(FOLD_VERSION + 1), 1),
        f'["{CASE}",[null,0,[]],[null,0,[]],3]',
        "{}",
    ],
)
def test_what_another_fold_has_stored_is_folded_from_its_facts(state: str) -> None:
    async def facts(_: str, keys: Sequence[str]) -> Sequence[TableRow]:
        assert list(keys) == [CASE, "XC0"]
        return [{"dossier": CASE, "body": RECEIPT.decode()}]

    read = asyncio.run(dossiers_of({CASE: state, "XC0": state}, facts))

    assert read[CASE].case.item_name == "食品经营许可"
    assert read["XC0"] == Dossier(key="XC0")


def test_a_step_has_as_many_facts_as_it_may_and_one_subject_at_least() -> None:
    large = FACTS_PER_STEP_MAX + 1
    following = [("a", 1), ("b", large), ("c", large - 2), ("d", 1), ("e", 1)]

    assert list(portions(following)) == [
        (["a"], 1),
        (["b"], large),
        (["c", "d"], large - 1),
        (["e"], 1),
    ]
    assert list(portions([])) == []
