"""What the made-up bureau plays for the annual plan: its services take every command of it once."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from deploy.bureau import enterprises, helping, lists, plan
from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand, Pace
from deploy.bureau.examination import examine
from deploy.bureau.items import BUREAU as OURS
from deploy.bureau.items import ITEMS, STATUTORY_DAYS, VERSION, Item
from services.assist.app import Assist
from services.intake.app import Intake
from shared.contracts.credit.facts import CreditModeApplied
from shared.contracts.credit.words import CreditMode
from shared.contracts.envelope import Fact
from shared.contracts.instrument.facts import InstrumentUsed
from shared.web.auth import Role
from shared.web.issuer import Bearer
from tests.edges.test_bureau_calls import AtOnce
from tests.support.late_cases import Bureau, bureau_over
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU

TODAY = date(2024, 3, 20)
CASES = 30
AT_ONCE = next(item for item in ITEMS if not item.days)
COMMITTED = next(item for item in ITEMS if item.days and not (item.inspected or item.referred))
PLAYED = {
    "item-lists": lists.publish_lists,
    "item-changes": lists.describe_items,
    "grading-lists": lists.revise_grades,
}


@dataclass
class Noting(Errand):
    """An errand that remembers of what it has spoken."""

    subjects: list[str] = field(default_factory=list)

    async def ask(self, role: Role, path: str, **words: Any) -> str:  # noqa: ANN401 - any words
        subject = await super().ask(role, path, **words)
        self.subjects.append(subject)
        return subject


def errand(counters: Counters, pace: Pace, name: str, year: int = 2024) -> Noting:
    chance = Random(1)  # noqa: S311 - a story, no secret
    return Noting(name, f"of-the-year-{year}-{name}", "W01", counters, pace, chance)


def counters_of_metrics(bureau: Bureau) -> Counters:
    return Counters(
        bureau.client,
        {"metrics": ""},
        lambda role: bureau.issuer.issue(Bearer(role, BUREAU, "")),
        bureau.store.clock,
    )


async def test_each_month_is_reported_once_however_often_it_is_played(tmp_path: Path) -> None:
    async with bureau_over(tmp_path) as bureau:
        counters = counters_of_metrics(bureau)
        played = [errand(counters, AtOnce(bureau.store.clock, 1), "reports") for _ in range(2)]
        for one in played:
            await plan.report(one, TODAY)

    assert counters.refusals == []
    assert counters.given == 2 * 3 * len(plan.MONTHLY)
    assert played[0].subjects == played[1].subjects


@pytest.mark.parametrize(("today", "done"), [(date(2024, 3, 11), 0), (TODAY, 1)])
async def test_targets_are_set_once_a_year_and_one_is_done_when_its_day_has_come(
    tmp_path: Path, today: date, done: int
) -> None:
    async with bureau_over(tmp_path) as bureau:
        counters = counters_of_metrics(bureau)
        played = [errand(counters, AtOnce(bureau.store.clock, 1), "targets") for _ in range(2)]
        for one in played:
            await plan.aim(one, today)

    assert counters.refusals == []
    assert counters.given == 2 * (len(plan.AIMS) + done)
    assert played[0].subjects == played[1].subjects


def counters_of(desk: OpenService[Any], service: str) -> Counters:
    """Return the counters of the only *service* that is open."""
    return Counters(
        desk.client,
        {service: ""},
        lambda role: desk.issuer.issue(Bearer(role, BUREAU, "")),
        desk.clock,
    )


async def test_benefits_are_granted_agencies_engaged_and_leaders_walk(tmp_path: Path) -> None:
    async with open_service(Assist, tmp_path, "assist") as desk:
        counters, pace = counters_of(desk, "assist"), AtOnce(desk.clock, 1)
        today = desk.clock.now().date()
        for _ in range(2):
            await enterprises.benefit(errand(counters, pace, "policies"), today)
            await enterprises.engage(errand(counters, pace, "engagements"))
            await plan.walk(errand(counters, pace, "walks"))

    assert (counters.refusals, counters.given) == ([], 2 * (3 + 5 + 7 + 4))


async def accepted(played: Errand, item: Item) -> None:
    """Bring an application to its acceptance, as the window does."""
    await played.ask(
        Role.WINDOW_CLERK,
        "cases",
        case_no=played.name,
        item_code=item.code,
        item_version=VERSION,
        item_name=item.name,
        case_type=item.case_type.value,
        party={"party_token": "pt-1", "party_type": "ENTERPRISE"},
        channel="WINDOW",
        terminal="WINDOW",
        agent_present=False,
        handling_org=OURS,
    )
    await played.ask(
        Role.WINDOW_CLERK,
        f"cases/{played.name}/acceptance",
        mode="NORMAL",
        accept_doc={"doc_type": "ACCEPTANCE_NOTICE", "doc_no": "SL-1"},
        statutory_limit=STATUTORY_DAYS,
        statutory_unit="WD",
        committed_limit=item.days,
        committed_unit="WD",
        grade="L2",
    )


async def test_every_credit_mode_and_every_instrument_but_the_signature_is_used_in_cases(
    tmp_path: Path,
) -> None:
    told: list[Fact] = []
    async with open_service(partial(Intake, trial=True), tmp_path, "intake") as hall:
        counters, pace = counters_of(hall, "intake"), AtOnce(hall.clock, 1)
        for number in range(CASES):
            chance = Random(number)  # noqa: S311 - a story, no secret
            name, item = f"XC{number:03}", chance.choice((AT_ONCE, COMMITTED))
            played = Errand(name, f"key-{name}", "W01", counters, pace, chance)
            await accepted(played, item)
            await examine(played, item)
            told += [event.data for event in (await hall.store.load(f"case-{name}")).events]

    assert counters.refusals == []
    assert {fact.mode for fact in told if isinstance(fact, CreditModeApplied)} == {*CreditMode}
    assert {fact.action for fact in told if isinstance(fact, InstrumentUsed)} == {
        "ISSUED",
        "REUSED",
        "SEALED",
        "FILED",
    }


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
        counters, pace = counters_of(desk, "assist"), AtOnce(desk.clock, 1)
        today = desk.clock.now().date()
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


async def test_lists_grades_and_rules_are_set_anew_once_a_year(tmp_path: Path) -> None:
    async with open_service(Intake, tmp_path, "intake") as desk:
        counters, pace = counters_of(desk, "intake"), AtOnce(desk.clock, 1)
        for year in (2024, 2024, 2025):
            for name, play in PLAYED.items():
                await play(errand(counters, pace, name, year), year)

    in_a_year = len(lists.LISTS) + len(lists.DESCRIBED) * (1 + len(lists.PLACES)) + 2
    assert (counters.refusals, counters.given) == ([], 3 * in_a_year)
