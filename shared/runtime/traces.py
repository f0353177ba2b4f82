"""
Traces: where the time of a request goes, from the door to the fold and the page.

Nobody pays for them who has not asked: without the standard variables of OpenTelemetry
(`OTEL_EXPORTER_OTLP_ENDPOINT`) nothing of it is imported, and every span is the same nothing.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from importlib import import_module
from typing import Protocol

import structlog

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
OURS = "http/protobuf"
CAUSES_MAX = 128
"""
So many facts a span of a batch names at most, as OpenTelemetry does by default.

That many fit into what PostgreSQL tells at once, 8,000 bytes.
"""
CAUSE = re.compile(rb'"traceparent": ?"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"')

SpanValue = str | int | float | bool
SpanWords = Mapping[str, SpanValue]

log = structlog.get_logger()


class SpanKind(StrEnum):
    """What a span does for whoever looks at it from outside."""

    SERVER = "SERVER"
    INTERNAL = "INTERNAL"
    PRODUCER = "PRODUCER"
    CONSUMER = "CONSUMER"


class TraceSpan(Protocol):
    """A stretch of work that somebody will look at; it names no case and no person."""

    @property
    def trace_id(self) -> str: ...

    @property
    def traceparent(self) -> str:
        """What an event or a notification says of where it came from."""
        ...

    def tell(self, name: str = "", **about: SpanValue) -> None: ...


class Tracing(Protocol):
    """What makes spans and sends them away."""

    def span(
        self,
        name: str,
        kind: SpanKind,
        carrier: Mapping[str, str],
        causes: Iterable[str],
        about: SpanWords,
    ) -> AbstractContextManager[TraceSpan]: ...

    def current(self) -> TraceSpan | None: ...

    def end(self) -> None: ...


NOTHING: AbstractContextManager[None] = nullcontext()
NO_CARRIER: Mapping[str, str] = {}

_tracing: Tracing | None = None


def begin_traces(process: str, environment: Mapping[str, str] = os.environ) -> None:
    """Trace *process* from here on, where *environment* says where spans are to be sent."""
    global _tracing  # noqa: PLW0603 - a process has one tracer, as it has one log
    if not _wanted(environment):
        return
    protocol = next((environment[one] for one in PROTOCOLS if environment.get(one)), OURS)
    if protocol != OURS:
        log.warning("traces_not_sent", reason="protocol", protocol=protocol, known=OURS)
        return
    try:
        _tracing = import_module("shared.runtime.spans").OtlpTracing(process)
    except ImportError as fault:
        log.warning("traces_not_sent", reason="not_installed", missing=fault.name)


def end_traces() -> None:
    """Send what is still to be sent, as far as that takes no time."""
    global _tracing
    ending, _tracing = _tracing, None
    if ending is not None:
        ending.end()


def _wanted(environment: Mapping[str, str]) -> bool:
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    exported = environment.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp"
    return exported and not disabled and any(environment.get(one) for one in ENDPOINTS)


def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, causes: Iterable[str] = (), **about: SpanValue
) -> AbstractContextManager[TraceSpan | None]:
    """
    Give a span while the block lasts; None where nobody traces.

    Of one cause it is a part, of several it knows; without any it is a part of what is going on.
    """
    if _tracing is None:
        return NOTHING
    return _tracing.span(name, kind, NO_CARRIER, causes, about)


def request_span(headers: Mapping[str, str]) -> AbstractContextManager[TraceSpan | None]:
    """Give the span of a request, a part of what its sender says in *headers*."""
    if _tracing is None:
        return NOTHING
    carrier = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    return _tracing.span("request", SpanKind.SERVER, carrier, (), {})


def traced() -> bool:
    """Whether anybody looks: what only they need is not to be made otherwise."""
    return _tracing is not None


def current_span() -> TraceSpan | None:
    """Return the span that is going on here."""
    return None if _tracing is None else _tracing.current()


def causes_in(bodies: Iterable[object]) -> Iterator[str]:
    """Yield where the events in *bodies* say they came from; nothing where nobody traces."""
    if _tracing is None:
        return
    told = 0
    for body in bodies:
        if isinstance(body, bytes) and (found := CAUSE.search(body)):
            yield found[1].decode()
            if (told := told + 1) == CAUSES_MAX:
                return
