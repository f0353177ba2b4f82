"""A logged case said in our language: an event for each of the log's, and what its ends imply."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID, uuid5

from deploy.command.xes.history import History
from deploy.command.xes.meanings import actor, said
from deploy.command.xes.profiles import Profile
from deploy.command.xes.reading import Attributes, LoggedCase
from shared.contracts.enums import ResultType
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling import ActivityRecorded, CaseClosed

SOURCE = "urn:casetrack:import:"
IDENTITIES = UUID("5ac2f0a4-5d3f-5d0b-8a5e-6f3a3f0c7a10")
"""The name space of our ids: the same log gives the same ids on every machine."""

CASE_NO_CHARACTERS_MAX = 50
DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Unusable:
    """A logged event that cannot be told, because *missing* is not there."""

    case_no: str
    number: int
    missing: str


class Told(TypedDict, total=False):
    """What the log itself says in the envelope."""

    time: datetime
    activity: str
    actorid: str | None
    derived: bool


@dataclass(frozen=True, slots=True)
class Import:
    """One log under its profile."""

    log: str
    profile: Profile

    @property
    def source(self) -> str:
        return f"{SOURCE}{self.log}"

    def case_no(self, name: str) -> str:
        """Return the number of the case that the log calls *name*."""
        number = f"{self.log}:{name}"
        if len(number) <= CASE_NO_CHARACTERS_MAX:
            return number
        digest = uuid5(IDENTITIES, number).hex[:DIGEST_CHARACTERS]
        return f"{number[: CASE_NO_CHARACTERS_MAX - DIGEST_CHARACTERS - 1]}:{digest}"

    def identity(self, case_no: str, place: str) -> str:
        """Return the id of what stands at *place* in the case: a number, or an attribute."""
        return str(uuid5(IDENTITIES, f"{self.source}\n{case_no}\n{place}"))

    def told(self, case: LoggedCase) -> tuple[list[Event], list[Unusable]]:
        """
        Return what *case* says, in the order of time, and what it fails to say.

        Every logged event gives one event with the name of its activity. What
        the attributes of the case say is added and marked as derived.
        """
        history = self._history(case)
        logged = list(self._logged(history, case))
        events = [*self._derived(history, case), *(one for one in logged if isinstance(one, Event))]
        events.sort(key=lambda event: event.order)
        return events, [one for one in logged if isinstance(one, Unusable)]

    def _history(self, case: LoggedCase) -> History:
        profile, given = self.profile, case.attributes
        return History(
            case_no=self.case_no(given.get("concept:name", "")),
            profile=profile,
            started_at=profile.instant(given.get(profile.started)),
            deadline_at=profile.instant(given.get(profile.deadline or "")),
            channel=given.get("channel", ""),
        )

    def _logged(self, history: History, case: LoggedCase) -> Iterator[Event | Unusable]:
        for number, logged in enumerate(case.events, start=1):
            activity = logged.get("concept:name")
            at = self.profile.instant(logged.get("time:timestamp"))
            if not activity or at is None:
                missing = "time:timestamp" if activity else "concept:name"
                yield Unusable(history.case_no, number, missing)
                continue
            fact = said(history, logged, number, at)
            yield self._event(
                history, fact, number, str(number), time=at, activity=activity, actorid=_who(logged)
            )

    def _derived(self, history: History, case: LoggedCase) -> Iterator[Event]:
        """Yield what the attributes of the case say: its start, its deadline, its end."""
        profile, given = self.profile, case.attributes
        for name in (profile.started, profile.deadline):
            at = profile.instant(given.get(name or ""))
            if name is not None and at is not None:
                fact = ActivityRecorded(case_no=history.case_no, activity=name)
                yield self._event(history, fact, 0, name, time=at, derived=True)
        ended_at = profile.instant(given.get(profile.ended))
        if ended_at is not None:
            closing = CaseClosed(
                case_no=history.case_no,
                result_type=ResultType.CLOSED_OTHER,
                closed_date=history.local(ended_at),
                onsite_visits=0,
            )
            # Behind everything that the log has of the same instant.
            last = len(case.events) + 1
            yield self._event(history, closing, last, profile.ended, time=ended_at, derived=True)

    def _event(
        self,
        history: History,
        fact: Fact,
        number: int,
        place: str,
        **attributes: Unpack[Told],
    ) -> Event:
        return Event.of(
            fact,
            id=self.identity(history.case_no, place),
            source=self.source,
            partitionkey=history.case_no,
            sequence=str(number),
            **attributes,
        )


def _who(logged: Attributes) -> str | None:
    return actor(logged) if logged.get("org:resource") else None
