"""What every service says of itself, asked of services that are put together and never served."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from operator import methodcaller
from typing import Any, TypeVar

import asyncpg
from fastapi import FastAPI

from services.assist import app as assist
from services.intake import app as intake
from services.metrics.adapters.sight import Sight
from services.metrics.app import serving as metrics
from services.review import app as review
from shared.contracts.naming import Language
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.catalogue import OWN, Catalogue, Text
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.description import codes_of
from shared.web.gate import AuthSettings, Gate
from shared.web.policies import Admission, admissions_of
from shared.web.problems import STATUS_CODES, ProblemKind

T = TypeVar("T")

NOWHERE = "postgresql://nowhere/nothing"
"""A pool connects when it is asked, and nobody asks."""
MESSAGES: Mapping[str, Traversable] = {
    "intake": intake.MESSAGES,
    "assist": assist.MESSAGES,
    "review": review.MESSAGES,
    "metrics": metrics.MESSAGES,
}
AUTH = AuthSettings(jwks="jwks.json")


@dataclass(frozen=True, slots=True, order=True)
class ProblemRow:
    """A kind of problem as a reader meets it, in both languages."""

    kind: ProblemKind
    zh: str
    en: str


def documents() -> dict[str, dict[str, Any]]:
    """Return each service's openapi.json, by the service's name."""
    return asyncio.run(_each(methodcaller("openapi")))


def problems_table() -> str:
    """Return every code that an answer may have, with its status, who gives it, and its words."""
    givers: dict[ProblemRow, list[str]] = {}
    for service, document in documents().items():
        catalogue = Catalogue.read(OWN, MESSAGES[service])
        for kind in {ProblemKind(*kind) for kind in STATUS_CODES.items()} | codes_of(document):
            row = ProblemRow(
                kind, *(_said(catalogue.texts[language][kind.code]) for language in Language)
            )
            givers.setdefault(row, []).append(service)
    head = ["| code | status | from | 含义 | meaning |", "|---|---|---|---|---|"]
    rows = [_told(row, givers[row]) for row in sorted(givers, key=_alphabetically)]
    return "\n".join([*head, *rows, ""])


def admissions() -> dict[str, dict[tuple[str, str], Admission]]:
    """Return whom each service's routes let in, by the service's name."""
    return asyncio.run(_each(admissions_of))


async def _each(told: Callable[[FastAPI], T]) -> dict[str, T]:
    async with await open_pool(NOWHERE, "nothing") as pool:
        return {service: told(app) for service, app in _apps(pool).items()}


def _apps(pool: asyncpg.Pool) -> dict[str, FastAPI]:
    clock, ids = SystemClock(), SystemIds()
    ports: dict[str, Any] = {"clock": clock, "ids": ids, "source": "urn:casetrack:610102"}
    owners: dict[str, Any] = {
        **ports,
        "store": PostgresEventStore(pool),
        "gate": Gate.of(AUTH, clock),
        "district": "610102",
    }
    return {
        "intake": intake.Intake(**owners).web,
        "assist": assist.Assist(**owners).web,
        "review": review.Review(**owners).web,
        "metrics": metrics.Reader.over(Sight(pool, pool), **ports, auth=AUTH).web,
    }


def _alphabetically(row: ProblemRow) -> tuple[str, int, str]:
    return row.kind.code, row.kind.status, row.en


def _said(text: Text) -> str:
    return f"**{text.title}** {text.detail}"


def _told(row: ProblemRow, services: list[str]) -> str:
    givers = "all" if len(services) == len(MESSAGES) else ", ".join(services)
    return f"| `{row.kind.code}` | {row.kind.status} | {givers} | {row.zh} | {row.en} |"
