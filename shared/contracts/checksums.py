"""The check character of a 统一社会信用代码 (GB 32100-2015)."""

from functools import lru_cache

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

KNOWN_MAX = 4096
"""A bureau writes to few organisations, again and again."""


@lru_cache(maxsize=KNOWN_MAX)
def credit_code_check(first_17: str) -> str | None:
    """Return the 18th character of a 统一社会信用代码, None where the first 17 are malformed."""
    if len(first_17) != len(CREDIT_WEIGHTS) or not set(first_17) <= set(CREDIT_ALPHABET):
        return None
    worth = map(CREDIT_ALPHABET.index, first_17)
    total = sum(value * weight for value, weight in zip(worth, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % len(CREDIT_ALPHABET)]
