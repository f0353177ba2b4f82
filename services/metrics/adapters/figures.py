"""The cases of one source as the projection's timeline holds them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import msgspec

from services.metrics.domain.log_figures import CaseOfLog, LogFact
from shared.contracts.handling.facts import ActivityRecorded, CaseClosed
from shared.eventstore.postgres import translated

ROWS_FETCHED = 2_000

# The primary key gives the order of dossiers. The search for the quoted name
# only leaves out what need not be parsed.
LOAD_FACTS = """
SELECT dossier, occurred_at, body
FROM timeline
WHERE strpos(body, to_json($1::text)::text) > 0
ORDER BY dossier
"""

STARTED = "startdate"


class _Activity(msgspec.Struct):
    activity: str = ""


class _Body(msgspec.Struct):
    source: str
    type: str
    data: _Activity
    sequence: str = ""
    activity: str = ""
    derived: bool = False


_BODY = msgspec.json.Decoder(_Body)


@dataclass(slots=True)
class _Draft:
    """One case while its facts come in."""

    dossier: str
    spelling: str = STARTED
    events: list[LogFact] = field(default_factory=list)
    instants: dict[str, datetime] = field(default_factory=dict)

    def add(self, at: datetime, body: _Body) -> None:
        if body.type == CaseClosed.TYPE:
            self.instants["ended_at"] = at
        if not body.derived:
            digits = body.sequence
            number = int(digits) if digits.isdecimal() else 0
            self.events.append(
                LogFact(at, number, body.activity or body.data.activity or body.type)
            )
        elif body.type == ActivityRecorded.TYPE:
            self._add_attribute(at, body.data.activity)

    def _add_attribute(self, at: datetime, name: str) -> None:
        match name.casefold():
            case "startdate":
                self.instants["started_at"] = at
                self.spelling = name
            case "deadline":
                self.instants["deadline_at"] = at
            case _:
                pass

    def case(self) -> CaseOfLog:
        ordered = sorted(self.events, key=lambda told: (told.sequence, told.at))
        return CaseOfLog(tuple(ordered), **self.instants)


@dataclass(frozen=True, slots=True)
class LoggedCases:
    """All cases of one source, and how it spells the attribute of their start."""

    cases: tuple[CaseOfLog, ...]
    started: str

    @property
    def ended(self) -> str:
        """The attribute of the end, spelled like that of the start: startDate, endDate."""
        return f"end{self.started.removeprefix('start')}"


async def load_cases(connection: asyncpg.Connection, source: str) -> LoggedCases:
    """
    Return the cases of which *source* told something, each with what that source told.

    One snapshot of the timeline; memory holds the events' names and instants,
    never their bodies.

    Raises:
        StoreUnavailable: the database did not answer.
    """
    with translated():
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            drafts = [draft async for draft in _drafts(connection, source)]
    spelling = next((draft.spelling for draft in drafts if "started_at" in draft.instants), STARTED)
    return LoggedCases(tuple(draft.case() for draft in drafts if draft.events), spelling)


async def _drafts(connection: asyncpg.Connection, source: str) -> AsyncIterator[_Draft]:
    draft: _Draft | None = None
    async for row in connection.cursor(LOAD_FACTS, source, prefetch=ROWS_FETCHED):
        body = _BODY.decode(row["body"])
        if body.source != source:
            continue
        if draft is None or draft.dossier != row["dossier"]:
            if draft is not None:
                yield draft
            draft = _Draft(row["dossier"])
        draft.add(row["occurred_at"], body)
    if draft is not None:
        yield draft
