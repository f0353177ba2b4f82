"""Where two persons are asked for, the first one proposes a change of the rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shared.policy.sla import bureau_policy
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.edges.test_rules_told import CALENDAR, NOON, InTurn, served
from tests.support.notices import notice
from tests.support.read_api import MorningClock

POLICY, PUBLISHERS = "/v1/rules/policy", "/v1/rules/publishers"
WATER = {
    "publisher_id": "water-company",
    "name": "自来水公司",
    "sources": ["urn:xincheng:water-company:"],
    "types": ["casetrack.intake.*"],
}
BUREAU = bureau_policy().model_dump(mode="json", exclude_none=True)
LIMITS = {
    "effective_from": "2027-02-01",
    "document": {**BUREAU, "limits": BUREAU["limits"][:-1]},
}
CHANGES = {CALENDAR: notice(), POLICY: LIMITS, PUBLISHERS: WATER}


class Desks:
    """The people of the law desk, each under an account of their own."""

    def __init__(self, client: httpx2.AsyncClient, folder: Path) -> None:
        self._client = client
        self._issuer = LocalIssuer.open(folder, MorningClock(NOON), SeededIds(7))

    async def hand_in(
        self, name: str, path: str, body: object, role: Role = Role.LAW_DESK
    ) -> dict[str, Any]:
        token = self._issuer.issue(Bearer(role, name=name))
        heads = {"authorization": f"Bearer {token}", "accept": "*/*"}
        answer = await self._client.post(path, json=body, headers=heads)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def newest(self) -> int:
        answer = await self._client.get("/v1/rules", headers={"accept": "*/*"})
        newest: int = answer.json()["newest"]
        return newest


@asynccontextmanager
async def opened(folder: Path, *, second_person: bool = True) -> AsyncIterator[Desks]:
    async with served(InTurn(), folder, second_person=second_person) as client:
        yield Desks(client, folder)


@pytest.mark.parametrize("path", CHANGES)
async def test_a_second_account_publishes_what_the_first_has_proposed(
    tmp_path: Path, path: str
) -> None:
    async with opened(tmp_path) as desks:
        first = await desks.hand_in("first", path, CHANGES[path])
        again = await desks.hand_in("first", path, CHANGES[path], Role.DIRECTOR)
        before = await desks.newest()
        second = await desks.hand_in("second", path, CHANGES[path])
        after = await desks.newest()

    assert (first["proposed"], first["edition"], again) == (True, 1, first)
    assert (second["proposed"], second["edition"]) == (False, 1)
    assert (before, after) == (0, 1)


async def test_another_content_is_another_proposal(tmp_path: Path) -> None:
    wider = {**WATER, "types": ["casetrack.*"]}
    async with opened(tmp_path) as desks:
        await desks.hand_in("first", PUBLISHERS, WATER)
        other = await desks.hand_in("second", PUBLISHERS, wider)

        assert (other["proposed"], await desks.newest()) == (True, 0)


async def test_what_was_proposed_of_rules_that_changed_wants_to_be_proposed_anew(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as desks:
        await desks.hand_in("first", PUBLISHERS, WATER)
        for name in ("first", "second"):
            await desks.hand_in(name, CALENDAR, notice())
        late = await desks.hand_in("second", PUBLISHERS, WATER)

        assert (late["proposed"], late["edition"], await desks.newest()) == (True, 2, 1)


async def test_to_remove_a_publisher_takes_two_as_well(tmp_path: Path) -> None:
    path = f"{PUBLISHERS}/hall-terminal/remove"
    async with opened(tmp_path) as desks:
        told = [(await desks.hand_in(name, path, None))["proposed"] for name in ("first", "second")]

    assert told == [True, False]


async def test_one_is_enough_where_nobody_asks_for_two(tmp_path: Path) -> None:
    async with opened(tmp_path, second_person=False) as desks:
        told = await desks.hand_in("first", PUBLISHERS, WATER)

        assert (told["proposed"], await desks.newest()) == (False, 1)
