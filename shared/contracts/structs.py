"""The facts as msgspec structs: derived from their contracts, and decoded four times as fast."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from annotated_types import Ge, Le, MaxLen, MinLen
from msgspec import Meta, Struct, structs
from pydantic import AfterValidator, StringConstraints
from pydantic.fields import FieldInfo

from shared.contracts.envelope import Contract, Fact
from shared.contracts.moments import Day
from shared.contracts.registry import FACTS

F = TypeVar("F", bound=Fact)

PLAIN = (str, int, bool, date, NoneType)
BOUNDS = (Ge, Le, MinLen, MaxLen, StringConstraints)
NAMES = frozenset({"ge", "le", "min_length", "max_length"})
_, AS_A_DAY = get_args(Day)
"""What reads a day from its text: ours and msgspec's take the same."""


class Inexpressible(Exception):
    """No struct says what the contract says."""


@cache
def struct_of(contract: type[Contract]) -> type[Struct]:
    """
    Return a struct that takes nothing but what *contract* takes, and reads the same in it.

    It may take less: a field that it does not know is for the contract to judge. An instance
    says that it is of *contract*, so whoever asks by ``isinstance``, ``match`` or ``__class__``
    need not know which of the two it has.

    Raises:
        Inexpressible: there is none.
    """
    decorators = contract.__pydantic_decorators__
    if decorators.field_validators or decorators.model_validators:
        raise Inexpressible(contract)
    fields = contract.model_fields
    checks: list[tuple[str, Any]] = [
        (name, note.func)
        for name, field in fields.items()
        for note in field.metadata
        if isinstance(note, AfterValidator)
    ]
    made = msgspec.defstruct(
        contract.__name__,
        [_field(name, field) for name, field in fields.items()],
        rename={name: field.alias for name, field in fields.items() if field.alias},
        namespace={
            **_properties(contract),
            "__class__": contract,
            **({"__post_init__": _checking(checks)} if checks else {}),
        },
        frozen=True,
        gc=False,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    try:
        msgspec.json.Decoder(made)
    except TypeError as fault:
        raise Inexpressible(contract) from fault
    return made


def _properties(contract: type[Contract]) -> dict[str, Any]:
    """Return what follows from the fields: what a fact answers to, its struct does, too."""
    kinds = [kind for kind in reversed(contract.__mro__) if issubclass(kind, Contract)]
    said = {name: one for kind in kinds for name, one in vars(kind).items()}
    words = contract.__class_vars__
    return {name: one for name, one in said.items() if isinstance(one, property) or name in words}


def _field(name: str, field: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    notes = (note for note in field.metadata if not isinstance(note, AfterValidator))
    kind = _bounded(_form(field.annotation), notes)
    if field.is_required():
        return name, kind
    if field.default_factory is not None:
        made: Any = field.default_factory
        return name, kind, msgspec.field(default_factory=made)
    return name, kind, field.default


def _form(annotation: Any) -> Any:  # noqa: ANN401 - whatever stands behind a field's name
    """Return what msgspec calls what pydantic calls *annotation*."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(_form(parts[0]), parts[1:])
    if origin is Literal or annotation in PLAIN:
        return annotation
    if origin in (Union, UnionType):
        return Union[tuple(map(_form, parts))]  # noqa: UP007 - made at run time
    if origin in (tuple, dict):
        return origin[tuple(part if part is ... else _form(part) for part in parts)]
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        return struct_of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation
    raise Inexpressible(annotation)


def _bounded(kind: Any, notes: Iterable[Any]) -> Any:  # noqa: ANN401 - as above
    bounds: dict[str, Any] = {}
    for note in notes:
        if isinstance(note, FieldInfo):
            kind = _bounded(kind, note.metadata)
        elif isinstance(note, BOUNDS):
            bounds |= {name: value for name, value in asdict(note).items() if value is not None}
        elif note != AS_A_DAY:
            raise Inexpressible(note)
    if not bounds.keys() <= NAMES:
        raise Inexpressible(bounds)
    return Annotated[kind, Meta(**bounds)] if bounds else kind


def _checking(checks: Iterable[tuple[str, Any]]) -> Callable[[Any], None]:
    """Return what is asked of a struct once its fields are read; a check changes nothing."""
    asked = tuple(checks)

    def check(made: Any) -> None:  # noqa: ANN401 - any of our structs
        for name, found in asked:
            found(getattr(made, name))

    return check


def _expressed() -> Mapping[type[Fact], type[Struct]]:
    made = {}
    for fact in FACTS.values():
        try:
            made[fact] = struct_of(fact)
        except Inexpressible:
            continue
    return made


STRUCTS = MappingProxyType(_expressed())
"""The struct of each fact that has one."""


def as_struct(fact: Fact) -> Any:  # noqa: ANN401 - says that it is the fact's contract
    """Return *fact* as its struct; itself where it has none."""
    struct = STRUCTS.get(type(fact))
    return fact if struct is None else msgspec.convert(fact, struct, from_attributes=True)


def amended(fact: F, **values: object) -> F:
    """Return *fact*, a struct or not, with other *values*."""
    if isinstance(fact, Struct):
        return structs.replace(fact, **values)
    return fact.model_copy(update=values)
