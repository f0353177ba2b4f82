"""What our own services decide contradicts nothing in the fold: both read each course alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import pytest

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from shared.contracts.course import ABSENT
from shared.contracts.envelope import Event
from tests.support.intake_cases import NO
from tests.support.walked_courses import CASE, CASES, COURSES
from tests.support.walks import Refused, Walk, Walked

SEEDS = 300
SEEDS_BESIDE = 100
"""Of kinds whose courses are a fraction of a case's."""


def folded(events: Iterable[Event]) -> Dossier:
    return fold_all(NO, map(Entry.of, events))


@dataclass(frozen=True)
class Walks:
    """All walks along one course: each test of the course reads the same ones."""

    walked: Walked
    by_seed: Sequence[Walk]

    @classmethod
    def along(cls, walked: Walked) -> Self:
        seeds = range(SEEDS if walked in CASES.values() else SEEDS_BESIDE)
        return cls(walked, [walked.walk(seed) for seed in seeds])

    @cached_property
    def dossiers(self) -> Sequence[Dossier]:
        return [folded(walk.facts) for walk in self.by_seed]

    @property
    def refused(self) -> set[Refused]:
        return {found for walk in self.by_seed for found in walk.refused}


@pytest.fixture(scope="module", params=COURSES.values(), ids=[*COURSES])
def walks(request: pytest.FixtureRequest) -> Walks:
    return Walks.along(request.param)


def test_what_we_decide_is_no_anomaly(walks: Walks) -> None:
    for seed, walk in enumerate(walks.by_seed):
        told = [(event.id, event.type) for event in walk.facts]
        assert walks.dossiers[seed].anomalous == (), (seed, told)


def test_what_the_course_allows_is_refused_for_what_its_rows_name_alone(walks: Walks) -> None:
    assert walks.refused <= named(walks.walked)


def test_the_owner_and_the_fold_see_a_subject_in_the_same_state(walks: Walks) -> None:
    for seed, walk in enumerate(walks.by_seed):
        seen = next((one.state for one in walks.dossiers[seed].subjects), ABSENT)
        assert seen == walks.walked.owned.state(walk.subject), seed


def test_whatever_the_rows_of_a_case_name_does_stand_in_the_way() -> None:
    met = set.union(*(Walks.along(walked).refused for walked in CASES.values()))

    assert codes(met) == codes(named(CASE))


def named(walked: Walked) -> set[Refused]:
    return {(row.source, row.fact, code) for row in walked.owned.course.rows for code in row.unless}


def codes(places: set[Refused]) -> set[str]:
    return {code for _, _, code in places}
