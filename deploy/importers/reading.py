"""An XES log, case by case: what each element says, and what stands where XES has no place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from deploy.importers.document import Damage, LogUnreadable, Piece

CASES_MAX = 500_000
CASE_EVENTS_MAX = 10_000
CASE_CHARACTERS_MAX = 32 * 1024 * 1024
"""So much may a case and its events say together, each attribute with its overhead."""
ATTRIBUTE_CHARACTERS = 100
VALUE_CHARACTERS_MAX = 4096
"""More than any contract of ours keeps of one text."""
TAG_BYTES_MAX = 4 * 1024 * 1024
DEPTH_MAX = 256
NAMES_MAX = 100_000
"""So many names of elements and of their parts may a file use; the parser remembers each."""

NAME, AT, RESOURCE = "concept:name", "time:timestamp", "org:resource"
"""The standard's keys that we read in every log."""

LOG, CASE, EVENT = 1, 2, 3
"""How deep each stands."""
HEADERS = frozenset({"extension", "global", "classifier"})
PREFIXES: Mapping[str, str] = MappingProxyType(
    {f"{prefix}.xesext": prefix for prefix in ("concept", "org", "time")}
)
"""How we call the extensions that we read; a log may give them names of its own."""

LogAttributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Logged:
    """What an element of the log says."""

    attributes: LogAttributes = field(default_factory=dict)
    twice: frozenset[str] = frozenset()
    """The keys that say two things."""
    empty: frozenset[str] = frozenset()
    """The keys that are there and say nothing."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LoggedCase(Logged):
    """One case, and its events in the order of the file."""

    events: tuple[Logged, ...] = ()
    count: int = 0
    """How many events the log has of it."""
    number: int = 1
    """Its place among the cases of the file."""
    too_large: bool = False
    """Whether it says more than we read of a case: then its events are counted, and not kept."""


@dataclass(frozen=True, slots=True)
class Stray:
    """An element where XES has no place for it: an event outside every case, or a stranger."""

    name: str
    line: int
    number: int
    """The case that it stands in, or else behind; 0 before the first."""


def read_log(document: Iterable[Piece]) -> Iterator[LoggedCase | Stray]:
    """
    Yield what the log in *document* has, one case in memory at a time.

    Raises:
        LogUnreadable: no XES log, damaged, or with a document type, which no XES log has.
    """
    walk = _Walk()
    for piece in document:
        yield from walk.over(piece)
    yield from walk.finish()


class _Telling:
    """The attributes of one element while they are read."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.attributes: dict[str, str] = {}
        self.twice: set[str] = set()
        self.empty: set[str] = set()
        self.characters = ATTRIBUTE_CHARACTERS

    def add(self, key: str, value: str) -> None:
        value = value[:VALUE_CHARACTERS_MAX]
        if not value or value.isspace():
            self.empty.add(key)
        elif self.attributes.setdefault(key, value) != value:
            self.twice.add(key)
        self.characters += ATTRIBUTE_CHARACTERS + len(key) + len(value)

    def complete(self) -> Logged:
        return Logged(self.attributes, frozenset(self.twice), frozenset(self.empty), self.line)


class _Pending(_Telling):
    """The case that is being read, and its events as far as they are kept."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.events: list[Logged] = []
        self.count = 0

    def follow(self, event: _Telling) -> None:
        self.count += 1
        self.characters += event.characters
        if self.is_too_large:
            self.events.clear()
        else:
            self.events.append(event.complete())

    @property
    def is_too_large(self) -> bool:
        return self.count > CASE_EVENTS_MAX or self.characters > CASE_CHARACTERS_MAX

    def numbered(self, number: int) -> LoggedCase:
        return LoggedCase(
            self.attributes,
            frozenset(self.twice),
            frozenset(self.empty),
            self.line,
            events=() if self.is_too_large else tuple(self.events),
            count=self.count,
            number=number,
            too_large=self.is_too_large,
        )


class _Walk:
    """Where the reading stands: how deep, in how many of log, case and event, after what."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._depth = 0
        self._within = 0
        self._case = _Pending(0)
        self._event = _Telling(0)
        self._cases = 0
        self._prefixes: dict[str, str] = {}
        self._complete: list[LoggedCase | Stray] = []
        self._unread = 0
        """The bytes since a tag was last read to its end."""

    def over(self, piece: Piece, *, last: bool = False) -> Iterator[LoggedCase | Stray]:
        """Yield what *piece* completes, even where it then turns out to be damaged."""
        self._complete = []
        damage = self._parsed(piece, last)
        yield from self._complete
        if damage is not None:
            raise damage

    def _parsed(self, piece: Piece, last: bool) -> LogUnreadable | None:  # noqa: FBT001 - as in Parse
        self._unread += len(piece)
        if self._unread > TAG_BYTES_MAX:
            return LogUnreadable(Damage.TOO_LONG_A_TAG, TAG_BYTES_MAX)
        try:
            self._parser.Parse(piece, last)
        except LogUnreadable as damage:
            return damage
        except (expat.ExpatError, ValueError, LookupError) as fault:
            return LogUnreadable(Damage.BROKEN, fault)
        if len(self._parser.intern) > NAMES_MAX:
            return LogUnreadable(Damage.TOO_MANY_NAMES, NAMES_MAX)
        return None

    def finish(self) -> Iterator[LoggedCase | Stray]:
        """Yield what the end of the file completes; a log has a case."""
        yield from self.over(b"", last=True)
        if not self._cases:
            raise LogUnreadable(Damage.NO_CASE)

    def _start(self, name: str, parts: dict[str, str]) -> None:
        self._unread = 0
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise LogUnreadable(Damage.TOO_DEEP, DEPTH_MAX)
        key = parts.get("key")
        if self._depth > self._within + 1:
            self._inside(_local(name), key)
        elif self._within == EVENT and key is not None:
            self._tell(self._event, key, parts)
        else:
            self._enter(_local(name), key, parts)

    def _end(self, _: str) -> None:
        self._unread = 0
        self._depth -= 1
        if self._depth >= self._within:
            return
        self._within = self._depth
        if self._depth == CASE:
            self._case.follow(self._event)
        elif self._depth == LOG:
            self._cases += 1
            self._complete.append(self._case.numbered(self._cases))

    def _enter(self, name: str, key: str | None, parts: dict[str, str]) -> None:
        """Judge an element that stands right in the log, in a case or in an event."""
        match self._within, name:
            case 0, "log":
                self._within = LOG
            case 0, _:
                raise LogUnreadable(Damage.NO_LOG, name)
            case 1, "trace":
                self._begin_case()
            case 2, "event":
                self._within, self._event = EVENT, _Telling(self._parser.CurrentLineNumber)
            case 1, "extension":
                self._learn(parts)
            case 2, _ if key is not None:
                self._tell(self._case, key, parts)
            case 1, _ if key is not None or name in HEADERS:
                pass
            case _:
                self._stray(name)

    def _begin_case(self) -> None:
        if self._cases == CASES_MAX:
            raise LogUnreadable(Damage.TOO_MANY_CASES, CASES_MAX)
        self._within, self._case = CASE, _Pending(self._parser.CurrentLineNumber)

    def _inside(self, name: str, key: str | None) -> None:
        """Pass by what stands in an attribute, a header or a stray, but never by an event."""
        if key is None and name in ("trace", "event"):
            self._stray(name)

    def _tell(self, telling: _Telling, key: str, parts: dict[str, str]) -> None:
        value = parts.get("value")
        if value is not None and telling.characters <= CASE_CHARACTERS_MAX:
            telling.add(self._known(key), value)

    def _stray(self, name: str) -> None:
        number = self._cases + (self._within >= CASE)
        self._complete.append(Stray(name, self._parser.CurrentLineNumber, number))

    def _learn(self, extension: dict[str, str]) -> None:
        known = PREFIXES.get(extension.get("uri", "").rpartition("/")[2])
        prefix = extension.get("prefix")
        if known is not None and prefix is not None and prefix != known:
            self._prefixes[prefix] = known

    def _known(self, key: str) -> str:
        """Return *key* under the prefix that we know its extension by."""
        if not self._prefixes:
            return key
        prefix, colon, name = key.partition(":")
        return f"{self._prefixes.get(prefix, prefix)}{colon}{name}"

    def _refuse_document_type(self, *_: object) -> None:
        raise LogUnreadable(Damage.DOCUMENT_TYPE)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
