"""Server-Sent Events, read line by line."""

from dataclasses import dataclass, field

MEDIA_TYPE = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a stream."""

    event: str
    event_id: str
    data: str


@dataclass(slots=True)
class Unfinished:
    """The lines of an event that is not whole yet."""

    _fields: dict[str, str] = field(default_factory=dict)

    def take(self, line: str) -> Message | None:
        """Return the event that *line* ends, if any; comments and heartbeats say nothing."""
        told = self._fields
        if not line:
            self._fields = {}
            if "data" in told or "event" in told:
                return Message(told.get("event", ""), told.get("id", ""), told.get("data", ""))
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        told[name] = f"{told[name]}\n{value}" if name == "data" and name in told else value
        return None
