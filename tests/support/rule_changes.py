"""Changes of the rules, as facts."""

import json
from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from shared.contracts.rules.facts import CalendarPublished, PolicyPublished
from shared.policy.sla import Policy, bureau_policy


def notice_of(edition: int, year: int, off: Iterable[str], on: Iterable[str]) -> CalendarPublished:
    return CalendarPublished(
        edition=edition,
        years=(year,),
        days_off=tuple(map(date.fromisoformat, off)),
        workdays=tuple(map(date.fromisoformat, on)),
    )


def policy_from(edition: int, since: date, **bureau: object) -> PolicyPublished:
    """Return the shipped policy from *since* on, with what *bureau* says otherwise."""
    shipped = bureau_policy()
    return policy_fact(
        edition, since, shipped.amended(bureau=shipped.bureau.model_copy(update=bureau))
    )


def policy_fact(edition: int, since: date, policy: Policy) -> PolicyPublished:
    document = policy.model_dump(mode="json")
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return PolicyPublished(
        edition=edition,
        effective_from=since,
        document=document,
        digest=sha256(text.encode()).hexdigest(),
        approved_by="st-0601",
    )
