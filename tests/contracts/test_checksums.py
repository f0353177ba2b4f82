"""Credit codes are checked by the standard's own vectors."""

import pytest

from shared.contracts.checksums import credit_code_check


@pytest.mark.parametrize(
    "code",
    [
        "11320000MB151840XJ",
        "11440232MB2D06811W",
        "91330102MA28NBU477",
        "91350100M000100Y43",
        "91610102MA60000070",
    ],
)
def test_a_credit_code_ends_in_its_check_character(code: str) -> None:
    assert credit_code_check(code[:17]) == code[17]


@pytest.mark.parametrize("first_17", ["91350100M000100Y", "91350100I000100Y4", "91350100m000100Y4"])
def test_what_is_no_credit_code_has_no_check_character(first_17: str) -> None:
    assert credit_code_check(first_17) is None
