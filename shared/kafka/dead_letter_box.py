"""Reading the dead-letter topics and sending letters again, for people who look after them."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kafka.access import Broker
from shared.kafka.dead_letters import DeadLetter, LetterOrigin, read_dead_letter, replayed
from shared.kafka.entrance import enter
from shared.kafka.port import Sender
from shared.kafka.reader import kafka_reader, load_between, places_of, topics_like
from shared.kafka.topics import DEAD_LETTER_TOPICS, PUBLISHERS_DEAD_LETTERS

LETTERS_REMEMBERED_MAX = 10_000


class NoSuchLetter(Exception):
    """There is no dead letter of this id, or no longer."""

    def __init__(self, letter_id: str) -> None:
        super().__init__(letter_id)
        self.letter_id = letter_id


class NoSuchTopic(Exception):
    """No dead-letter topic has a name that contains *part*; *known* are those that there are."""

    def __init__(self, part: str, known: Sequence[str]) -> None:
        super().__init__(part)
        self.part = part
        self.known = known


class News:
    """
    Tells letters that say something new from those that repeat one.

    A crash between a letter and the offset behind it may have left two, near each other.
    """

    def __init__(self) -> None:
        self._latest: OrderedDict[LetterOrigin, None] = OrderedDict()

    def is_news(self, letter: DeadLetter) -> bool:
        origin = letter.origin
        if origin is None:
            return True
        if origin in self._latest:
            return False
        self._latest[origin] = None
        if len(self._latest) > LETTERS_REMEMBERED_MAX:
            self._latest.popitem(last=False)
        return True


class DeadLetterBox:
    """The dead letters of one Kafka: those in *topics*, and those of each publisher's inbox."""

    def __init__(self, broker: Broker, topics: Sequence[str] = DEAD_LETTER_TOPICS) -> None:
        self._broker = broker
        self._topics = topics

    async def load_all(self, part: str = "") -> AsyncIterator[DeadLetter]:
        """
        Yield every letter that there is now, topic by topic; the first one about each record.

        Only of topics whose names contain *part*.

        Raises:
            NoSuchTopic: there is none.
        """
        async with self._reader() as reader:
            for topic in await self._named(reader, part):
                places = await places_of(reader, topic)
                starts = await reader.beginning_offsets(places)
                ends = await reader.end_offsets(places)
                for place in places:
                    told = News()
                    async for record in load_between(reader, place, starts[place], ends[place]):
                        letter = read_dead_letter(record)
                        if told.is_news(letter):
                            yield letter

    async def load(self, letter_id: str) -> DeadLetter:
        """Raise NoSuchLetter where there is none of this id."""
        place, offset = _place_of(letter_id)
        async with self._reader() as reader:
            if place.topic in await self._named(reader) and place in await places_of(
                reader, place.topic
            ):
                ends = await reader.end_offsets([place])
                starts = await reader.beginning_offsets([place])
                if starts[place] <= offset < ends[place]:
                    async for record in load_between(reader, place, offset, offset + 1):
                        return read_dead_letter(record)
        raise NoSuchLetter(letter_id)

    async def replay(self, letter_ids: Sequence[str], sender: Sender) -> list[DeadLetter]:
        """
        Send the letters' records again to where they came from, with the same bytes.

        They take the same door as the first time; the letters stay where they are.

        Raises:
            LetterUnrecorded: one is of a fact that was lost; nothing was sent.
            LetterCut: one does not hold all of its record; nothing was sent.
        """
        letters = [await self.load(letter_id) for letter_id in letter_ids]
        await sender.send([replayed(letter) for letter in letters])
        return letters

    async def _named(self, reader: AIOKafkaConsumer, part: str = "") -> list[str]:
        known = await topics_like(reader, self._topics, [PUBLISHERS_DEAD_LETTERS])
        found = [topic for topic in known if part in topic]
        if not found:
            raise NoSuchTopic(part, known)
        return found

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        reader = kafka_reader(self._broker)
        try:
            await enter(reader, self._broker)
            yield reader
        finally:
            await reader.stop()


def _place_of(letter_id: str) -> tuple[TopicPartition, int]:
    topic, _, rest = letter_id.rpartition("-")
    topic, _, number = topic.rpartition("-")
    if not (topic and number.isdecimal() and rest.isdecimal()):
        raise NoSuchLetter(letter_id)
    return TopicPartition(topic, int(number)), int(rest)
