"""What the batch transport takes for granted of Faust and aiokafka, pinned to their versions."""

import inspect
from importlib.metadata import version

from aiokafka import AIOKafkaConsumer
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import Fetcher
from faust.app.base import App
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types.enums import ProcessingGuarantee

from services.metrics.adapters.projection import PostgresProjection
from services.metrics.consumer.lanes import GROUP, Lanes
from services.metrics.consumer.transport import BatchThread, FetchedRecords, StretchResult
from services.metrics.consumer.worker import faust_app
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.folding import Folding
from shared.contracts.registry import OWN_TOPICS
from shared.kafka.unpacking import Batches
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock


def source(thing: object) -> str:
    return inspect.getsource(thing)  # type: ignore[arg-type]  # functions and classes of theirs


def app() -> App:
    """Return the app over parts that nothing calls: an app connects only when it starts."""
    nothing: object = None
    projection = PostgresProjection(nothing, Fingerprint("ours"))
    lanes = Lanes(projection, Folding(projection, shipped()), None, SystemClock())  # type: ignore[arg-type]  # see above
    return faust_app("127.0.0.1:9092", lanes, batch_records_max=5000)


def test_the_versions_are_those_whose_source_was_read() -> None:
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka") == "0.14.0"


def test_both_seams_are_where_we_turn_them() -> None:
    fetching = inspect.signature(AIOKafkaConsumerThread._fetch_records)  # noqa: SLF001 - the seam
    ours = inspect.signature(BatchThread._fetch_records)  # noqa: SLF001 - the seam

    assert list(fetching.parameters) == list(ours.parameters)
    assert "self._fetch_records" in source(AIOKafkaConsumerThread.getmany)
    assert "await self.seek_to_committed()" in source(Consumer.perform_seek)


def test_the_consumer_takes_its_settings_when_it_starts() -> None:
    starting = source(AIOKafkaConsumer.start)

    assert "assignors=self._partition_assignment_strategy" in starting
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in starting
    assert "isolation_level=self._isolation_level" in starting


def test_the_fetcher_takes_its_reader_and_its_results_from_its_module() -> None:
    app()
    fetching = source(Fetcher)

    assert "records = MemoryRecords(part_data[-1])" in fetching
    assert "if type(res_or_error) is FetchResult" in fetching
    assert "if not records:\n                        continue" in fetching
    assert (fetcher.MemoryRecords, fetcher.FetchResult) == (Batches, StretchResult)


def test_a_stretch_without_records_passes_something_or_is_nothing() -> None:
    stretch = FetchedRecords()
    stretch.first, stretch.following = 4, 5
    nothing = FetchedRecords()
    nothing.first = nothing.following = 4

    assert (bool(stretch), bool(nothing)) == (True, False)


def test_aiokafka_asks_a_broker_for_nothing_else_while_a_fetch_waits() -> None:
    assert "elif node_id in self._in_flight" in source(Fetcher)


def test_faust_seeks_before_it_lets_anything_flow() -> None:
    resuming = source(Recovery._resume_streams)  # noqa: SLF001 - the order matters to us

    assert resuming.index("consumer.perform_seek()") < resuming.index("consumer.resume_flow()")


def test_an_offset_out_of_range_is_an_error_and_never_a_jump() -> None:
    fetching = source(Fetcher)

    assert "if self._default_reset_strategy != OffsetResetStrategy.NONE" in fetching
    assert app().conf.consumer_auto_offset_reset == "none"


def test_everything_that_faust_would_decide_is_decided() -> None:
    conf = app().conf

    assert conf.id == GROUP
    assert not conf.web_enabled
    assert not conf.topic_allow_declare
    assert str(conf.processing_guarantee) == str(ProcessingGuarantee.AT_LEAST_ONCE)
    assert conf.broker_session_timeout < conf.broker_request_timeout
    assert len(OWN_TOPICS) == 4


def test_one_agent_with_one_actor_and_no_acknowledgements() -> None:
    worker = app()
    (agent,) = worker.agents.values()

    assert agent.concurrency == 1
    assert not agent.channel.acks
    assert not worker.tables
