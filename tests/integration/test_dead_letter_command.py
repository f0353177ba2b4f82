"""`casetrack dlq` over a real broker: what was refused, why, and sending it again."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shared.contracts.naming import Language
from shared.contracts.registry import INBOX, Owner
from shared.kafka.dead_letters import Refusal, dead_letter
from shared.kafka.ends import load_ends
from shared.kafka.feed import KafkaFeed
from shared.kafka.port import Partition, Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import MESSAGE_BYTES_MAX, dead_letter_topic
from shared.runtime.clock import SystemClock
from tests.support.feed import read
from tests.support.terminal import Terminal

KEY = b"XC1"
PERSONAL = "11010519491231002X"
BODY = '{"note": "申请人补交材料"}'.encode()
NAMING = f'{{"note": "申请人{PERSONAL}"}}'.encode()
NO_TEXT = b"\xff\x00 no document"
REFUSED = Refusal("invalid_data", "data.level", f"level of {PERSONAL} is unknown", 1)

in_both_languages = pytest.mark.parametrize("language", list(Language))


@pytest.fixture
def terminal(bureau_topics: str, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {"CASETRACK_KAFKA": bureau_topics})


async def bury(
    kafka: str, *bodies: bytes, topic: str = INBOX, kept: bytes | None = None
) -> list[str]:
    """Refuse *bodies*, oldest first, and return the ids of their letters, which hold *kept*."""
    async with KafkaProducer(kafka) as sender:
        for offset, body in enumerate(bodies, 7):
            record = Record(topic, KEY, body, (("trace", b"t-1"),), 2, offset, 0)
            letter = dead_letter(record, "gate", REFUSED)
            await sender.send([letter if kept is None else replace(letter, value=kept)])
    filled = await ends(kafka, dead_letter_topic(topic))
    # One key, so one partition.
    ((place, end),) = [(place, end) for place, end in filled.items() if end]
    return [f"{place.topic}-{place.number}-{offset}" for offset in range(end)]


async def ends(kafka: str, topic: str) -> Mapping[Partition, int]:
    return await load_ends(kafka, [topic])


EMPTY = {Language.ZH_CN: "没有死信", Language.EN: "no dead letters"}


@in_both_languages
async def test_an_empty_box_says_what_will_lie_there(
    terminal: Terminal, language: Language
) -> None:
    for_people, for_programs = await asyncio.gather(
        terminal.casetrack("dlq", "list", language=language),
        terminal.casetrack("dlq", "list", "--json", language=language),
    )

    assert (for_people.status, for_programs.status) == (0, 0)
    assert for_people.out.startswith(EMPTY[language])
    assert for_programs.document == {"count": 0, "letters": []}


OLDER = {Language.ZH_CN: "另有 1 封更早的", Language.EN: "1 older ones"}


@in_both_languages
async def test_the_newest_letters_are_listed_with_their_reason(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    older, newer = await bury(bureau_topics, BODY, NO_TEXT)
    said = await terminal.casetrack("dlq", "list", "--limit", "1", language=language)

    assert (said.status, said.err) == (0, "")
    assert older not in said.out
    assert all(word in said.out for word in (newer, "invalid_data", "data.level", OLDER[language]))


async def test_programs_get_the_letters_of_the_topics_that_they_name(
    bureau_topics: str, terminal: Terminal
) -> None:
    (inbox,) = await bury(bureau_topics, BODY)
    (review,) = await bury(bureau_topics, BODY, topic=Owner.REVIEW.topic)
    every, named, nowhere = await asyncio.gather(
        terminal.casetrack("dlq", "list", "--json"),
        terminal.casetrack("dlq", "list", "--topic", "review", "--json"),
        terminal.casetrack("dlq", "list", "--topic", "elsewhere", "--json"),
    )

    assert [letter["id"] for letter in every.document["letters"]] == [review, inbox]
    assert [letter["id"] for letter in named.document["letters"]] == [review]
    assert (nowhere.status, nowhere.document["error"]["code"]) == (2, "wrong_usage")


WITHHELD = {Language.ZH_CN: "已隐去", Language.EN: "withheld"}
SHOWN = {Language.ZH_CN: ("原因", "正文"), Language.EN: ("code", "refused by")}


@in_both_languages
async def test_a_letter_is_shown_without_what_is_personal(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    (letter,) = await bury(bureau_topics, NAMING)
    for_people, for_programs, raw = await asyncio.gather(
        terminal.casetrack("dlq", "show", letter, language=language),
        terminal.casetrack("dlq", "show", letter, "--json", language=language),
        terminal.casetrack("dlq", "show", letter, "--raw"),
    )
    told = for_programs.document

    assert SHOWN[language][0] in for_people.out
    assert WITHHELD[language] in for_people.out
    assert PERSONAL not in for_people.out + for_programs.out + raw.out
    assert (told["topic"], told["partition"], told["offset"]) == (INBOX, 2, 7)


@in_both_languages
async def test_a_letter_of_a_release_that_kept_all_is_shown_without_what_is_personal(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    (letter,) = await bury(bureau_topics, BODY, kept=NAMING)
    for_people, for_programs = await asyncio.gather(
        terminal.casetrack("dlq", "show", letter, language=language),
        terminal.casetrack("dlq", "show", letter, "--json", language=language),
    )
    told = for_programs.document

    assert "申请人[redacted]" in for_people.out
    assert PERSONAL not in for_people.out + for_programs.out
    assert (told["key"], told["headers"]) == (KEY.decode(), {"trace": "t-1"})


async def test_a_letter_with_null_headers_hides_none_of_the_others(
    bureau_topics: str, terminal: Terminal
) -> None:
    record = Record(INBOX, KEY, BODY, (("casetrack-replay-of", None), ("note", None)), 2, 5, 0)
    async with KafkaProducer(bureau_topics) as sender:
        await sender.send([dead_letter(record, "gate", REFUSED)])
        await sender.send([Record(dead_letter_topic(INBOX), None, b"", (("h", None),), 2)])
    for_people, for_programs = await asyncio.gather(
        terminal.casetrack("dlq", "list"), terminal.casetrack("dlq", "list", "--json")
    )
    ids = [letter["id"] for letter in for_programs.document["letters"]]
    shown, told = await asyncio.gather(
        terminal.casetrack("dlq", "show", ids[-1]),
        terminal.casetrack("dlq", "show", ids[-1], "--json"),
    )

    assert [said.status for said in (for_people, for_programs, shown, told)] == [0, 0, 0, 0]
    assert len(ids) == 2
    assert told.document["headers"] == {"note": None}


CUT = {Language.ZH_CN: "只保留", Language.EN: "only the beginning"}


@in_both_languages
async def test_a_letter_that_was_cut_says_so_and_is_not_replayed(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    (letter,) = await bury(bureau_topics, b"x" * (MESSAGE_BYTES_MAX - 500))
    shown, told, replayed = await asyncio.gather(
        terminal.casetrack("dlq", "show", letter, language=language),
        terminal.casetrack("dlq", "show", letter, "--json", language=language),
        terminal.casetrack("dlq", "replay", letter, language=language),
    )

    assert CUT[language] in shown.out
    assert told.document["cut"]["value_bytes"] == MESSAGE_BYTES_MAX - 500
    assert (replayed.status, replayed.out) == (1, "")
    assert letter in replayed.err


async def test_bytes_that_are_no_text_can_be_looked_at_and_had_as_they_came(
    bureau_topics: str, terminal: Terminal
) -> None:
    document, no_text = await bury(bureau_topics, BODY, NO_TEXT)
    raw, shown = await asyncio.gather(
        terminal.casetrack("dlq", "show", document, "--raw"),
        terminal.casetrack("dlq", "show", no_text, "--json"),
    )

    assert (raw.status, raw.out) == (0, BODY.decode())
    assert shown.document["body"] == "\\xff\\u0000 no document"


REPLAYED = {Language.ZH_CN: "已重新投递到", Language.EN: "sent again to"}


@in_both_languages
async def test_a_replay_sends_the_same_bytes_where_they_came_from(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    letters = await bury(bureau_topics, BODY, NO_TEXT)
    said = await terminal.casetrack("dlq", "replay", *letters, language=language)
    async with KafkaFeed(
        bureau_topics, f"after-{language.value}", [INBOX], clock=SystemClock()
    ) as feed:
        arrived = await read(feed, len(letters))

    assert (said.status, said.err) == (0, "")
    assert [REPLAYED[language] in line for line in said.out.splitlines()] == [True, True]
    assert [(one.key, one.value, one.header("trace")) for one in arrived] == [
        (KEY, BODY, b"t-1"),
        (KEY, NO_TEXT, b"t-1"),
    ]


MISSING = {Language.ZH_CN: "没有编号为", Language.EN: "there is no dead letter"}


@in_both_languages
async def test_a_letter_that_is_missing_is_named_and_nothing_is_replayed(
    bureau_topics: str, terminal: Terminal, language: Language
) -> None:
    (letter,) = await bury(bureau_topics, BODY)
    shown, replayed = await asyncio.gather(
        terminal.casetrack("dlq", "show", f"{letter}9", "--json", language=language),
        terminal.casetrack("dlq", "replay", letter, "nonsense", language=language),
    )

    assert (shown.status, replayed.status, replayed.out) == (1, 1, "")
    assert MISSING[language] in shown.document["error"]["title"]
    assert "nonsense" in replayed.err
    assert set((await ends(bureau_topics, INBOX)).values()) == {0}


async def test_a_broker_that_does_not_answer_is_named_with_a_way_out(tmp_path: Path) -> None:
    nobody = Terminal(tmp_path, {"CASETRACK_KAFKA": "127.0.0.1:1"})
    said = await nobody.casetrack("dlq", "replay", "dlq.casetrack.inbox.v1-0-0", "--json")

    assert said.status == 3
    assert "CASETRACK_KAFKA" in said.document["error"]["detail"]
