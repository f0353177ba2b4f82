"""The law desk changes what colours mean: foreseen, done, and taken back, all over the bureau."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.documents import parse
from shared.contracts.registry import encode
from shared.contracts.supervision.course import AlertState
from shared.contracts.words import LimitUnit
from shared.policy.calendar import ZONE, business_date
from shared.policy.supervision import SupervisionProfile
from shared.runtime.clock import SystemClock
from tests.support import way_of_a_case as way
from tests.support.eventually import eventually
from tests.support.standing_bureau import StandingBureau

SECONDS = 60.0
CASE = "XCCOLOURS0001"
STATES = "&".join(f"state={state}" for state in AlertState if state is not AlertState.ABSENT)
OVER_AS_IT_BEGINS = "00:00:00"
"""The last moment of a due day, by which what is due today is late today."""

Cards = Mapping[str, dict[str, Any]]

pytestmark = pytest.mark.timeout(400)


@dataclass(frozen=True)
class LawDesk:
    """The law desk of a bureau, and the papers on it."""

    bureau: StandingBureau
    papers: Path
    today: date

    def paper(self, document: dict[str, Any], **bureau: object) -> str:
        """Return a file with a policy from today on, with what *bureau* says otherwise."""
        changed = {**document, "bureau": {**document["bureau"], **bureau}}
        file = self.papers / "policy.json"
        file.write_text(json.dumps({"effective_from": str(self.today), "document": changed}))
        return str(file)

    async def switched(self, document: dict[str, Any], **bureau: object) -> "Switched":
        """Foresee a policy and publish it; return what was foreseen, and what became of cards."""
        file, before = self.paper(document, **bureau), await self.cards()
        foreseen = await self.bureau.casetrack("rules", "preview", file)
        untouched = await self.cards()
        done = await self.bureau.casetrack("rules", "publish", file)

        async def told() -> bool:
            found = Switched(foreseen, before, await self.cards())
            return (len(found.raised), len(found.revoked)) == found.numbers

        assert stand(untouched) == stand(before)
        assert (done["new"], done["folded"]) == (True, True)
        await eventually(told, within=SECONDS)
        return Switched(foreseen, before, await self.cards())

    async def cards(self) -> Cards:
        """Return every card of the bureau, also what is over."""
        found: dict[str, dict[str, Any]] = {}
        path: str | None = f"/v1/alerts?limit=200&{STATES}"
        while path is not None:
            page = await self.bureau.read(path)
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


def stand(cards: Cards) -> Counter[tuple[str, str, str]]:
    """Return which cards stand, by what they lie on."""
    return Counter(
        (card["case_no"], card["sla_id"], card["level"])
        for card in cards.values()
        if card["state"] not in ("REVOKED", "RESOLVED")
    )


def of_the_case(cards: Cards) -> set[tuple[str, str]]:
    return {(card["sla_id"], card["level"]) for card in cards.values() if card["case_no"] == CASE}


def due_today(today: date) -> dict[str, Any]:
    """Return an acceptance, told just now, whose both limits are today."""
    changes = {
        "case": way.ACCEPTED.data.case.model_copy(update={"case_no": CASE}),
        "effective_date": today,
        "committed_limit": 0,
        "committed_unit": LimitUnit.ND,
        "statutory_limit": 0,
        "statutory_unit": LimitUnit.ND,
    }
    fact = way.ACCEPTED.data.model_copy(update=changes)
    event = way.event(fact, 0, identity=f"{CASE}-accepted", key=CASE)
    now = SystemClock().now().astimezone(ZONE).isoformat()
    return {**parse(encode(event)), "source": "urn:example:school", "time": now}


async def test_three_tiers_raise_and_revoke_what_the_preview_said_and_are_taken_back(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    today = business_date(SystemClock().now())
    desk = LawDesk(bureau, tmp_path, today)
    shipped = (await bureau.casetrack("rules", "show"))["policies"][-1]["document"]
    hasty = {**shipped, "bureau": {**shipped["bureau"], "cut_off": OVER_AS_IT_BEGINS}}
    try:
        await bureau.casetrack("rules", "publish", desk.paper(hasty))
        assert await bureau.publish(due_today(today)) == 202

        async def late() -> bool:
            return of_the_case(await desk.cards()) == {("SLA-04", "RED"), ("SLA-05", "RED")}

        await eventually(late, within=SECONDS)
        there = await desk.switched(hasty, supervision=SupervisionProfile.THREE_TIER.value)
        back = await desk.switched(hasty)
    finally:
        await bureau.casetrack("rules", "publish", desk.paper(shipped))

    assert of_the_case(there.raised) == {("SLA-04", "YELLOW")}
    assert of_the_case(there.revoked) == {("SLA-04", "RED")}
    assert of_the_case(back.raised) == {("SLA-04", "RED")}
    assert of_the_case(back.revoked) == {("SLA-04", "YELLOW")}
    assert there.numbers == back.numbers
    assert all(
        "时限规则" in card["reason"] for card in (*there.revoked.values(), *back.revoked.values())
    )
    assert stand(back.after) == stand(there.before)
    assert (await bureau.casetrack("verify"))["differences"] == []
