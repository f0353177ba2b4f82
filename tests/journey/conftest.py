"""One bureau for all journeys of a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.standing_bureau import StandingBureau, standing_bureau


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingBureau]:
    home: Path = tmp_path_factory.mktemp("bureau")
    with standing_bureau(home / "home") as standing:
        yield standing
