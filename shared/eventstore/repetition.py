"""Whether two tellings under one source and id say the same, and what they differ in."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel

from shared.contracts.envelope import Event
from shared.contracts.registry import Unreadable, decode
from shared.eventstore.chain import ABOUT_THE_JOURNEY

NAMES_MAX = 8
"""So many differences are named: enough to find the fault, and it fits into a header."""

# A subject that was let in is one of the names that the data have anyway.
_TELLING = [name for name in Event.model_fields if name not in {*ABOUT_THE_JOURNEY, "subject"}]


def contradictions(known: bytes, told: Event) -> tuple[str, ...]:
    """
    Return where *told* says otherwise than the fact in *known*; nowhere makes it a repetition.

    Facts are compared by what they mean to us: a default that is spelt out,
    another offset for the same instant and an older version of the type make
    no difference. The names are paths of our own, never a publisher's words.
    """
    try:
        event = decode(known)
    except Unreadable:
        return ("data",)
    places = (
        place
        for name in _TELLING
        for place in _between(name, getattr(event, name), getattr(told, name))
    )
    return tuple(islice(places, NAMES_MAX))


def _between(path: str, known: Any, told: Any) -> Iterator[str]:  # noqa: ANN401 - any field's value
    if isinstance(known, BaseModel) and type(known) is type(told):
        for name, field in type(known).model_fields.items():
            place = f"{path}.{field.alias or name}"
            yield from _between(place, getattr(known, name), getattr(told, name))
    elif isinstance(known, tuple) and isinstance(told, tuple) and len(known) == len(told):
        for index, (one, other) in enumerate(zip(known, told, strict=True)):
            yield from _between(f"{path}.{index}", one, other)
    elif known != told:
        yield path
