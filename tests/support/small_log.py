"""A XES log of a few cases, written by hand, for what the real ones would make too slow."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

DATES = ("date", "timestamp")


@dataclass(frozen=True)
class Logged:
    """An event: its activity, its local time, and whatever else it says."""

    activity: str
    at: str = "2011-10-11T13:45:40.276+02:00"
    more: Mapping[str, str] | None = None

    @property
    def xml(self) -> str:
        told = {"concept:name": self.activity, "time:timestamp": self.at, **(self.more or {})}
        return f"<event>{_attributes(told)}</event>"


def trace(name: str, *events: Logged, **attributes: str) -> str:
    """Return a case with *attributes* of its own."""
    inside = _attributes({"concept:name": name, **attributes})
    return f"<trace>{inside}{''.join(event.xml for event in events)}</trace>"


def log(*traces: str, doctype: str = "") -> bytes:
    """Return the whole document, with a header as the real logs have one."""
    return f"""<?xml version="1.0" encoding="UTF-8" ?>{doctype}
<!-- as OpenXES writes it -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>
  <float key="meta" value="4.13"><float key="nested" value="1.0"/></float>
  {"".join(traces)}
</log>""".encode()


def _attributes(told: Mapping[str, str]) -> str:
    return "".join(
        f"<{'date' if key.lower().endswith(DATES) else 'string'} "
        f'key="{key}" value="{escape(value, quote=True)}"/>'
        for key, value in told.items()
    )
