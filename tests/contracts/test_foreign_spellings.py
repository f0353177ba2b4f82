"""One event has many spellings, and what we understand of each is the same."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable

import pytest

from shared.contracts.documents import Document, parse, write
from shared.contracts.foreign import attributes_of, read_binary, read_foreign
from shared.contracts.publishing import example_of
from shared.contracts.registry import Unreadable, decode, encode
from tests.support.examples import ACCEPTED, members_of, with_attributes

EVENT = decode(write(ACCEPTED))
DATA = write(ACCEPTED["data"])
ATTRIBUTES: dict[str, str] = {name: value for name, value in ACCEPTED.items() if name != "data"}
INSPECTION = example_of("casetrack.inspection.task.created.v1")


def without(*names: str, **attributes: object) -> Document:
    return {name: value for name, value in ACCEPTED.items() if name not in names} | attributes


def refused(body: bytes) -> tuple[str, str]:
    with pytest.raises(Unreadable) as refusal:
        read_foreign(body)
    assert refusal.value.detail
    return refusal.value.code, refusal.value.field


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ACCEPTED, indent=2).encode(),
        json.dumps(dict(reversed(ACCEPTED.items()))).encode(),
        write(without("subject", "partitionkey", "datacontenttype", "datalevel")),
    ],
    ids=["indented", "in another order", "without what follows"],
)
def test_the_same_is_stored_however_it_is_written(body: bytes) -> None:
    assert encode(read_foreign(body)) == encode(EVENT)


@pytest.mark.parametrize(
    "name", ["subject", "partitionkey", "datacontenttype", "datalevel", "windowid", "myextension"]
)
def test_a_null_member_is_an_unset_one(name: str) -> None:
    told = read_foreign(with_attributes(**{name: None}))

    assert encode(told) == encode(read_foreign(write(without(name))))


def test_null_data_are_no_data() -> None:
    assert refused(with_attributes(data=None)) == ("missing_attribute", "data")


def test_what_is_packed_is_read_as_if_it_stood_there() -> None:
    packed = without("data", "datacontenttype", data_base64=b64encode(DATA).decode())

    assert read_foreign(write(packed)) == EVENT
    assert read_foreign(write({**packed, "data": None})) == EVENT


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        ("bad!", "invalid_attribute"),
        ("e30", "invalid_attribute"),
        ("e30=e30=", "invalid_attribute"),
        ("样例", "invalid_attribute"),
        (7, "invalid_attribute"),
        (b64encode(b"<a/>").decode(), "not_json"),
        (b64encode(b"[]").decode(), "not_an_object"),
        (b64encode(b'{"a":1,"a":2}').decode(), "duplicate_key"),
    ],
)
def test_what_cannot_be_unpacked_is_named(packed: object, code: str) -> None:
    assert refused(write(without("data", data_base64=packed))) == (code, "data_base64")


def test_data_stand_in_one_place() -> None:
    with pytest.raises(Unreadable, match="data and data_base64") as refusal:
        read_foreign(with_attributes(data_base64=b64encode(DATA).decode()))

    assert refusal.value.field == "data_base64"


def test_data_that_are_json_in_a_text_are_refused() -> None:
    assert refused(with_attributes(data=DATA.decode())) == ("invalid_data", "data")


JSON_TYPES = [
    "application/json",
    "APPLICATION/JSON",
    "application/json;charset=utf-8",
    'application/json; Charset="UTF-8"',
    "application/json ; charset=utf8",
    "application/json; profile=x; charset=utf-8",
    "text/json",
    "application/vnd.example.case+json",
    "application/vnd.example.case+json;v=2",
    "application/json;",
    'application/json;note="a;charset=gbk\\"";charset=utf-8',
]
OTHER_TYPES = [
    "",
    "json",
    "application/xml",
    "application/jsonp",
    "application/json+xml",
    "text/plain; charset=utf-8",
    "application/json; charset=gb18030",
    'application/json; charset="utf-16"',
    "application/json; charset",
    "application/json; =",
    "application/json;charset;charset*0*=x''%ff",
    "application/json;charset*=\x7f''\u0663",
    f"application/json;{'x' * 300}",
]


@pytest.mark.parametrize("content_type", JSON_TYPES)
def test_json_has_many_names_and_is_stored_under_one(content_type: str) -> None:
    structured = read_foreign(with_attributes(datacontenttype=content_type))
    binary = read_binary({**ATTRIBUTES, "datacontenttype": content_type}, DATA)

    assert encode(structured) == encode(binary) == encode(EVENT)


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_whoever_says_that_it_is_no_json_is_told_so(content_type: str) -> None:
    place = ("invalid_attribute", "datacontenttype")
    with pytest.raises(Unreadable) as refusal:
        read_binary({**ATTRIBUTES, "datacontenttype": content_type}, b"<a/>")

    assert refused(with_attributes(datacontenttype=content_type)) == place
    assert (refusal.value.code, refusal.value.field) == place


def test_a_content_type_is_a_text() -> None:
    assert refused(with_attributes(datacontenttype=7)) == ("invalid_attribute", "datacontenttype")


def test_without_a_content_type_data_are_json() -> None:
    assert read_binary(without("datacontenttype", "data"), DATA) == EVENT


def test_a_truth_may_be_a_text_as_binary_mode_makes_it_one() -> None:
    structured = [read_foreign(with_attributes(derived=told)) for told in (True, "true")]
    binary = read_binary({**ATTRIBUTES, "derived": "true"}, DATA)

    assert [told.derived for told in (*structured, binary)] == [True, True, True]
    assert refused(with_attributes(derived="yes")) == ("invalid_attribute", "derived")


def test_an_extension_in_digits_is_the_text_that_binary_mode_makes_of_it() -> None:
    structured = read_foreign(with_attributes(sequence=7, windowid=12, more=3))
    binary = read_binary({**ATTRIBUTES, "sequence": "7", "windowid": "12"}, DATA)

    assert structured == binary
    assert refused(with_attributes(id=7)) == ("invalid_attribute", "id")
    assert refused(with_attributes(windowid=True)) == ("invalid_attribute", "windowid")


def test_the_key_by_which_it_was_sent_is_the_partition_key_of_who_names_none() -> None:
    inspection = {name: value for name, value in INSPECTION.items() if name != "partitionkey"}
    attributes = {name: value for name, value in inspection.items() if name != "data"}
    case = "XC20240902000017"

    silent = read_foreign(write(inspection), key=case)
    binary = read_binary(attributes, write(INSPECTION["data"]), key=case)
    named = read_foreign(write({**inspection, "partitionkey": "XC1"}), key=case)

    assert silent.partitionkey == binary.partitionkey == case
    assert named.partitionkey == "XC1"


def test_no_key_moves_a_fact_to_another_case() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_foreign(write(without("partitionkey")), key="XC1")

    assert refusal.value.code == "key_mismatch"


@pytest.mark.parametrize("read", [read_foreign, members_of])
def test_a_byte_order_mark_is_called_by_its_name(read: Callable[[bytes], object]) -> None:
    with pytest.raises(Unreadable, match="byte order mark") as refusal:
        read(b"\xef\xbb\xbf" + b"[" + write(ACCEPTED) + b"]")

    assert refusal.value.code == "not_json"


Headers = Iterable[tuple[str, bytes | None]]


@pytest.mark.parametrize(
    ("headers", "attributes"),
    [
        ([("ce_id", b"1"), ("CE_Source", b"urn:a")], {"id": "1", "source": "urn:a"}),
        ([("ce_id", b"1"), ("ce_subject", None), ("ce_note", None)], {"id": "1"}),
        ([("ce_note", b"\xff"), ("ce_note", b"2"), ("ce_", b""), ("id", b"2")], {}),
        ([("ce_data", b"{}"), ("ce_data_base64", b"e30=")], {}),
        ([("ce_subject", "样例".encode())], {"subject": "样例"}),
    ],
    ids=["any case", "no value", "not ours", "no data", "UTF-8"],
)
def test_headers_that_are_no_attributes_of_ours_say_nothing(
    headers: Headers, attributes: dict[str, str]
) -> None:
    assert attributes_of(headers, "ce_", bytes.decode) == attributes


@pytest.mark.parametrize("headers", [[("ce_id", b"1"), ("CE_ID", b"1")], [("ce_id", b"\xff")]])
def test_an_attribute_is_said_once_and_in_utf8(headers: Headers) -> None:
    with pytest.raises(Unreadable) as refusal:
        attributes_of(headers, "ce_", bytes.decode)

    assert (refusal.value.code, refusal.value.field) == ("invalid_attribute", "id")


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.0}',
        '{"a":1e5}',
        '{"a": [1, 2.50, "x"]}',
        '{"a":18446744073709551616}',
        f'{{"a":{"7" * 250}}}',
        f'{{"a":[{",".join(["7"] * 400)}]}}',
        '{"a":"\\u53d7"}',
        '{"\\u0061":1,"b":{"c":[]}}',
    ],
)
def test_how_a_document_is_written_makes_no_difference(text: str) -> None:
    assert parse(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":1}', '{"b":{"a":1,"c":2,"a":1}}', '{"a": 1, "b": 2, "a": 3}']
)
def test_a_name_said_twice_is_seen_however_it_is_written(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse(text.encode())

    assert (refusal.value.code, refusal.value.field) == ("duplicate_key", "a")
