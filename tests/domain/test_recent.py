"""The last facts of a lane, and of all lanes together."""

from msgspec.structs import replace

from services.metrics.domain.entry import Arrived, Entry
from services.metrics.domain.recent import RECENT_FACTS_MAX, RecentFact, newest, recent_after
from shared.contracts.access.facts import SessionEnded
from shared.contracts.envelope import Event
from shared.contracts.moments import instant_of
from shared.contracts.publishing import example_of
from shared.contracts.registry import encode, read
from tests.support.facts import activity


def arrived(number: int) -> Arrived:
    return arrival(activity(number))


def arrival(event: Event) -> Arrived:
    return Arrived(event.partitionkey, b"", event.time, encode(event), Entry.of(event))


def test_the_latest_facts_of_all_lanes_come_newest_first() -> None:
    lanes = [
        (
            RecentFact(instant_of("2024-09-02T02:00:00Z"), "a", "1", None),
            RecentFact(instant_of("2024-09-02T02:02:00Z"), "c", "1", None),
        ),
        (RecentFact(instant_of("2024-09-02T10:01:00+08:00"), "b", "2", None),),
    ]

    assert [fact.type for fact in newest(lanes, 2)] == ["c", "b"]


def test_a_lane_remembers_so_many_and_forgets_what_it_cannot_read() -> None:
    facts = [arrived(number) for number in range(RECENT_FACTS_MAX)]
    unread = replace(facts[0], entry=None)
    recent = recent_after(recent_after((), facts[:2]), [*facts[2:], facts[0], unread])

    assert len(recent) == RECENT_FACTS_MAX
    assert recent[0].time == facts[1].occurred_at
    assert recent[-1].time == facts[0].occurred_at


def test_who_has_left_is_no_news_of_a_matter() -> None:
    left = read(dict(example_of(SessionEnded.TYPE)))

    assert recent_after((), [arrival(left)]) == ()
