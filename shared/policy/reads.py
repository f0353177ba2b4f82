"""What the rows of a policy look at, so that a clock is told anew only where that has moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.policy.limits import Limit
from shared.policy.lookup import CASE, OF_THE_CASE

OF_EVERY_CASE = frozenset({"holds", "item_code", "org_code", "org_name"})
"""What a clock takes from its case, whatever its row says."""
WHENCE = frozenset({"channel", "source"})
"""What says of a case whether it came to hall and platform."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What rows look at in one kind of subject: its fields, and the facts that it keeps."""

    fields: frozenset[str]
    facts: frozenset[str]
    others: frozenset[str] = frozenset()
    """The other kinds of subjects that its clocks depend on."""


def reads_of(limits: Iterable[Limit]) -> Mapping[str, Reads]:
    """Return by kind of subject what *limits* look at."""
    fields: dict[str, set[str]] = {CASE: set(OF_EVERY_CASE)}
    facts: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for limit in limits:
        for _, kind, fact in limit.facts:
            facts.setdefault(kind, set()).add(fact)
            others.setdefault(limit.subject, {CASE}).add(kind)
        if limit.outside:
            fields[CASE] |= WHENCE
        for _, path, _ in limit.fields:
            kind = CASE if path.startswith(OF_THE_CASE) else limit.subject
            name = path.removeprefix(OF_THE_CASE).split(".")[0]
            fields.setdefault(kind, set()).add(name)
    return {
        kind: Reads(
            frozenset(fields.get(kind, ())),
            frozenset(facts.get(kind, ())),
            frozenset(others.get(kind, ())) - {kind},
        )
        for kind in {*fields, *facts}
    }
