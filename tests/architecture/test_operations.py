"""The operators' page says what the code says."""

from deploy.reference import PAGE, filled


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == filled(page), "run: python -m deploy.reference"
