"""Who may do what on the bureau's Kafka: every user of ours there, and no more than it needs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from services.assist import consumer as assist
from services.intake import consumer as intake
from services.metrics.consumer.inbox import READERS
from services.metrics.consumer.lanes import GROUP as FOLD
from services.review import consumer as review
from shared.contracts.registry import INBOX, INBOXES, OWN_TOPICS
from shared.kafka.topics import (
    CHECKPOINTS,
    DEAD_LETTER_TOPICS,
    EVENT_TOPICS,
    PUBLISHERS_DEAD_LETTERS,
    dead_letter_topic,
    topics_of,
)

OURS = "casetrack-"
"""Every user of ours is called so; a right of such a user that is not below is taken away."""
PUBLISHER = f"{OURS}publisher-"
PUBLISHER_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Group(NamedTuple):
    """Who of a service reads together: these topics, and whatever others *begin* so."""

    name: str
    service: str
    topics: Sequence[str]
    begin: Sequence[str] = ()


GROUPS = (
    Group(intake.GROUP.group, "intake", intake.TOPICS, intake.BEGIN),
    Group(assist.GROUP.group, "assist", assist.TOPICS),
    Group(review.GROUP.group, "review", review.TOPICS),
    Group(FOLD, "metrics", OWN_TOPICS),
)


class Kind(IntEnum):
    """What a right is about, by Kafka's number."""

    TOPIC = 2
    GROUP = 3
    TRANSACTIONAL_ID = 5


class Deed(IntEnum):
    """What a right allows, by Kafka's number. Who may read or write may also describe."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """*user* may do *deed* with what is called *name*, or whatever begins so."""

    user: str
    deed: Deed
    kind: Kind
    name: str
    begins: bool = False


def rights(publishers: Iterable[str] = ()) -> frozenset[Right]:
    """Return every right of ours: the services', the operators', and those of *publishers*."""
    return frozenset((*_services(), *_operator(), *_publishers(publishers)))


USERS: dict[str, str] = {
    f"{OURS}intake": "intake: the inbox, and the editions of the rules",
    f"{OURS}assist": "assist: foreign facts of its family, and what supervision says of them",
    f"{OURS}review": "review: the same of its families, its own ratings, the rules",
    f"{OURS}metrics": "metrics' worker: folds the owners' facts, sees where intake is",
    f"{OURS}relay": "the relay: nobody else writes to an owner's topic",
    f"{OURS}checkpoint": "`checkpoint`, which holds the key that signs them",
    f"{OURS}operator": "who uses `dlq`, `verify` and `doctor`",
}
"""Who each user is, for people."""


def publisher_user(publisher: str) -> str:
    return f"{PUBLISHER}{publisher}"


def _services() -> Iterator[Right]:
    for group in GROUPS:
        yield from _reader(group)
    yield Right(f"{OURS}metrics", Deed.DESCRIBE, Kind.TOPIC, INBOX)
    yield Right(f"{OURS}metrics", Deed.DESCRIBE, Kind.TOPIC, INBOXES, begins=True)
    yield Right(f"{OURS}metrics", Deed.DESCRIBE, Kind.GROUP, READERS)
    for topic in OWN_TOPICS:
        yield Right(f"{OURS}relay", Deed.WRITE, Kind.TOPIC, topic)
    yield Right(f"{OURS}checkpoint", Deed.WRITE, Kind.TOPIC, CHECKPOINTS)


def _reader(group: Group) -> Iterator[Right]:
    """Yield what a member of *group* needs: before it lays a letter, it looks what lies there."""
    user = f"{OURS}{group.service}"
    yield Right(user, Deed.READ, Kind.GROUP, group.name)
    for begins, names in ((False, group.topics), (True, group.begin)):
        for name in names:
            letters = dead_letter_topic(name)
            yield Right(user, Deed.READ, Kind.TOPIC, name, begins)
            yield Right(user, Deed.READ, Kind.TOPIC, letters, begins)
            yield Right(user, Deed.WRITE, Kind.TOPIC, letters, begins)


def _operator() -> Iterator[Right]:
    """Yield what verifying needs, and replaying: a letter goes to the topic that it lies below."""
    user = f"{OURS}operator"
    for topic in DEAD_LETTER_TOPICS:
        yield Right(user, Deed.READ, Kind.TOPIC, topic)
    yield Right(user, Deed.READ, Kind.TOPIC, PUBLISHERS_DEAD_LETTERS, begins=True)
    yield Right(user, Deed.READ, Kind.TOPIC, CHECKPOINTS)
    for topic in EVENT_TOPICS:
        yield Right(user, Deed.WRITE, Kind.TOPIC, topic)
    yield Right(user, Deed.WRITE, Kind.TOPIC, INBOXES, begins=True)


def _publishers(publishers: Iterable[str]) -> Iterator[Right]:
    """Yield what lets each speak for itself, and read what of that was refused."""
    for publisher in publishers:
        user = publisher_user(publisher)
        inbox, letters = topics_of(publisher)
        yield Right(user, Deed.WRITE, Kind.TOPIC, inbox)
        yield Right(user, Deed.WRITE, Kind.TRANSACTIONAL_ID, f"{user}.", begins=True)
        yield Right(user, Deed.READ, Kind.TOPIC, letters)
        yield Right(user, Deed.READ, Kind.GROUP, f"{user}.", begins=True)


def access_table() -> str:
    """Return all of it for people: who, what, with which."""
    rows = ["| user | may | what |", "|---|---|---|"]
    for user in (*USERS, publisher_user("ID")):
        for deed, kind in dict.fromkeys((right.deed, right.kind) for right in _of(user)):
            names = (
                f"`{right.name}{'*' * right.begins}`"
                for right in _of(user)
                if (right.deed, right.kind) == (deed, kind)
            )
            what = f"{kind.name.lower().replace('_', ' ')} {', '.join(names)}"
            rows.append(f"| `{user}` | {deed.name.lower()} | {what} |")
    return "\n".join([*rows, ""])


def _of(user: str) -> list[Right]:
    return sorted(right for right in rights(["ID"]) if right.user == user)
