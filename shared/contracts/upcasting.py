"""How an old version of a type becomes the current one, each time that it is read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from shared.contracts.documents import Document, printable
from shared.contracts.unreadable import Flaw, Unreadable

Upcaster = Callable[[Document], Document]
"""Pure: takes the *data* of version N and returns the data of version N + 1."""

UPCASTERS: Mapping[str, Upcaster] = MappingProxyType({})
"""By the old type's name; no type has had a second version yet."""


def successor(kind: str) -> str:
    """Return the type name of the next version: ``….v1`` gives ``….v2``."""
    stem, _, version = kind.rpartition(".v")
    return f"{stem}.v{int(version) + 1}"


def upcast(document: Document, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> Document:
    """
    Return *document* in the newest version that *upcasters* lead to.

    Raises:
        Unreadable: the data are not of the version that the type names.
    """
    while (step := upcasters.get(document["type"])) is not None:
        document = {
            **document,
            "type": successor(document["type"]),
            "data": _stepped(step, document),
        }
    return document


def _stepped(step: Upcaster, document: Document) -> Document:
    # Nothing has looked at the old data yet, so a missing or misshapen field surfaces here.
    try:
        return step(document["data"])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        detail = printable(f"not the data of {document['type']}: {fault!r}")
        raise Unreadable(Flaw.INVALID_DATA, "data", detail) from fault
