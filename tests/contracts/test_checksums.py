"""National numbers are checked by the standards' own vectors."""

import pytest

from shared.contracts.checksums import (
    citizen_number_check,
    credit_code_check,
    is_citizen_number,
    organisation_code_check,
)


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


@pytest.mark.parametrize("code", ["MB151840X", "MB2D06811"])
def test_an_organisation_code_ends_in_its_check_character(code: str) -> None:
    assert organisation_code_check(code[:8]) == code[8]


@pytest.mark.parametrize("number", ["11010519491231002X", "34052419800101001X"])
def test_a_citizen_number_ends_in_its_check_character(number: str) -> None:
    assert citizen_number_check(number[:17]) == number[17]
    assert is_citizen_number(number)


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "11010519490231002X", "11010519491231002x", "1101051949", ""],
)
def test_a_wrong_digit_or_an_impossible_birthday_is_no_citizen_number(number: str) -> None:
    assert not is_citizen_number(number)
