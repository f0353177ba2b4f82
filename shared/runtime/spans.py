"""Spans by OpenTelemetry, sent by OTLP over HTTP; imported where somebody has asked for them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.runtime.traces import SpanKind, SpanValue, SpanWords, TraceSpan

END_SECONDS_MAX = 1.0
"""Whoever collects spans may be away; no process waits for it when it is to end."""
W3C = TraceContextTextMapPropagator()
SAMPLED = "01"
UNSAMPLED = "00"


@dataclass(frozen=True, slots=True)
class OtlpSpan:
    """A span of OpenTelemetry's."""

    span: trace.Span

    @property
    def trace_id(self) -> str:
        return trace.format_trace_id(self.span.get_span_context().trace_id)

    @property
    def traceparent(self) -> str:
        context = self.span.get_span_context()
        flags = SAMPLED if context.trace_flags.sampled else UNSAMPLED
        return f"00-{self.trace_id}-{trace.format_span_id(context.span_id)}-{flags}"

    def tell(self, name: str = "", **about: SpanValue) -> None:
        if name:
            self.span.update_name(name)
        self.span.set_attributes(about)


class OtlpTracing:
    """Sends the spans of one process to whom the standard variables name."""

    def __init__(self, process: str) -> None:
        # What the variables say (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) comes first.
        ours = Resource({SERVICE_NAME: process, SERVICE_NAMESPACE: "casetrack"})
        told = Resource.create()
        named = told if not _unnamed(told) else told.merge(ours)
        self._provider = TracerProvider(resource=ours.merge(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("casetrack")

    @contextmanager
    def span(
        self,
        name: str,
        kind: SpanKind,
        carrier: Mapping[str, str],
        causes: Iterable[str],
        about: SpanWords,
    ) -> Iterator[TraceSpan]:
        context, links = _origin(carrier, causes)
        # An exception's words may quote what a person has said: its kind is enough.
        with self._tracer.start_as_current_span(
            name,
            context,
            kind=trace.SpanKind[kind.value],
            links=links,
            attributes=dict(about),
            record_exception=False,
            set_status_on_exception=False,
        ) as begun:
            try:
                yield OtlpSpan(begun)
            except Exception as fault:
                begun.set_status(Status(StatusCode.ERROR, type(fault).__name__))
                raise

    def current(self) -> TraceSpan | None:
        span = trace.get_current_span()
        return OtlpSpan(span) if span.get_span_context().is_valid else None

    def end(self) -> None:
        ending = Thread(target=self._provider.shutdown, name="traces", daemon=True)
        ending.start()
        ending.join(END_SECONDS_MAX)


def _unnamed(told: Resource) -> bool:
    return str(told.attributes.get(SERVICE_NAME, "")).startswith("unknown_service")


def _origin(carrier: Mapping[str, str], causes: Iterable[str]) -> tuple[Context | None, list[Link]]:
    """Return what a span is a part of, None for what is going on, and what else it knows of."""
    if carrier:
        return W3C.extract(dict(carrier), Context()), []
    contexts = [W3C.extract({"traceparent": cause}, Context()) for cause in dict.fromkeys(causes)]
    if len(contexts) == 1:
        return contexts[0], []
    if not contexts:
        return None, []
    return Context(), [Link(found) for one in contexts if (found := _context(one)).is_valid]


def _context(of: Context) -> SpanContext:
    return trace.get_current_span(of).get_span_context()
