"""What may be asked of a route: a parameter that it does not know is refused, never ignored."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from starlette.requests import Request

from shared.web.problems import PARAMETER_REPEATED, PARAMETER_UNKNOWN, Problem, ProblemKind

NAME_CHARACTERS_MAX = 64
UNTOLD = "?"
"""Stands for a name that is too long, or that a terminal would not show as it is."""


def refuse_unknown(request: Request) -> None:
    """
    Return if the route knows every query parameter of *request*.

    Raises:
        Problem: naming one that it does not know, or one that is said twice and has one value.
    """
    if not request.scope["query_string"]:
        return
    known = known_parameters(request.scope["route"].dependant)
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            listed = ", ".join(known) or "-"
            raise _refused(PARAMETER_UNKNOWN, name, {"known": listed})
        if times > 1 and not known[name]:
            raise _refused(PARAMETER_REPEATED, name, {})


def known_parameters(dependant: Dependant) -> Mapping[str, bool]:
    """Return a route's parameters by name, and whether each may have several values."""
    fields = get_flat_params(dependant)
    asked = (one for one in fields if isinstance(one.field_info, Query))
    return {one.alias: _is_list(one.field_info.annotation) for one in asked}


def _is_list(annotation: Any) -> bool:  # noqa: ANN401 - whatever a handler declares
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))


def _refused(kind: ProblemKind, name: str, values: Mapping[str, object]) -> Problem:
    tellable = len(name) <= NAME_CHARACTERS_MAX and name.isprintable()
    return Problem(*kind, field=name if tellable else UNTOLD, values=values)
