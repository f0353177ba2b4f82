"""The law desk changes what colours mean: foreseen, done, and taken back, all over the bureau."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.documents import parse
from shared.contracts.registry import encode
from shared.contracts.words import LimitUnit
from shared.policy.calendar import ZONE
from shared.policy.supervision import SupervisionProfile
from shared.runtime.clock import SystemClock
from tests.support import way_of_a_case as way
from tests.support.bureau_cards import Cards, Switched, cards_of
from tests.support.eventually import eventually
from tests.support.standing_bureau import StandingBureau

SECONDS = 60.0
CASE = "XCCOLOURS0001"
OVER_AS_IT_BEGINS = "00:00:00"
"""The last moment of a due day, by which what is due today is late today."""

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

    async def switched(self, document: dict[str, Any], **bureau: object) -> Switched:
        """Foresee a policy and publish it; return what was foreseen, and what became of cards."""
        # What others have said comes to its cards first.
        await self.bureau.at_rest()
        file, before = self.paper(document, **bureau), await cards_of(self.bureau)
        foreseen = await self.bureau.casetrack("rules", "preview", file)
        untouched = await cards_of(self.bureau)
        done = await self.bureau.casetrack("rules", "publish", file)

        async def told() -> bool:
            return Switched(foreseen, before, await cards_of(self.bureau)).is_as_foreseen

        assert stand(untouched) == stand(before)
        assert (done["new"], done["folded"]) == (True, True)
        await eventually(told, within=SECONDS)
        return Switched(foreseen, before, await cards_of(self.bureau))


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
    bureau: StandingBureau, tmp_path: Path, today: date
) -> None:
    desk = LawDesk(bureau, tmp_path, today)
    shipped = (await bureau.casetrack("rules", "show"))["policies"][-1]["document"]
    hasty = {**shipped, "bureau": {**shipped["bureau"], "cut_off": OVER_AS_IT_BEGINS}}
    try:
        await bureau.casetrack("rules", "publish", desk.paper(hasty))
        assert await bureau.publish(due_today(today)) == 202

        async def late() -> bool:
            return of_the_case(await cards_of(bureau)) == {("SLA-04", "RED"), ("SLA-05", "RED")}

        await eventually(late, within=SECONDS)
        there = await desk.switched(hasty, supervision=SupervisionProfile.THREE_TIER.value)
        back = await desk.switched(hasty)
    finally:
        await bureau.casetrack("rules", "publish", desk.paper(shipped))

    assert of_the_case(there.raised) == {("SLA-04", "YELLOW")}
    assert of_the_case(there.revoked) == {("SLA-04", "RED")}
    assert of_the_case(back.raised) == {("SLA-04", "RED")}
    assert of_the_case(back.revoked) == {("SLA-04", "YELLOW")}
    assert there.numbers == back.numbers[::-1]
    # What else is known by now speaks first against a card of other journeys' cases.
    gone = [*there.revoked.values(), *back.revoked.values()]
    assert all("时限规则" in card["reason"] for card in gone if card["case_no"] == CASE)
    assert stand(back.after) == stand(there.before)
    assert (await bureau.casetrack("verify"))["differences"] == []
