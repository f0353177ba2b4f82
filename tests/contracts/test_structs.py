"""A struct takes nothing but what its contract takes, and reads the same in it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BeforeValidator, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo

from shared.contracts.envelope import Contract, Fact
from shared.contracts.handling.facts import ResultIssued
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS
from shared.contracts.structs import STRUCTS, Inexpressible, amended, as_struct, struct_of

CODE, WRONG = "11610102MB29934570", "11610102MB29934571"
KINDS = sorted(STRUCTS, key=lambda fact: fact.TYPE)
Bounds = Mapping[str, int]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["", "x", " ", "2024-09-02", "2024-9-2", "0001-01-01", "12", "\ud800", "\0"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
"""What stands nowhere, or where something else should."""
BREAKS = st.sampled_from(
    [b"", b"\0", b"\n", b"\xff", b"\xc3\xa9", b'"', b",", b"}", b"1", b"1.0", b"-0", b"null", b"[["]
)


def mostly(fits: Iterable[object], *outside: object) -> st.SearchStrategy[Any]:
    """Return what *fits*, and seldom what does not."""
    return st.sampled_from([*[*fits] * 40, *outside])


def texts(bounds: Bounds) -> st.SearchStrategy[str]:
    """Return texts within *bounds*, and some just outside of them."""
    least, most = bounds.get("min_length", 0), bounds.get("max_length", 30)
    if least == len(CODE):
        return mostly([CODE], WRONG)
    lengths = mostly([least, least + 1, most], most + 1, max(0, least - 1))
    letters = st.sampled_from(["a", "é", "审", "𠮷", "\n", '"', "\x7f"])
    return st.builds(lambda letter, length: letter * length, letters, lengths)


def numbers(bounds: Bounds) -> st.SearchStrategy[Any]:
    least, most = bounds.get("ge", 0), bounds.get("le", 9)
    return mostly([least, most], least - 1, most + 1, float(least), least + 0.5)


def days(_: Bounds) -> st.SearchStrategy[str]:
    some = mostly(["2024-09-02"], "2024-02-30", "20240902", "2024-09-02T00:00")
    return st.one_of(some, st.dates().map(str))


PLAIN: Mapping[object, Callable[[Bounds], st.SearchStrategy[Any]]] = {
    str: texts,
    int: numbers,
    date: days,
    bool: lambda _: st.booleans(),
    NoneType: lambda _: st.none(),
}


def said_of(annotation: object, notes: tuple[object, ...] = ()) -> st.SearchStrategy[Any]:
    """Return what somebody might say where *annotation* is asked for: mostly what fits."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return said_of(parts[0], (*parts[1:], *notes))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of(*(said_of(part, notes) for part in parts))
    if origin in (tuple, dict):
        return several_of(parts, bounds_in(notes).get("min_length", 0))
    return single_of(annotation, notes)


def several_of(parts: Sequence[object], least: int) -> st.SearchStrategy[Any]:
    if Ellipsis in parts:
        one = said_of(parts[0])
        return st.lists(one, min_size=least, max_size=2) | st.lists(one, max_size=1)
    return st.dictionaries(said_of(parts[0]), said_of(parts[1]), max_size=2)


def single_of(annotation: object, notes: tuple[object, ...]) -> st.SearchStrategy[Any]:
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        return document_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return mostly((one.value for one in annotation), "UNHEARD_OF")
    return PLAIN[annotation](bounds_in(notes))


def bounds_in(notes: Iterable[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for note in notes:
        if isinstance(note, FieldInfo):
            found |= bounds_in(note.metadata)
        for name in ("ge", "le", "min_length", "max_length"):
            if getattr(note, name, None) is not None:
                found[name] = getattr(note, name)
    return found


def document_of(contract: type[Contract]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents like those of *contract*."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in contract.model_fields.items():
        said = said_of(field.annotation, tuple(field.metadata))
        (required if field.is_required() else optional)[field.alias or name] = said
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def bodies(draw: st.DrawFn, contract: type[Fact]) -> bytes:
    """Return JSON like that of *contract*; of some a field is odd, missing, unknown or broken."""
    document = draw(document_of(contract))
    fault = draw(st.sampled_from(["odd", "missing", "", "", "", ""]))
    if fault == "odd":
        document[draw(st.sampled_from([*document, "unheard_of"]))] = draw(ODD)
    elif fault == "missing":
        document.pop(draw(st.sampled_from([*document])), None)
    body = json.dumps(document, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(body)))
        body = body[:place] + draw(BREAKS) + body[place + draw(st.integers(0, 2)) :]
    return body


def by_contract(kind: type[Fact], body: bytes) -> object:
    try:
        return as_struct(kind.__pydantic_validator__.validate_json(body, strict=True))
    except ValidationError:
        return None


def by_struct(kind: type[Fact], body: bytes) -> object:
    """Return what the struct reads, or in words why it reads nothing."""
    try:
        return msgspec.json.decode(body, type=STRUCTS[kind])
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.TYPE)
@settings(max_examples=20)
@given(data=st.data())
def test_struct_and_contract_take_and_refuse_the_same_but_for_unknown_fields(
    kind: type[Fact], data: st.DataObject
) -> None:
    body = data.draw(bodies(kind))
    judged, read = by_contract(kind, body), by_struct(kind, body)

    if isinstance(read, str):
        assert judged is None or "unknown field" in read
    else:
        assert read == judged


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.TYPE)
def test_a_struct_says_that_it_is_of_its_contract(kind: type[Fact]) -> None:
    read = by_struct(kind, json.dumps(example_of(kind.TYPE)["data"]).encode())

    assert (read.__class__, isinstance(read, kind), type(read)) == (kind, True, STRUCTS[kind])


def test_a_struct_is_amended_like_its_contract() -> None:
    fact = ApplicationAccepted.model_validate(example_of(ApplicationAccepted.TYPE)["data"])
    later = {"effective_date": date(2024, 9, 3)}

    assert amended(as_struct(fact), **later) == as_struct(amended(fact, **later))
    assert amended(fact, **later).effective_date == date(2024, 9, 3)


class Inclusive(Contract):
    """Asks what no struct can be asked."""

    first: int
    last: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        assert self.first <= self.last
        return self


class Patterned(Contract):
    code: Annotated[str, StringConstraints(pattern="^[0-9]+$")]


class Converted(Contract):
    number: Annotated[int, BeforeValidator(int)]


class Anything(Contract):
    value: object


class TwoTexts(Contract):
    made: date | Literal["NEVER"]


@pytest.mark.parametrize("contract", [Inclusive, Patterned, Converted, Anything, TwoTexts])
def test_what_a_struct_cannot_say_is_left_to_the_contract(contract: type[Contract]) -> None:
    with pytest.raises(Inexpressible):
        struct_of(contract)
    fact = ResultIssued.model_validate(example_of(ResultIssued.TYPE)["data"])

    assert as_struct(fact) is fact
    assert len(STRUCTS) > len(FACTS) * 0.9


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: fact.TYPE)
def test_a_struct_answers_to_what_follows_from_its_fields(fact: type[Fact]) -> None:
    told = fact.model_validate(example_of(fact.TYPE)["data"])
    follows = {
        name
        for kind in fact.__mro__
        if issubclass(kind, Contract) and kind is not Contract
        for name, one in vars(kind).items()
        if isinstance(one, property) and name not in vars(Contract)
    }

    assert {"subject"} <= follows
    for name in (*follows, "TYPE", "ABOUT", "STREAM"):
        assert getattr(as_struct(told), name) == getattr(told, name), name
