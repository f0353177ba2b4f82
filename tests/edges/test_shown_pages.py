"""Whoever is signed in is told which pages there are for them: those that would not be refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from services.metrics.api.roles import HEARERS, READERS, WORKERS
from services.metrics.api.viewer import DRAWN_FROM, viewer_of
from shared.runtime.ids import SeededIds
from shared.web.auth import Principal, Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.memory_api import reader_over
from tests.support.metrics_store import FACTS, opened
from tests.support.organisations import BUREAU, INVENTED, STREET

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORK = ["mine", "alerts", "cases", "plan"]
WATCH = ["today", "alerts", "cases", "plan"]
PAGES = {
    **dict.fromkeys(WORKERS, WORK),
    Role.SUPERVISOR: ["today", *WORK, "operations"],
    Role.DIRECTOR: ["today", *WORK, "operations"],
    Role.AUDITOR: [*WATCH, "operations"],
    Role.OPS: [*WATCH, "operations"],
    Role.LAW_DESK: [],
    Role.PUBLISHER: [],
}
PARTS = {Role.AUDITOR: ["channels"], Role.OPS: ["channels", "tries"]}


@dataclass
class Door:
    """The API, and anybody who asks it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer

    async def ask(self, address: str, role: Role, org: str = BUREAU) -> httpx2.Response:
        token = self.issuer.issue(Bearer(role, org, "王某"))
        return await self.client.get(address, headers={"authorization": f"Bearer {token}"})

    async def session(self, role: Role, org: str = BUREAU) -> Any:  # noqa: ANN401 - any JSON
        answer = await self.ask("/v1/session", role, org)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    folder: Path = tmp_path_factory.mktemp("keys")
    async with opened("memory", str) as store:
        await store.fold(*FACTS)
        issuer = LocalIssuer.open(folder, store.clock, SeededIds(1))
        transport = httpx2.ASGITransport(reader_over(store, folder).web)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            yield Door(client, issuer)


@pytest.mark.parametrize("role", Role)
async def test_every_role_is_told_its_pages_and_where_it_begins(door: Door, role: Role) -> None:
    session = await door.session(role)

    assert session["pages"] == PAGES[role]
    assert session["parts"] == PARTS.get(role, [])


@pytest.mark.parametrize("org", [BUREAU, STREET, INVENTED])
@pytest.mark.parametrize("role", Role)
async def test_no_page_is_offered_that_would_be_refused_and_none_kept_back_that_would_not(
    door: Door, role: Role, org: str
) -> None:
    pages = (await door.session(role, org))["pages"]

    for page, path in DRAWN_FROM.items():
        # The stream of whoever is let in has no end; it has a test of its own.
        if page == "today" and role in READERS and org != INVENTED:
            continue
        answer = await door.ask(path, role, org)
        assert (answer.status_code == 200) is (page in pages), (page, answer.status_code)


@pytest.mark.parametrize("org", [BUREAU, STREET, INVENTED])
@pytest.mark.parametrize("role", Role)
async def test_channels_are_offered_to_whom_they_are_told(door: Door, role: Role, org: str) -> None:
    parts = (await door.session(role, org))["parts"]

    answer = await door.ask("/v1/channels", role, org)

    assert (answer.status_code == 200) is ("channels" in parts), answer.status_code


async def test_whoever_has_a_list_to_work_from_has_its_page(door: Door) -> None:
    with_list = {role for role in Role if "mine" in (await door.session(role))["pages"]}

    assert with_list == set(HEARERS)


async def test_a_session_says_who_reads_for_whom_and_how_far_it_may_be_trusted(door: Door) -> None:
    clerk = await door.session(Role.WINDOW_CLERK, STREET)

    assert clerk["principal"]["role"] == "WINDOW_CLERK"
    assert clerk["principal"]["org_name"].endswith("西一路街道便民服务中心")
    assert (await door.session(Role.WINDOW_CLERK))["principal"]["org_name"] is None
    assert clerk["demo"] is False
    assert clerk["rebuilding"] is None
    assert clerk["lag_seconds"] >= 0
    assert clerk["as_of"].endswith("+08:00")
    assert clerk["complete_to"] is None or clerk["complete_to"] <= clerk["as_of"]


async def test_nobody_is_told_without_a_session(door: Door) -> None:
    answer = await door.client.get("/v1/session")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


async def test_of_several_roles_the_one_that_sees_most_is_shown() -> None:
    roles = frozenset({Role.WINDOW_CLERK, Role.AUDITOR})

    assert viewer_of(Principal("x", roles, BUREAU, "王某")).role == "AUDITOR"
