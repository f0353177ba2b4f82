"""What is told, in words: Chinese first, escaped for whoever shows it, as long as it may be."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.metrics.domain.deliveries.notification import CardTold, Notification, OrderTold
from services.metrics.domain.wording import amount, say
from shared.contracts.naming import Language
from shared.policy.calendar import local

CHARACTERS_MAX = 100
"""Of one value: names are shorter, and what is not is no name."""
UNSEEN = re.compile("[\x00-\x1f\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
FULL_WIDTH = 0xFEE0
MARKS: Mapping[str, str] = {
    "wecom": "<>[]()*_`#\\@&",
    "dingtalk": "<>[]()*_`#\\@&!~|",
    "feishu": "<>[]()*_`#\\@&!~|",
    "mail": "",
}
"""What means something in the text that each of them shows; none of them documents an escape."""
BYTES_MAX: Mapping[str, int] = {
    "wecom": 4_096,
    "dingtalk": 18_000,
    "feishu": 16_000,
    "mail": 60_000,
}
"""Of the text; a vendor's own bound holds for the whole body, with its quotes."""

LimitNames = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class DeliveryText:
    """A title and its lines."""

    title: str
    lines: tuple[str, ...]


def plain(value: object, kind: str) -> str:
    """
    Return *value* so that nothing in it means anything to who shows it.

    A mark becomes its own full-width form: people read the same, machines do not.
    """
    text = UNSEEN.sub(" ", str(value))[:CHARACTERS_MAX].replace("://", "\uff1a//")
    return text.translate({ord(mark): chr(ord(mark) + FULL_WIDTH) for mark in MARKS[kind]})


def composed(
    told: Sequence[Notification], kind: str, languages: Iterable[Language], names: LimitNames
) -> DeliveryText:
    """Return what is *told*, the first of it first; of what does not fit the number is told."""
    languages = tuple(languages)
    lines: list[str] = []
    left = BYTES_MAX[kind] - sum(_size(_more(one, len(told))) for one in languages)
    for number, one in enumerate(told):
        both = [_line(one, kind, language, names) for language in languages]
        left -= sum(map(_size, both))
        if left < 0:
            lines += [_more(language, len(told) - number) for language in languages]
            break
        lines += both
    title = " / ".join(say(one, "told.title", count=len(told)) for one in languages)
    return DeliveryText(title, tuple(lines))


def _line(one: Notification, kind: str, language: Language, names: LimitNames) -> str:
    values = dict(_values(one, language, names))
    escaped = {name: plain(value, kind) for name, value in values.items()}
    return say(language, f"told.{one.kind}", **escaped)


def _values(
    one: Notification, language: Language, names: LimitNames
) -> Iterator[tuple[str, object]]:
    match one.told:
        case CardTold() as card:
            yield "case_no", card.case_no
            yield "item_name", card.item_name
            yield "limit", names(card.sla)[language]
            yield "card", card.level
            yield "due", card.due.isoformat()
            yield "org", card.org_name
            yield "level", one.number
            yield "days", card.overdue_days
            yield "late", amount(language, card.overdue_days, "WD")
        case OrderTold() as order:
            yield "order_id", order.order_id
            yield "case_no", order.case_no
            yield "content", order.content
            yield "org", order.org_name
        case channel:
            yield "channel", channel.channel
            yield "since", f"{local(channel.since):%m-%d %H:%M}"
            yield "fault", channel.fault


def _more(language: Language, count: int) -> str:
    return say(language, "told.more", count=count)


def _size(line: str) -> int:
    # Behind each line two more, by which vendors know that it ends.
    return len(line.encode()) + 2
