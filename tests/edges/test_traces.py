"""Spans are made where somebody asks for them, say nothing about anybody, and cost nothing else."""

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import structlog

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="extra `traces` is missing")

from shared.runtime.logs import name_trace
from shared.runtime.traces import (
    NOTHING,
    SpanKind,
    begin_traces,
    causes_in,
    current_span,
    end_traces,
    request_span,
    span,
    traced,
)
from tests.support.collector import Collector, SpanTold, collecting
from tests.support.eventually import eventually

TRACE, OTHER = "4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"
ONE, ANOTHER = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{OTHER}-b7ad6b7169203331-01"
UNSAMPLED = f"00-{TRACE}-00f067aa0ba902b7-00"
EVENT = b'{"id": "1", "traceparent": "%s", "data": {}}'
ID_NUMBER = "11010519491231002X"


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    async with collecting() as collector:
        for name, value in collector.environment.items():
            monkeypatch.setenv(name, value)
        begin_traces("toy")
        try:
            yield collector
        finally:
            end_traces()


async def test_a_request_is_a_part_of_what_its_sender_says(collector: Collector) -> None:
    with request_span({"traceparent": ONE}) as request:
        assert request
        request.tell("GET /v1/cases", status=200)
        with span("append") as append:
            assert append

    told = await came(collector, 2)
    assert {one.trace_id for one in told} == {request.trace_id} == {TRACE}
    assert {one.name for one in told} == {"GET /v1/cases", "append"}
    assert append.traceparent.startswith(f"00-{TRACE}-")


async def test_of_one_cause_it_is_a_part_and_of_several_it_knows(collector: Collector) -> None:
    bodies = [EVENT % ONE.encode(), EVENT % ANOTHER.encode(), b"{}", None]
    with span("one", kind=SpanKind.CONSUMER, causes=causes_in(bodies[:1])):
        pass
    with span("many", kind=SpanKind.CONSUMER, causes=causes_in(bodies)):
        pass

    one, many = sorted(await came(collector, 2), key=lambda told: told.name, reverse=True)
    assert (one.trace_id, one.links) == (TRACE, ())
    assert many.trace_id not in (TRACE, OTHER)
    assert many.links == (TRACE, OTHER)


async def test_what_its_sender_does_not_want_traced_is_not(collector: Collector) -> None:
    with request_span({"traceparent": UNSAMPLED}) as request, span("append"):
        assert request
        assert request.trace_id == TRACE
    with span("seen"):
        pass

    assert [one.name for one in await came(collector, 1)] == ["seen"]


async def test_a_fault_is_told_by_its_kind_alone(collector: Collector) -> None:
    with pytest.raises(ValueError, match=ID_NUMBER), span("append"):
        raise ValueError(ID_NUMBER)

    (told,) = await came(collector, 1)
    assert "ValueError" in told.text
    assert ID_NUMBER not in told.text


async def test_a_line_of_the_log_says_of_which_trace_it_is(collector: Collector) -> None:
    logger = structlog.get_logger()
    with span("fold") as folding:
        line = name_trace(logger, "info", {"event": "batch_folded"})
        bound = name_trace(logger, "info", {"event": "request_handled", "trace_id": OTHER})
    outside = name_trace(logger, "info", {"event": "process_ready"})

    assert folding
    assert line["trace_id"] == folding.trace_id
    assert bound["trace_id"] == OTHER
    assert "trace_id" not in outside
    assert len(await came(collector, 1)) == 1


async def test_a_collector_that_is_away_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    begin_traces("toy")
    with span("append"):
        pass

    end_traces()

    assert not traced()


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
def test_nobody_pays_who_has_not_asked(told: dict[str, str]) -> None:
    begin_traces("toy", told)

    assert not traced()
    assert span("append", causes=causes_in([EVENT % ONE.encode()]), events=1) is NOTHING
    assert current_span() is None


def test_nothing_of_it_is_imported_where_nobody_asks() -> None:
    look = (
        "import sys, shared.web.edge, shared.relay.relay, shared.runtime.lifecycle as life;"
        "life.begin_traces('toy', {});"
        "print([one for one in sys.modules if one.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], check=True, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


async def came(collector: Collector, number: int) -> list[SpanTold]:
    await eventually(lambda: len(collector.spans) >= number)
    return collector.spans
