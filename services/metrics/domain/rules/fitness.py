"""Whether the rows of a policy find in our subjects what they look for there."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import product
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from services.metrics.domain.rules.refusals import (
    LimitFactSilent,
    LimitFieldUnfit,
    LimitNameUnknown,
)
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.register import KINDS
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.terms import Ending, Extension, UnitCode
from shared.policy.limits import Limit
from shared.policy.lookup import OF_THE_CASE, Needed
from shared.policy.sla import Policy

OWN: tuple[type[Subject], ...] = (*KINDS, Card)
KIND: Mapping[str, type[Subject]] = {kind.COURSE.subject: kind for kind in OWN}

KEPT: Mapping[Needed, frozenset[Any]] = {
    Needed.DAY: frozenset({date, NoneType}),
    Needed.AMOUNT: frozenset({int, NoneType}),
    Needed.MOMENT: frozenset({date, datetime, NoneType}),
    Needed.UNIT: frozenset({UnitCode, NoneType}),
    Needed.ENDING: frozenset({Ending, NoneType}),
    Needed.EXTENSIONS: frozenset({Extension, Ellipsis}),
    Needed.NAME: frozenset({str}),
}
"""The types of the fields in which a row may look for something."""


def require_fit(policy: Policy) -> None:
    """
    Return where every row of *policy* can be followed by what our subjects keep.

    Raises:
        RulesRejection: a row looks for what no subject has; the values say which, and where.
    """
    for limit in policy.limits:
        _require_subjects(limit)
        _require_steps(limit)
        _require_stated(limit)
        _require_fields(limit)


def _require_subjects(limit: Limit) -> None:
    for place, kind in limit.subjects:
        # Of a card there is nothing to raise another one for, and nothing else goes up.
        climbs = limit.escalates and place == "subject"
        if kind not in KIND or (kind == Card.COURSE.subject) is not climbs:
            raise LimitNameUnknown(row=limit.id, place=place, name=kind)


def _require_steps(limit: Limit) -> None:
    for place, kind, fact in limit.facts:
        own = kind == limit.subject
        beside = own and fact in {one.TYPE for one in KIND[kind].BESIDE}
        silent = fact in {one.TYPE for one in KIND[kind].SILENT}
        if (not beside) if own and limit.beside else silent:
            raise LimitFactSilent(row=limit.id, place=place, name=fact)


def _require_stated(limit: Limit) -> None:
    stated = {fact.TYPE: (fact, name) for fact, name in KIND[limit.subject].STATED.items()}
    for one, start in product(limit.stated, limit.starts):
        words = {"row": limit.id, "place": one.place, "name": one.name}
        saying = (kind for kind in (start.fact, *start.since) if kind in stated)
        fact, name = stated.get(next(saying, ""), (None, ""))
        if fact is None or name != one.name:
            raise LimitNameUnknown(**words)
        by_day = date in map(_bare, _options(fact.model_fields[name].annotation))
        if by_day is not one.by_day:
            raise LimitFieldUnfit(**words)


def _require_fields(limit: Limit) -> None:
    for place, path, needed in limit.fields:
        kept = types_of(KIND[limit.subject], path)
        if not kept:
            raise LimitNameUnknown(row=limit.id, place=place, name=path)
        if not kept <= KEPT[needed]:
            raise LimitFieldUnfit(row=limit.id, place=place, name=path)


def types_of(kind: type[Subject], path: str) -> frozenset[Any]:
    """Return the types of what *kind*, or its case, keeps at *path*; none where it keeps none."""
    found: Any = Case if path.startswith(OF_THE_CASE) else kind
    for name in path.removeprefix(OF_THE_CASE).split("."):
        owner = next((one for one in _options(found) if one is not NoneType), None)
        hints = get_type_hints(owner, include_extras=True) if isinstance(owner, type) else {}
        if name not in getattr(owner, "__struct_fields__", ()):
            return frozenset()
        found = hints[name]
    return _options(found)


def _bare(hint: Any) -> Any:  # noqa: ANN401 - a type, as it is written
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _options(hint: Any) -> frozenset[Any]:  # noqa: ANN401 - a type, as it is written
    if get_origin(hint) is Annotated:
        return frozenset({hint})
    return frozenset(get_args(hint)) or frozenset({hint})
