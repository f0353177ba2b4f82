"""Which publisher may speak from which source, and of which types."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.contracts.rules.facts import PublisherKey
from shared.policy.calendar import WorkCalendar

BACKDATED_DAYS = 10
"""
So many working days after the event most publishers may still tell of it, and be believed.

Units enter finished work in one go, late; a month's end lies within it. What was told later
still would take back what clocks have said for half of the statutory limit (T-08).
"""
BACKDATED_DAYS_MAX = 250
"""A year of working days: who has to tell of more is an importer of history."""

PAIRS_REMEMBERED_MAX = 1024
"""Of patterns and type: every publisher says little more than a dozen things, again and again."""


def _closed(prefix: str) -> str:
    # "urn:a" would let its holder speak for "urn:ab:" as well.
    if prefix and prefix[-1] not in ":/":
        raise ValueError("a source prefix ends with ':' or '/'; '' is every source")
    return prefix.casefold()


SourcePrefix = Annotated[str, AfterValidator(_closed)]
TypePattern = Annotated[str, Field(pattern=r"^casetrack\.([a-z0-9_]+\.)*(\*|v[0-9]+)$")]
"""A whole type, or the beginning of one with ``*`` for the rest."""


Backdating = Annotated[int, Field(ge=0, le=BACKDATED_DAYS_MAX)] | Literal["unlimited"]
"""In working days."""


class Publisher(BaseModel):
    """
    A registered system: the sources it may name and the types it may speak of.

    What it says of a subject that another founded, or of days that lie further
    back than its word reaches, is kept and doubted until somebody confirms it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    name: str
    sources: tuple[SourcePrefix, ...]
    types: tuple[TypePattern, ...]
    key: PublisherKey | None = None
    """Its own, and nothing secret."""
    others: tuple[TypePattern, ...] = ()
    """The types that are believed of it about subjects of others, too: a hotline's case is ours."""
    backdates: Backdating = BACKDATED_DAYS
    """So far back its word reaches, from when we learn of it."""

    @property
    def tells_history(self) -> bool:
        """Whether it is an importer: what it tells is no news, and nobody waits for it."""
        return self.backdates == "unlimited"

    def speaks_of_others(self, type_: str) -> bool:
        """Whether its *type_* is believed about subjects that another founded."""
        return matches(self.others, type_)

    def believed_from(self, learned: date, calendar: WorkCalendar) -> date | None:
        """Return the earliest day of which it is believed on *learned*; None is any day."""
        return None if self.backdates == "unlimited" else back(calendar, learned, self.backdates)


class Publishers(BaseModel):
    """
    The register; the *reserved* sources and types are our own, and nobody else speaks of them.

    Except from those sources within that a publisher is registered for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reserved: tuple[SourcePrefix, ...]
    reserved_types: tuple[TypePattern, ...]
    publishers: tuple[Publisher, ...]

    @model_validator(mode="after")
    def _known_by_one_name(self) -> Self:
        if len(self.by_id) != len(self.publishers):
            raise ValueError("two publishers have the same id")
        return self

    @cached_property
    def by_id(self) -> Mapping[str, Publisher]:
        return {publisher.id: publisher for publisher in self.publishers}

    def is_reserved(self, source: str) -> bool:
        folded = source.casefold()
        return folded.startswith(self.reserved) and not folded.startswith(self._granted)

    @cached_property
    def _granted(self) -> tuple[SourcePrefix, ...]:
        sources = (source for publisher in self.publishers for source in publisher.sources)
        return tuple(source for source in sources if source.startswith(self.reserved))

    def may_name(self, publisher: Publisher, source: str) -> bool:
        """Whether *publisher* may speak from *source* at all."""
        return self._covers(publisher.sources, source)

    def _covers(self, prefixes: tuple[str, ...], source: str) -> bool:
        return source.casefold().startswith(prefixes) and not self.is_reserved(source)

    def may_speak(self, publisher: Publisher, source: str, type_: str) -> bool:
        """Whether *publisher* may say from *source* that a *type_* happened."""
        return self._judged(publisher.sources, publisher.types, source, type_)

    @cached_property
    def _judged(self) -> Callable[[tuple[str, ...], tuple[str, ...], str, str], bool]:
        """Judges by what an entry says, and remembers: nearly every fact is of a known kind."""

        @lru_cache(maxsize=PAIRS_REMEMBERED_MAX)
        def judged(
            sources: tuple[str, ...], types: tuple[str, ...], source: str, type_: str
        ) -> bool:
            return (
                self._covers(sources, source)
                and matches(types, type_)
                and not matches(self.reserved_types, type_)
            )

        return judged

    def with_entry(self, publisher: Publisher) -> Self:
        """Return the register with *publisher* in place of the entry of the same id, if any."""
        return self._of((*self.without(publisher.id).publishers, publisher))

    def without(self, publisher_id: str) -> Self:
        """Return the register without the entry *publisher_id*, if there is one."""
        return self._of(tuple(one for one in self.publishers if one.id != publisher_id))

    def _of(self, publishers: tuple[Publisher, ...]) -> Self:
        return type(self)(
            reserved=self.reserved, reserved_types=self.reserved_types, publishers=publishers
        )

    def speaking_from(self, source: str) -> Publisher | None:
        """Return the publisher whose prefix of *source* is longest, if any may name it."""
        named = [publisher for publisher in self.publishers if self.may_name(publisher, source)]
        return max(named, key=lambda publisher: _length(publisher, source), default=None)


@lru_cache(maxsize=PAIRS_REMEMBERED_MAX)
def back(calendar: WorkCalendar, learned: date, count: int) -> date:
    return calendar.working_days_back(learned, count)


def _length(publisher: Publisher, source: str) -> int:
    folded = source.casefold()
    return max(len(prefix) for prefix in publisher.sources if folded.startswith(prefix))


@lru_cache(maxsize=PAIRS_REMEMBERED_MAX)
def matches(patterns: tuple[str, ...], type_: str) -> bool:
    """Whether one of *patterns* is *type_*, or the beginning of it."""
    return any(
        type_.startswith(pattern[:-1]) if pattern.endswith("*") else type_ == pattern
        for pattern in patterns
    )


TRIAL = Publisher(
    id="trial",
    name="试用接口",
    sources=("",),
    types=("casetrack.*",),
    others=("casetrack.*",),
    backdates="unlimited",
)
"""Speaks from every source that is not ours: for trials on one machine, and nowhere else."""


@cache
def registered(*, trial: bool = False) -> Publishers:
    """Return the register that is shipped with the bureau's policy, with `TRIAL` where asked."""
    text = files("shared.policy").joinpath("publishers.json").read_text(encoding="utf-8")
    shipped = Publishers.model_validate_json(text)
    return shipped.with_entry(TRIAL) if trial else shipped
