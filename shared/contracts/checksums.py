"""The check characters of national numbers: GB 11643, GB 32100-2015, GB 11714."""

from collections.abc import Sequence
from functools import lru_cache

from shared.contracts.moments import day_of

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CITIZEN_CHECKS = "10X98765432"
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

KNOWN_MAX = 4096
"""A bureau writes to few organisations, again and again."""


def _weighed(text: str, alphabet: str, weights: Sequence[int]) -> int | None:
    """Return the weighted sum, or None where the length or a character is not of the standard."""
    if len(text) != len(weights) or not set(text) <= set(alphabet):
        return None
    return sum(alphabet.index(mark) * weight for mark, weight in zip(text, weights, strict=True))


@lru_cache(maxsize=KNOWN_MAX)
def credit_code_check(first_17: str) -> str | None:
    """Return the 18th character of a 统一社会信用代码, None where the first 17 are malformed."""
    total = _weighed(first_17, CREDIT_ALPHABET, CREDIT_WEIGHTS)
    return None if total is None else CREDIT_ALPHABET[-total % len(CREDIT_ALPHABET)]


def organisation_code_check(first_8: str) -> str | None:
    """Return the 9th character of a 组织机构代码, None where the first 8 are malformed."""
    total = _weighed(first_8, ORGANISATION_ALPHABET, ORGANISATION_WEIGHTS)
    return None if total is None else "0123456789X"[-total % 11]


def citizen_number_check(first_17: str) -> str | None:
    """Return the 18th character of a 公民身份号码, None where the first 17 are malformed."""
    total = _weighed(first_17, "0123456789", CITIZEN_WEIGHTS)
    return None if total is None else CITIZEN_CHECKS[total % len(CITIZEN_CHECKS)]


def is_citizen_number(text: str) -> bool:
    """Tell whether *text* has a real birth date and the right check character."""
    try:
        day_of(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        return False
    return text[17:] == citizen_number_check(text[:17])
