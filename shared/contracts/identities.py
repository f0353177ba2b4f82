"""Numbers, mail addresses and plates that name a person, wherever somebody wrote one (7.2, 7.3)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from string import ascii_letters, digits

PROVINCES = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
"""What every area code begins with (GB/T 2260)."""

BIRTH_YEARS = range(1900, 2015)
"""
Years of birth that make an identity number, whatever stands before it.

Case numbers of area, day and serial have the same 18 digits, and one of eleven has the same check
digit; their days are later than these.
"""
SAID_YEARS = range(1900, 2100)
"""And where it is called so."""
OLD_BIRTH_YEARS = range(1930, 2000)
"""
Likewise of 15 digits, which have a year of two digits and no check digit.

The days of short case numbers are later, too; a business registration (工商注册号) has 15 digits
and a check digit of its own.
"""
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
OLD_DIGITS = 15
COUNTRY = "86"
PLATE_BEGINNINGS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

CONCEALED = "[redacted]"

# Alone, not within a word, a token, a longer number or a fraction: 11 digits, 13 with the
# country's code, 16 or 19 of a card, 15 or 18 of an identity number.
_NUMBER = re.compile(
    r"[1-9](?<!\w[1-9])(?<!\d\.[1-9])\d{10}(?:\d\d|\d{4,5}|\d{8}|\d{6}[\dXx])?(?!\w)(?!\.\d)",
    re.ASCII,
)
_WORD = f"{ascii_letters}_"
_SAID = re.compile(r"(?:身份证|身份号码|identity (?:card|number))\D{0,12}$", re.IGNORECASE)
_SAID_BEFORE_MAX = 30
_MAIL = re.compile(
    r"[a-z0-9](?<![\w.+-][a-z0-9])[\w.+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}",
    re.ASCII | re.IGNORECASE,
)
# Province, letter of the town, five or six more of which one is a digit.
_PLATE = re.compile(
    rf"[{PLATE_BEGINNINGS}][A-HJ-NP-Z][·• ]?(?=[A-Z]*\d)"
    r"(?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳])(?![A-Za-z0-9])"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[bfnrt]|([\"\\/]))")
_ALIKE = bytes(
    b"0"[0] if byte in digits.encode() else b"w"[0] if byte in _WORD.encode() else b" "[0]
    for byte in range(256)
)
"""Digits become alike, and so do letters, and everything else."""
_NUMBER_ALIKE = re.compile(rb" 00000000000(?:00|0000|00000|0000000|000000w|00000000)?(?![0w])")
"""What `_NUMBER` is then, and a little more."""
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_CARD = re.compile(r"62(?:\d{14}|\d{17})", re.ASCII)


class Identity(StrEnum):
    """What a number is, as it is told to whoever wrote it."""

    RESIDENT_ID = "resident_id"
    """公民身份号码 (GB 11643), also of the 15 digits that it had until 1999."""
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    MAIL = "mail"
    NUMBER_PLATE = "number_plate"


def identity_in(text: str) -> Identity | None:
    """Return what names a person in *text*, the first of it."""
    return next((kind for _, kind in _found(text)), None)


def identity_within(value: object) -> tuple[str, Identity] | None:
    """Return where within *value*, texts in mappings and sequences, a person is named, and how."""
    texts = _texts(value, ())
    named = ((place, kind) for place, text in texts if (kind := identity_in(text)))
    first = next(named, None)
    return first and (".".join(first[0]), first[1])


def identity_in_bytes(raw: bytes) -> Identity | None:
    """
    Return what names a person in *raw*, which may be JSON, or broken, or anything.

    Nothing that stands in one of the texts of JSON is missed.
    """
    text = raw.decode("utf-8", "replace")
    if "\\" in text:
        return identity_in(_ESCAPE.sub(_unescaped, text))
    # Found in a fifth of the time that the numbers themselves take.
    if _NUMBER_ALIKE.search(b" " + raw.translate(_ALIKE)):
        return identity_in(text)
    return next((kind for _, kind in _words(text)), None)


def concealed(text: str) -> str:
    """Return *text* without what names a person."""
    for number, _ in list(_found(text)):
        text = text.replace(number, CONCEALED)
    return text


def _texts(value: object, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each text in *value* with its place; a name in a mapping has that of the mapping."""
    match value:
        case str():
            yield place, value
        case Mapping():
            for name, member in value.items():
                yield place, str(name)
                yield from _texts(member, (*place, str(name)))
        case tuple() | list():
            for index, member in enumerate(value):
                yield from _texts(member, (*place, str(index)))
        case _:
            return


def _found(text: str) -> Iterator[tuple[str, Identity]]:
    for match in _NUMBER.finditer(text):
        start = match.start()
        said = _SAID.search(text, max(0, start - _SAID_BEFORE_MAX), start) is not None
        if kind := _kind_of(match[0], said=said):
            yield match[0], kind
    yield from _words(text)


def _words(text: str) -> Iterator[tuple[str, Identity]]:
    """Yield what names a person and is no number alone."""
    if "@" in text:
        yield from ((match[0], Identity.MAIL) for match in _MAIL.finditer(text))
    if not text.isascii():
        yield from ((match[0], Identity.NUMBER_PLATE) for match in _PLATE.finditer(text))


def _kind_of(number: str, *, said: bool) -> Identity | None:
    """Return what *number* is, where it was *said* before that an identity number comes."""
    if _is_resident_id(number.upper(), said=said) or _is_old_id(number, said=said):
        return Identity.RESIDENT_ID
    if _MOBILE.fullmatch(number.removeprefix(COUNTRY)):
        return Identity.MOBILE
    if _CARD.fullmatch(number) and _fits_luhn(number):
        return Identity.BANK_CARD
    return None


def _is_resident_id(number: str, *, said: bool) -> bool:
    if len(number) != len(RESIDENT_WEIGHTS) + 1 or number[:2] not in PROVINCES:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(number, RESIDENT_WEIGHTS, strict=False)
    )
    years = SAID_YEARS if said else BIRTH_YEARS
    return number[-1] == RESIDENT_CHECKS[total % 11] and _is_birthday(number[6:14], years)


def _is_old_id(number: str, *, said: bool) -> bool:
    if len(number) != OLD_DIGITS or number[:2] not in PROVINCES:
        return False
    birthday = f"19{number[6:12]}"
    if said:
        return _is_birthday(birthday, SAID_YEARS)
    return _is_birthday(birthday, OLD_BIRTH_YEARS) and not _is_registration(number)


def _is_registration(number: str) -> bool:
    """Say whether the last digit is the check of the others (ISO 7064, MOD 11,10)."""
    product = 10
    for digit in number[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(number[-1])) % 10 == 1


def _is_birthday(digits: str, years: range) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year in years
    except ValueError:
        return False


def _fits_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2] or " "
