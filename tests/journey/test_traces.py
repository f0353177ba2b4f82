"""One event leaves one trace: from the request to the store, to Kafka, to the fold and the page."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="extra `traces` is missing")

from tests.support.collector import Collector, collecting
from tests.support.eventually import eventually
from tests.support.five_facts import FIVE_FACTS
from tests.support.standing_bureau import StandingBureau, standing_bureau

pytestmark = pytest.mark.timeout(300)

SECONDS_MAX = 60.0
FOLDED = {
    ("intake", "POST /v1/events"),
    ("intake", "record"),
    ("relay", "send casetrack.intake.v1"),
    ("metrics-worker", "fold casetrack.intake.v1"),
}
SHOWN = {("metrics-api", "picture"), ("metrics-api", "push")}


@pytest.fixture
async def traced(tmp_path: Path) -> AsyncIterator[tuple[StandingBureau, Collector]]:
    async with collecting() as collector:
        with standing_bureau(tmp_path / "home", **collector.environment) as standing:
            yield standing, collector


async def test_one_event_is_one_trace_from_the_door_to_the_page(
    traced: tuple[StandingBureau, Collector],
) -> None:
    bureau, collector = traced
    sent = 0

    async with bureau.watched():
        told: list[str] = []
        while not told:
            # A page that looked by itself before it was woken shows a fact without its trace.
            await bureau.publish(FIVE_FACTS[0].foreign())
            sent += 1
            await eventually(partial(folded, collector, sent), within=SECONDS_MAX)
            told = come(collector, FOLDED | SHOWN)

    spans = [one for one in collector.spans if one.trace_id == told[0]]
    roots = [one.name for one in spans if not one.parent_id]
    assert roots == ["POST /v1/events"]
    assert not any("QT20240902" in one.text for one in collector.spans)


def folded(collector: Collector, sent: int) -> bool:
    """Return whether each event that was *sent* is a trace up to the fold."""
    return len(come(collector, FOLDED)) == sent


def come(collector: Collector, way: set[tuple[str, str]]) -> list[str]:
    """Return the traces that have come all the *way*."""
    return [trace for trace, told in collector.traces().items() if told >= way]
