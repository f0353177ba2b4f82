"""The pages that the code has tables for say what the code says."""

from pathlib import Path

import pytest

from deploy.reference import PAGES, filled


@pytest.mark.parametrize("place", PAGES, ids=lambda page: page.stem)
def test_the_tables_of_a_page_are_those_of_the_code(place: Path) -> None:
    page = place.read_text(encoding="utf-8")

    assert page == filled(page), "run: python -m deploy.reference"
