"""The schemas of all views, as `openapi.json` holds them."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from msgspec import json
from msgspec.structs import fields

from services.metrics.views.alert import (
    Acknowledged,
    Alert,
    AlertPage,
    CardGroups,
    Escalated,
    Revoked,
)
from services.metrics.views.case import (
    Case,
    CasePage,
    ClockPage,
    ElapsedPage,
    Judged,
    OrganisationPage,
    TimelinePage,
)
from services.metrics.views.certificate import SignedCertificate
from services.metrics.views.delivery import ChannelPage, DeliveryLine, DeliveryPage
from services.metrics.views.explanation import Explanation
from services.metrics.views.filing import FiledItem
from services.metrics.views.freshness import Completeness
from services.metrics.views.kpi import KpiCasePage, KpiCourse, KpiPage
from services.metrics.views.mine import OwnCasePage, SentPage, WorkPage
from services.metrics.views.order import OrderLine, OrderPage
from services.metrics.views.plan import PlanPage, ReportPage, TargetPage
from services.metrics.views.publisher import DoubtProgress, PublisherDoubted
from services.metrics.views.rules import RulesChanged, RulesProgress, RulesShown
from services.metrics.views.today import Delta, SessionShown, Snapshot
from services.metrics.views.view import View

REFERENCE = "#/components/schemas/{name}"

ANSWERS: tuple[type[View], ...] = (
    CasePage,
    OrganisationPage,
    Case,
    TimelinePage,
    ClockPage,
    ElapsedPage,
    SignedCertificate,
    Explanation,
    FiledItem,
    Judged,
    AlertPage,
    Alert,
    Acknowledged,
    Escalated,
    Revoked,
    OrderPage,
    OrderLine,
    CardGroups,
    ChannelPage,
    DeliveryPage,
    DeliveryLine,
    KpiPage,
    KpiCourse,
    KpiCasePage,
    PlanPage,
    ReportPage,
    TargetPage,
    Completeness,
    WorkPage,
    OwnCasePage,
    SentPage,
    RulesShown,
    RulesChanged,
    RulesProgress,
    PublisherDoubted,
    DoubtProgress,
    Snapshot,
    Delta,
    SessionShown,
)


def schemas() -> Mapping[str, Any]:
    """Return the schema of each answer, and of each part of one, by name."""
    _, components = json.schema_components(ANSWERS, ref_template=REFERENCE)
    for view in _kinds(View):
        if view.__name__ in components:
            _describe(components[view.__name__]["properties"], view)
    return components


def _describe(properties: dict[str, Any], view: type[View]) -> None:
    told = _told(view)
    for field in fields(view):
        if field.name in told:
            # It counts beside a reference, too: this is the dialect of 2020-12.
            properties[field.encode_name] |= {"description": told[field.name]}


def _kinds(kind: type[View]) -> Iterator[type[View]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def _told(view: type[View]) -> Mapping[str, str]:
    """Return what stands beneath the fields of *view*, those that it has inherited included."""
    kinds = [kind for kind in view.__mro__ if issubclass(kind, View) and kind is not Delta]
    return {name: said for kind in reversed(kinds) for name, said in _beneath(kind)}


def _beneath(view: type[View]) -> Iterator[tuple[str, str]]:
    (source,) = ast.parse(inspect.getsource(view)).body
    for field, text in pairwise(source.body if isinstance(source, ast.ClassDef) else ()):
        match field, text:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(said))):
                yield name, inspect.cleandoc(said)
            case _:
                continue
