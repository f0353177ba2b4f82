"""A logged case said in our language: an event for each of the log's, and what its ends imply."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import uuid5

from pydantic import ValidationError

from deploy.importers.history import CaseSoFar
from deploy.importers.meanings import actor, said
from deploy.importers.names import IDENTITIES, CaseNumbers
from deploy.importers.profiles import Profile
from deploy.importers.reading import AT, NAME, RESOURCE, Logged, LoggedCase, Stray
from deploy.importers.told import LogPlace, Oddity, Remark, Remarked, Telling, ToldCase, Unusable
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import ActivityRecorded, CaseClosed
from shared.contracts.handling.words import ResultType
from shared.contracts.moments import is_meant

SOURCE = "urn:casetrack:import:"
CHANNEL = "channel"
TEXT_CHARACTERS_MAX = 80
"""So much of a text that we could not use is shown."""
LOGGED_AS = {"activity": NAME, "resource": RESOURCE, "actorid": RESOURCE}
"""What the log calls our fields that take a text of its own."""


class LogEnvelope(TypedDict, total=False):
    """What the log itself says in the envelope."""

    time: datetime
    activity: str
    actorid: str | None
    derived: bool


class _Untellable(Exception):
    """What the log says under *field* cannot be told."""

    def __init__(self, code: Oddity, field: str, text: str = "") -> None:
        super().__init__(code, field, text)
        self.code = code
        self.field = field
        self.text = text[:TEXT_CHARACTERS_MAX]

    def at(self, place: LogPlace) -> Unusable:
        return Unusable(place, self.code, self.field, self.text)


@dataclass(frozen=True, slots=True)
class Import:
    """One log under its profile."""

    log: str
    profile: Profile

    @property
    def source(self) -> str:
        return f"{SOURCE}{self.log}"

    def identity(self, case_no: str, place: str) -> str:
        """Return the id of what stands at *place* in the case: a number, or an attribute."""
        return str(uuid5(IDENTITIES, f"{self.source}\n{case_no}\n{place}"))

    def told(self, logged: Iterable[LoggedCase | Stray]) -> Iterator[ToldCase]:
        """
        Yield what each case says, in the order of time, and what it fails to say.

        Every logged event gives one event with the name of its activity, or is
        named as unusable. What the attributes of the case say is added and
        marked as derived.
        """
        numbers = CaseNumbers(self.log)
        for one in logged:
            yield _astray(one) if isinstance(one, Stray) else self._case(one, numbers)

    def _case(self, case: LoggedCase, numbers: CaseNumbers) -> ToldCase:
        if NAME in case.twice:
            return _refused(case, LogPlace(case.number, case.line), Oddity.TWICE)
        case_no, as_logged = numbers.next(case.attributes.get(NAME, ""), case.number)
        place = LogPlace(case.number, case.line, case_no=case_no)
        if case.too_large:
            return _refused(case, place, Oddity.TOO_LARGE)
        history = self._history(case, case_no)
        parts = [*self._derived(history, case, place), *self._logged(history, case)]
        tellings = [part for part in parts if isinstance(part, Telling)]
        tellings.sort(key=lambda telling: telling.event.order)
        unusable = [part for part in parts if isinstance(part, Unusable)]
        renamed = [] if as_logged else [Remarked(place, Remark.RENAMED, NAME)]
        return ToldCase(case.count, tellings, unusable, [*renamed, *self._emptied(case, place)])

    def _emptied(self, case: LoggedCase, place: LogPlace) -> Iterator[Remarked]:
        """Yield what is there and says nothing, where we would have read it."""
        profile = self.profile
        for key in (CHANNEL, profile.started, profile.deadline, profile.ended):
            if key in case.empty:
                yield Remarked(place, Remark.EMPTY, key)
        for number, logged in enumerate(case.events, start=1):
            if logged.empty:
                here = LogPlace(case.number, logged.line, number, place.case_no)
                yield from (
                    Remarked(here, Remark.EMPTY, key)
                    for key in profile.optional
                    if key in logged.empty
                )

    def _history(self, case: LoggedCase, case_no: str) -> CaseSoFar:
        def instant(key: str | None) -> datetime | None:
            try:
                return self._instant(case, key)
            except _Untellable:
                return None

        profile = self.profile
        return CaseSoFar(
            case_no=case_no,
            profile=profile,
            started_at=instant(profile.started),
            deadline_at=instant(profile.deadline),
            channel=case.attributes.get(CHANNEL, ""),
        )

    def _logged(self, history: CaseSoFar, case: LoggedCase) -> Iterator[Telling | Unusable]:
        for number, logged in enumerate(case.events, start=1):
            place = LogPlace(case.number, logged.line, number, history.case_no)
            try:
                yield Telling(place, self._event(history, logged, number))
            except _Untellable as flaw:
                yield flaw.at(place)

    def _event(self, history: CaseSoFar, logged: Logged, number: int) -> Event:
        for key in self.profile.reads:
            if key in logged.twice:
                raise _Untellable(Oddity.TWICE, key)
        activity, at = logged.attributes.get(NAME), self._instant(logged, AT)
        if activity is None or at is None:
            raise _Untellable(Oddity.MISSING, AT if activity else NAME)
        try:
            return self._enveloped(
                history,
                said(history, logged.attributes, number, at),
                str(number),
                number,
                time=at,
                activity=activity,
                actorid=actor(logged.attributes) if RESOURCE in logged.attributes else None,
            )
        except ValidationError as refusal:
            raise _beyond_the_contract(refusal) from None

    def _derived(
        self, history: CaseSoFar, case: LoggedCase, place: LogPlace
    ) -> Iterator[Telling | Unusable]:
        """Yield what the attributes of the case say: its start, its deadline, its end."""
        profile = self.profile
        for key in (profile.started, profile.deadline, profile.ended):
            try:
                at = self._instant(case, key)
            except _Untellable as flaw:
                yield flaw.at(place)
                continue
            if key is not None and at is not None:
                yield Telling(place, self._implied(history, case, key, at))

    def _implied(self, history: CaseSoFar, case: LoggedCase, key: str, at: datetime) -> Event:
        """Return what the attribute *key* of the case says."""
        if key != self.profile.ended:
            fact = ActivityRecorded(case_no=history.case_no, activity=key)
            return self._enveloped(history, fact, key, 0, time=at, derived=True)
        closing = CaseClosed(
            case_no=history.case_no,
            result_type=ResultType.CLOSED_OTHER,
            closed_date=history.local(at),
            onsite_visits=0,
        )
        # Behind everything that the log has of the same instant.
        return self._enveloped(history, closing, key, case.count + 1, time=at, derived=True)

    def _instant(self, logged: Logged, key: str | None) -> datetime | None:
        """Return the instant that *logged* has under *key*, if any."""
        if key is None or key not in logged.attributes:
            return None
        if key in logged.twice:
            raise _Untellable(Oddity.TWICE, key)
        instant = self.profile.instant(logged.attributes[key].strip())
        if instant is None or not is_meant(instant):
            raise _Untellable(Oddity.UNREADABLE, key, logged.attributes[key])
        return instant

    def _enveloped(
        self,
        history: CaseSoFar,
        fact: Fact,
        place: str,
        sequence: int,
        **attributes: Unpack[LogEnvelope],
    ) -> Event:
        return Event.of(
            fact,
            id=self.identity(history.case_no, place),
            source=self.source,
            partitionkey=history.case_no,
            sequence=str(sequence),
            **attributes,
        )


def _refused(case: LoggedCase, place: LogPlace, code: Oddity) -> ToldCase:
    """Return that nothing of *case* is told."""
    field = "<trace>" if code is Oddity.TOO_LARGE else NAME
    return ToldCase(case.count, [], [Unusable(place, code, field, count=max(1, case.count))])


def _astray(stray: Stray) -> ToldCase:
    is_event = stray.name == "event"
    code = Oddity.OUTSIDE if is_event else Oddity.UNKNOWN
    place = LogPlace(stray.number, stray.line)
    unusable = Unusable(place, code, f"<{stray.name}>"[:TEXT_CHARACTERS_MAX])
    return ToldCase(int(is_event), [], [unusable], is_case=False)


def _beyond_the_contract(refusal: ValidationError) -> _Untellable:
    first = refusal.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][-1])
    field = LOGGED_AS.get(name, name)
    if first["type"] == "string_too_long":
        return _Untellable(Oddity.TOO_LONG, field, str(first["ctx"]["max_length"]))
    return _Untellable(Oddity.INVALID, field, first["msg"])
