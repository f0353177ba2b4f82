"""Reading a feed until enough has come."""

from shared.kafka.port import Feed, Record
from tests.support.eventually import eventually


async def read(feed: Feed, count: int) -> list[Record]:
    """Return the next *count* records, or some more, as they came."""
    seen: list[Record] = []

    async def enough() -> bool:
        for records in (await feed.fetch()).values():
            seen.extend(records)
        return len(seen) >= count

    await eventually(enough)
    return seen
