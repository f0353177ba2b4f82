"""A collector of traces that listens: OTLP over HTTP, as a real one takes it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.ports import free_port

HERE = "127.0.0.1"
HASTE = {"OTEL_BSP_SCHEDULE_DELAY": "100"}


@dataclass(frozen=True, slots=True)
class SpanTold:
    """A span as it came."""

    process: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[str, ...]
    """The traces that it knows of besides its own."""
    text: str
    """All that was said of it."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where spans are sent, and what came."""

    port: int
    spans: list[SpanTold] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{HERE}:{self.port}", **HASTE}

    def traces(self) -> dict[str, set[tuple[str, str]]]:
        """Return who did what, by trace."""
        found: dict[str, set[tuple[str, str]]] = {}
        for span in self.spans:
            found.setdefault(span.trace_id, set()).add((span.process, span.name))
        return found

    def take(self, body: bytes) -> None:
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {one.key: one.value.string_value for one in told.resource.attributes}
            self.spans.extend(
                SpanTold(
                    process=about["service.name"],
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    links=tuple(link.trace_id.hex() for link in span.links),
                    text=str(span),
                )
                for scope in told.scope_spans
                for span in scope.spans
            )


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Collect until the block ends."""
    collector = Collector(free_port())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        collector.take(await reader.readexactly(int(length[1]) if length else 0))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, HERE, collector.port)
    async with server:
        yield collector
