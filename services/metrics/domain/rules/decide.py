"""What a change of the rules adds to their history."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, assert_never

from pydantic import ValidationError

from services.metrics.domain.rules.commands import (
    AnyCommand,
    PublishCalendar,
    PublishPolicy,
    RegisterPublisher,
    RemovePublisher,
)
from services.metrics.domain.rules.fitness import require_fit
from services.metrics.domain.rules.public_key import public_key
from services.metrics.domain.rules.refusals import (
    LimitUnfit,
    NoticeContradictory,
    NoticeOfAnotherYear,
    NoticePartial,
    NoticeUnreadable,
    PatternMatchesNothing,
    PolicyInThePast,
    PolicyUnfit,
    PublisherUnfit,
    PublisherUnregistered,
    RulesRejection,
    SourceReserved,
    SourceTooWide,
)
from shared.contracts.registry import FACTS
from shared.contracts.rules.facts import (
    CalendarPublished,
    PolicyPublished,
    PublisherRegistered,
    PublisherRemoved,
)
from shared.policy.notice import Notice, read_notice
from shared.policy.publisher import Publisher, matches
from shared.policy.rules import RuleChange, Rules, evolve, policy_of, publisher_of

NOTICE_FAULTS: Mapping[str, type[RulesRejection]] = {
    "notice_partial": NoticePartial,
    "notice_twice": NoticeContradictory,
    "notice_workday": NoticeContradictory,
    "notice_year": NoticeOfAnotherYear,
}
"""By the names that the notice's own reader gives them."""

LIMIT_FAULTS = {refusal.code: refusal for refusal in LimitUnfit.__subclasses__()}
"""By the names that the reader of a row gives them."""

NAMES_SOMEBODY = re.compile(r"[a-z][a-z0-9+.-]*:.*[^:/].*[:/]", re.IGNORECASE)
"""A scheme, something behind it, and an end at which no longer name can go on."""


def decide(rules: Rules, command: AnyCommand) -> list[RuleChange]:
    """
    Return the edition that *command* makes of *rules*.

    An empty list means that they say so already.

    Raises:
        RulesRejection: they stay as they are.
    """
    match command:
        case PublishCalendar():
            change: RuleChange = _calendar(rules, command.notice)
        case PublishPolicy():
            change = _policy(rules, command)
        case RegisterPublisher():
            change = _publisher(rules, command)
        case RemovePublisher():
            change = _removal(rules, command)
        case _:
            assert_never(command)
    return [] if _says_nothing_new(rules, evolve(rules, change)) else [change]


def _says_nothing_new(before: Rules, after: Rules) -> bool:
    return (
        before.calendar == after.calendar
        and before.publishers == after.publishers
        and _in_turn(before) == _in_turn(after)
    )


def _in_turn(rules: Rules) -> Mapping[object, str]:
    """Return the version of the policy by the day from which it holds."""
    return {since: policy.version for since, policy in rules.policies}


def notice_of(document: bytes) -> Notice:
    """
    Return the notice that *document* is, the whole of it.

    Raises:
        RulesRejection: it is none, or settles nothing.
    """
    try:
        return read_notice(document)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "days"
        refusal = NOTICE_FAULTS.get(fault["type"], NoticeUnreadable)
        raise refusal(place=place, reason=fault["msg"]) from None


def _calendar(rules: Rules, notice: Notice) -> CalendarPublished:
    names = {**notice.days_off, **notice.make_ups}
    return CalendarPublished(
        edition=rules.edition + 1,
        years=(notice.year,),
        notice_no=notice.papers[0][:200] if notice.papers else None,
        days_off=tuple(sorted(notice.days_off)),
        workdays=tuple(sorted(notice.make_ups)),
        names={day: names[day] for day in sorted(names) if names[day]} or None,
    )


def _policy(rules: Rules, command: PublishPolicy) -> PolicyPublished:
    if command.effective_from < command.on:
        raise PolicyInThePast(effective_from=command.effective_from, today=command.on)
    text = json.dumps(command.document, ensure_ascii=False, sort_keys=True)
    change = PolicyPublished(
        edition=rules.edition + 1,
        effective_from=command.effective_from,
        document=command.document,
        digest=sha256(text.encode()).hexdigest(),
        approved_by=command.approved_by,
    )
    try:
        policy = policy_of(change)
    except ValidationError as error:
        raise _unfit(error, command.document) from None
    require_fit(policy)
    return change


def _unfit(error: ValidationError, document: Mapping[str, Any]) -> RulesRejection:
    """Return what is wrong with *document*, by its row and the place in it if it is in one."""
    fault = error.errors(include_url=False)[0]
    if refusal := LIMIT_FAULTS.get(fault["type"]):
        return refusal(**fault["ctx"])
    match fault["loc"]:
        case ("limits", int(number), *places):
            row = document["limits"][number]
            name = row.get("id", number) if isinstance(row, Mapping) else number
            place = ".".join(map(str, (name, *places)))
        case places:
            place = ".".join(map(str, places)) or "-"
    return PolicyUnfit(place=place, reason=fault["msg"])


def _publisher(rules: Rules, command: RegisterPublisher) -> PublisherRegistered:
    for source in command.sources:
        if NAMES_SOMEBODY.fullmatch(source) is None:
            raise SourceTooWide(source=source)
    key = None if command.key is None else public_key(command.key)
    try:
        change = PublisherRegistered(
            edition=rules.edition + 1,
            publisher_id=command.publisher_id,
            name=command.name,
            sources=command.sources,
            types=command.types,
            key=key,
            others=command.others or None,
            backdates=command.backdates,
        )
        entry = publisher_of(change)
    except ValidationError as error:
        place, reason = _fault(error)
        raise PublisherUnfit(place=place, reason=reason) from None
    _must_be_of_others(rules, entry)
    return change


def _must_be_of_others(rules: Rules, entry: Publisher) -> None:
    reserved, known = rules.publishers.reserved, rules.publishers.by_id.get(entry.id)
    granted = known.sources if known else ()
    for source in entry.sources:
        if source.startswith(reserved) and source not in granted:
            raise SourceReserved(source=source)
    for pattern in (*entry.types, *entry.others):
        if not _speaks_of_something(pattern, rules.publishers.reserved_types):
            raise PatternMatchesNothing(pattern=pattern)


def _speaks_of_something(pattern: str, reserved: tuple[str, ...]) -> bool:
    return any(matches((pattern,), kind) and not matches(reserved, kind) for kind in FACTS)


def _removal(rules: Rules, command: RemovePublisher) -> PublisherRemoved:
    if command.publisher_id not in rules.publishers.by_id:
        raise PublisherUnregistered(publisher_id=command.publisher_id)
    return PublisherRemoved(edition=rules.edition + 1, publisher_id=command.publisher_id)


def _fault(error: ValidationError) -> tuple[str, str]:
    fault = error.errors(include_url=False)[0]
    return ".".join(map(str, fault["loc"])) or "-", fault["msg"]
