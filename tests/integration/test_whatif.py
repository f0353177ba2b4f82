"""What if, over a real database: what is on record comes out, and nothing is written."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.command.whatif import asked
from services.metrics.domain.rules.whatif import Window
from services.metrics.views.whatif import WhatIf
from shared.contracts.moments import FIRST_DAY
from shared.contracts.naming import Language
from shared.policy.sla import bureau_policy
from tests.support.notices import notice
from tests.support.stepped_bureau import Bureau, stepped_bureau
from tests.support.terminal import Terminal
from tests.support.way_of_a_case import ACCEPTED, CASE, HELD, RECEIVED, RELEASED, event

LATE = [event(one.data, hours, window="W12") for one, hours in ((RECEIVED, 0), (ACCEPTED, 1))]
HOLD = [event(HELD.data, 24), event(RELEASED.data, 72)]


def policy(row: str = "", **changes: object) -> dict[str, Any]:
    """Return the bureau's policy, one row of which says something else."""
    document: dict[str, Any] = json.loads(bureau_policy().model_dump_json())
    limits = [one | changes if one["id"] == row else one for one in document["limits"]]
    return document | {"limits": limits}


@dataclass(frozen=True)
class Asked:
    """A bureau in which a case is late, and whoever asks what if."""

    bureau: Bureau
    folder: Path

    async def what_if(self, document: object, window: Window | None = None) -> WhatIf:
        raw = json.dumps(document).encode()
        return await asked(self.bureau.dsn, raw, window or Window(), lambda _count, _of: None)

    def kept(self, document: object) -> Path:
        path = self.folder / "rules.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    async def digest(self) -> str:
        """Return what stands in the projection, in one word."""
        found: str = await self.bureau.pool.fetchval(
            "SELECT md5(string_agg(whole::text, '' ORDER BY whole::text)) FROM "
            "(SELECT d::text AS whole FROM dossiers d UNION ALL SELECT c::text FROM clocks c "
            "UNION ALL SELECT a::text FROM alerts a UNION ALL SELECT k::text FROM kpi k) AS rows"
        )
        return found


@pytest.fixture
async def desk(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[Asked]:
    async with stepped_bureau(postgres_dsn) as bureau:
        yield Asked(bureau, tmp_path)


async def settled(bureau: Bureau) -> None:
    """Let everything be folded and judged, and what that says be folded too."""
    await bureau.fold()
    await bureau.judge()
    await bureau.judge()


async def test_the_recorded_rules_give_recorded_reality_exactly(desk: Asked) -> None:
    await desk.bureau.record(LATE)
    await settled(desk.bureau)
    await desk.bureau.record(HOLD)
    await settled(desk.bureau)
    before = await desk.digest()

    for document in (policy(), {"effective_from": None, "document": policy()}):
        found = await desk.what_if(document)

        assert (found.differences, found.figures, found.limits) == (0, (), ())
        assert (found.subjects, found.due_clocks, found.lanes_behind) == (1, 0, 0)
    assert (await desk.bureau.verify()).differences == []
    assert await desk.digest() == before


async def test_another_limit_says_what_would_move_and_which_cards_would_go(desk: Asked) -> None:
    await desk.bureau.record(LATE)
    await settled(desk.bureau)
    before = await desk.digest()
    found = await desk.what_if(policy("SLA-05", recipients={}))
    row = next(one for one in found.limits if one.sla_id == "SLA-05")

    assert (row.vanished, row.cards_vanish) == (1, 2)
    assert {one.kpi_id for one in found.figures} >= {"L02", "L02.red", "K12.4"}
    assert {(one.due_recorded, one.due) for one in found.runs} != set()
    assert found.recorded.policies != found.judged.policies
    assert await desk.digest() == before


async def test_only_the_days_that_are_asked_for_are_told(desk: Asked) -> None:
    await desk.bureau.record(LATE)
    await settled(desk.bureau)
    before_it_all = Window(FIRST_DAY, FIRST_DAY)

    assert (await desk.what_if(policy("SLA-05", recipients={}), before_it_all)).differences == 0


SAME = {Language.ZH_CN: "与记录完全一致", Language.EN: "as on record"}
OTHER = {Language.ZH_CN: ("SLA-05", "消失"), Language.EN: ("SLA-05", "vanishes")}


def on_hand(desk: Asked, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("CASETRACK_AUDITOR_DSN", desk.bureau.dsn)
    return Terminal(desk.folder)


@pytest.mark.parametrize("language", list(Language))
async def test_the_command_tells_it_to_people_and_to_programs(
    desk: Asked, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    terminal = on_hand(desk, monkeypatch)
    await desk.bureau.record(LATE)
    await settled(desk.bureau)
    file = str(desk.kept(policy()))
    same = await terminal.casetrack("whatif", file, language=language)
    other = str(desk.kept(policy("SLA-05", recipients={})))
    told = await terminal.casetrack("whatif", other, language=language)
    plain = await terminal.casetrack("whatif", other, "--json", "--from", "2024-09-01")

    assert (same.status, told.status, plain.status) == (0, 0, 0)
    assert SAME[language] in same.out
    assert all(word in told.out for word in (*OTHER[language], CASE))
    assert plain.document["limits"][0]["sla_id"] == "SLA-05"


@pytest.mark.parametrize(
    ("document", "status"),
    [({"year": 2027, "papers": [], "days": []}, 1), ({"limits": []}, 1), (notice(), 0)],
)
async def test_rules_that_are_none_are_refused_in_words(
    desk: Asked, monkeypatch: pytest.MonkeyPatch, document: object, status: int
) -> None:
    said = await on_hand(desk, monkeypatch).casetrack("whatif", str(desk.kept(document)), "--json")

    assert said.status == status
    assert ("error" in said.document) is bool(status)


async def test_a_projection_of_another_release_is_not_asked(
    desk: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.bureau.pool.execute("UPDATE projection SET fingerprint = 'another'")
    said = await on_hand(desk, monkeypatch).casetrack("whatif", str(desk.kept(policy())), "--json")

    assert (said.status, said.document["error"]["code"]) == (1, "projection_of_another_release")


async def test_days_in_the_wrong_order_are_wrong_usage(
    desk: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("--from", "2024-09-02", "--to", "2024-09-01")
    said = await on_hand(desk, monkeypatch).casetrack("whatif", str(desk.kept(policy())), *days)

    assert (said.status, said.out) == (2, "")
