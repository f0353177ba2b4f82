"""Every card of a bureau, and what became of them by a change of its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.supervision.course import AlertState
from tests.support.standing_bureau import StandingBureau

Cards = Mapping[str, dict[str, Any]]

STATES = "&".join(f"state={state}" for state in AlertState if state is not AlertState.ABSENT)


async def cards_of(bureau: StandingBureau) -> Cards:
    """Return every card of the bureau, also what is over."""
    found: dict[str, dict[str, Any]] = {}
    path: str | None = f"/v1/alerts?limit=200&{STATES}"
    while path is not None:
        page = await bureau.read(path)
        found |= {card["alert_id"]: card for card in page["items"]}
        cursor = page["next_cursor"]
        path = cursor and f"/v1/alerts?limit=200&{STATES}&cursor={cursor}"
    return found


@dataclass(frozen=True)
class Switched:
    """What was foreseen of a change, and the cards before and behind it."""

    foreseen: dict[str, Any]
    before: Cards
    after: Cards

    @property
    def numbers(self) -> tuple[int, int]:
        """How many cards were to be raised and revoked."""
        return self.foreseen["cards_raised"], self.foreseen["cards_revoked"]

    @property
    def raised(self) -> Cards:
        return {name: card for name, card in self.after.items() if name not in self.before}

    @property
    def revoked(self) -> Cards:
        return {
            name: card
            for name, card in self.after.items()
            if card["state"] == "REVOKED"
            and name in self.before
            and self.before[name]["state"] != "REVOKED"
        }

    @property
    def is_as_foreseen(self) -> bool:
        return (len(self.raised), len(self.revoked)) == self.numbers
