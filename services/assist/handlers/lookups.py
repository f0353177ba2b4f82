"""What assist looks up for a command: the class of a policy, the last day of an engagement."""

from dataclasses import dataclass
from typing import Any

from services.assist.domain.benefit.commands import ClaimBenefit, GrantUnclaimed
from services.assist.domain.engagement.commands import DeliverWork
from services.assist.domain.policy import decide as policies
from shared.commands.counter import Fields
from shared.commands.deciding import Desk, judgements
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.intermediary.course import ENGAGEMENT
from shared.contracts.intermediary.facts import EngagementOpened
from shared.contracts.policy.course import POLICY_ITEM
from shared.contracts.policy.facts import PolicyItemPublished
from shared.policy.calendar import business_date
from shared.policy.counting import due


async def listed_as(desk: Desk, command: type[Any], words: Fields) -> Fields:
    """Return in which class the policy is listed now; None where it is not."""
    if command not in (ClaimBenefit, GrantUnclaimed):
        return {}
    stream = POLICY_ITEM.stream_of(words["policy_id"])
    events = (await desk.store.load(stream)).events
    policy = policies.DECIDER.after([*events, *await judgements(events, desk.store)])
    listings = policy.all(PolicyItemPublished)
    return {"policy_class": listings[-1].policy_class if listings else None}


@dataclass(frozen=True, slots=True)
class Engagements:
    """What is looked up for the commands that need more than the engagement's own facts."""

    rules: RulesInForce

    async def __call__(self, desk: Desk, command: type[Any], words: Fields) -> Fields:
        """Return the last day for the agency's work; None where nobody has set one."""
        if command is not DeliverWork:
            return {}
        events = (await desk.store.load(ENGAGEMENT.stream_of(words["order_id"]))).events
        for event in events:
            if isinstance(event.data, EngagementOpened) and event.data.limit_days is not None:
                calendar, opened_on = self.rules.newest.calendar, business_date(event.time)
                return {"last_day": due(calendar, opened_on, event.data.limit_days)}
        return {"last_day": None}
