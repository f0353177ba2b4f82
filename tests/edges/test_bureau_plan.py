"""What the made-up bureau plays for the annual plan: its services take every command of it once."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from deploy.bureau import helping, plan
from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand, Pace
from services.assist.app import Assist
from shared.web.auth import Role
from shared.web.issuer import Bearer
from tests.edges.test_bureau_calls import AtOnce
from tests.support.late_cases import bureau_over
from tests.support.open_service import open_service
from tests.support.organisations import BUREAU

TODAY = date(2024, 3, 20)


@dataclass
class Noting(Errand):
    """An errand that remembers of what it has spoken."""

    subjects: list[str] = field(default_factory=list)

    async def ask(self, role: Role, path: str, **words: Any) -> str:  # noqa: ANN401 - any words
        subject = await super().ask(role, path, **words)
        self.subjects.append(subject)
        return subject


def errand(counters: Counters, pace: Pace, name: str) -> Noting:
    chance = Random(1)  # noqa: S311 - a story, no secret
    return Noting(name, f"of-the-year-2024-{name}", "W01", counters, pace, chance)


async def test_each_month_is_reported_once_however_often_it_is_played(tmp_path: Path) -> None:
    async with bureau_over(tmp_path) as bureau:
        counters = Counters(
            bureau.client,
            {"metrics": ""},
            lambda role: bureau.issuer.issue(Bearer(role, BUREAU, "")),
            bureau.store.clock,
        )
        played = [errand(counters, AtOnce(bureau.store.clock, 1), "reports") for _ in range(2)]
        for one in played:
            await plan.report(one, TODAY)

    assert counters.refusals == []
    assert counters.given == 2 * 3 * len(plan.MONTHLY)
    assert played[0].subjects == played[1].subjects


async def test_policies_are_listed_and_leaders_walk(tmp_path: Path) -> None:
    async with open_service(Assist, tmp_path, "assist") as desk:
        counters = Counters(
            desk.client,
            {"assist": ""},
            lambda role: desk.issuer.issue(Bearer(role, BUREAU, "")),
            desk.clock,
        )
        pace = AtOnce(desk.clock, 1)
        await plan.list_policies(errand(counters, pace, "policies"), desk.clock.now().date())
        await plan.walk(errand(counters, pace, "walks"))

    assert (counters.refusals, counters.given) == ([], 3 + 4)


async def helped(counters: Counters, pace: Pace, today: date) -> list[str]:
    """Play what is done for those who are helped; return of what it spoke last, each time."""
    played = [errand(counters, pace, name) for name in ("roster", "list", "project", "visits")]
    roster, listing, project, visits = played
    await helping.keep_roster(roster)
    await helping.list_services(listing, today)
    await helping.enrol(project, today)
    await helping.visit(visits)
    return [one.subjects[-1] for one in played]


async def test_projects_are_enrolled_agents_registered_and_those_who_are_served_visited(
    tmp_path: Path,
) -> None:
    async with open_service(Assist, tmp_path, "assist") as desk:
        counters = Counters(
            desk.client,
            {"assist": ""},
            lambda role: desk.issuer.issue(Bearer(role, BUREAU, "")),
            desk.clock,
        )
        pace, today = AtOnce(desk.clock, 1), desk.clock.now().date()
        await helped(counters, pace, today)
        (agent, listed, project, need) = await helped(counters, pace, today)
        ends = [
            (await desk.store.load(stream)).version
            for stream in (
                f"agent-{agent}",
                f"servicelist-{listed}",
                f"project-{project}",
                f"need-{need}",
            )
        ]

    assert counters.refusals == []
    assert counters.given == 2 * (len(helping.AGENTS) + 1 + 1 + 2 + 3 + 3 + 2 + 1)
    assert ends == [2, 1, 5, 2]
