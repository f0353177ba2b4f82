"""What names a person by number, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.documents import write
from shared.contracts.identities import (
    Identity,
    concealed,
    identity_in,
    identity_in_bytes,
    identity_within,
)

RESIDENT, ELDER, MOBILE, CARD = (
    "34052419800101001X",
    "11010519491231002X",
    "13800138000",
    "6222020000000000000",
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (RESIDENT, Identity.RESIDENT_ID),
        (f"申请人{ELDER.lower()}，已核验", Identity.RESIDENT_ID),
        (f"请回电{MOBILE}。", Identity.MOBILE),
        (f"+86{MOBILE}", Identity.MOBILE),
        (f"case-{MOBILE}", Identity.MOBILE),
        (f"first\n{MOBILE}", Identity.MOBILE),
        (f"退款至 {CARD}", Identity.BANK_CARD),
        ("6222020000000007", Identity.BANK_CARD),
        ("610102490101012", Identity.RESIDENT_ID),  # of the 15 digits until 1999
        ("身份证610102240902001", Identity.RESIDENT_ID),  # whose day would be a case's
        ("身份证号码：610102202001010014", Identity.RESIDENT_ID),  # born in 2020
        ("zhang.san@example.org", Identity.MAIL),
        ("请寄zhang@x.cn。", Identity.MAIL),
        ("车牌陕AZ9C7K", Identity.NUMBER_PLATE),
        ("陕A·12345", Identity.NUMBER_PLATE),
        ("粤B1234学", Identity.NUMBER_PLATE),
        ("陕AD12345，停在门前", Identity.NUMBER_PLATE),
    ],
)
def test_a_number_that_names_a_person_is_known(text: str, kind: Identity) -> None:
    assert identity_in(text) is kind
    assert identity_in_bytes(text.encode()) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "XC20240902000017",
        "340524198001010019",  # the check digit is another
        "340524198013010017",  # no month 13
        "610102202409020013",  # a case number: area, day and serial
        "990105194912310023",  # no such province
        "12800138000",  # no mobile begins so
        "138001380001",  # twelve digits
        f"pt-{MOBILE}a",  # within a token
        f"0.{MOBILE}",  # a fraction
        "6222020000000000001",
        "4111111111111",
        "11320000MB151840XJ",
        "610102202001010014",  # a case number with the check digit of an identity number
        "610102240902001",  # a short one
        "610102600123000",  # a business registration, by its check digit
        "610102491301012",  # no month 13
        "990102490101012",  # no such province
        "高新A1座",
        "京ICP备12345号",
        "新ABCDEFG",
        "陕A1234567",
        "a@b",
        "@张三",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert identity_in(text) is None
    assert concealed(text) == text


def test_it_is_found_wherever_it_stands_within() -> None:
    said = {"case": {"no": "XC1"}, "checks": ({"ok": True}, {"note": f"打{MOBILE}"}), "on": None}

    assert identity_within(said) == ("checks.1.note", Identity.MOBILE)
    assert identity_within({"attributes": {RESIDENT: "x"}}) == ("attributes", Identity.RESIDENT_ID)
    assert identity_within({"case": {"no": "XC1"}, "names": ["a", ("b", 1)]}) is None


PIECES = (
    *(RESIDENT, ELDER, MOBILE, CARD, "610102490101012", "610102202001010014"),
    *("身份证", "zhang@x.cn", "@", "陕A·12345", "陕", "A12345", "86", "62", "1", "x"),
    *('"', "\\", "/", "\n", "\t", "\x1f", " ", ".", "-", "，", "\U0001f600"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@given(TEXTS, TEXTS)
def test_a_look_at_the_bytes_misses_nothing_that_is_within(name: str, text: str) -> None:
    said = {name: [text, 13], "note": {"again": text}}

    if identity_within(said):
        assert identity_in_bytes(write(said))


@given(TEXTS)
def test_a_look_at_the_bytes_finds_what_one_at_the_text_does(text: str) -> None:
    assert identity_in_bytes(text.encode()) is identity_in(text)


def test_digits_that_are_escaped_are_digits() -> None:
    assert identity_in_bytes(b'{"note":"\\u0031' + MOBILE[1:].encode() + b'"}') is Identity.MOBILE
    assert identity_in_bytes(b"\xff\xfe no text") is None


def test_what_is_told_of_it_is_without_it() -> None:
    told = concealed(f"the case is {RESIDENT}, {MOBILE} and {MOBILE}")

    assert told == "the case is [redacted], [redacted] and [redacted]"
