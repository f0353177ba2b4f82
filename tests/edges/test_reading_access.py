"""What tells of every organisation is read by the bureau's own people alone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from services.metrics.app.serving import Reader
from services.metrics.ports.judgements import Judged, Judgements
from shared.commands.rules_in_force import RulesInForce
from shared.policy.organisations import organisations
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import opened
from tests.support.organisations import BUREAU, INVENTED, STREET

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMER = next(code for code, one in organisations().by_code.items() if one.merged_into == BUREAU)
ANSWERS = {
    BUREAU: None,
    FORMER: None,
    STREET: "organisation_is_another",
    INVENTED: "own_organisation_unknown",
}
OPEN_TO_ALL = {"/v1/session"}
ENDLESS = {"/v1/stream"}
READING_ROLES = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS, Role.LAW_DESK)


class NothingJudged(Judgements):
    """A projection in which nothing lies; there is none in memory."""

    async def following(self, key: str, dossiers_max: int) -> Sequence[Judged]:  # noqa: ARG002
        return []

    async def lanes_behind(self, edition: int) -> int:  # noqa: ARG002
        return 0


@dataclass
class Readers:
    """The API in memory, and tokens for it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    operations: list[tuple[str, str]]

    async def ask(self, method: str, address: str, role: Role, org: str) -> tuple[int, str | None]:
        token = self.issuer.issue(Bearer(role, org))
        headers = {"authorization": f"Bearer {token}"}
        answer = await self.client.request(
            method, address.replace("{", "").replace("}", ""), headers=headers
        )
        code = answer.json().get("code") if answer.status_code >= 400 else None
        return answer.status_code, code


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def readers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Readers]:
    folder: Path = tmp_path_factory.mktemp("keys")
    async with opened("memory", str) as store:
        issuer = LocalIssuer.open(folder, store.clock, SeededIds(1))
        web = Reader(
            readings=store.readings,
            glances=store.glances,
            deadlines=store.deadlines,
            rules=RulesInForce(store.supervision),
            supervision=store.supervision,
            judgements=NothingJudged(),
            auth=AuthSettings(jwks=str(folder / "jwks.json")),
            clock=store.clock,
            ids=SeededIds(2),
            source=SUPERVISION,
        ).web
        told = [
            (method.upper(), address)
            for address, item in web.openapi()["paths"].items()
            for method in item
            if address.startswith("/v1/") and address not in OPEN_TO_ALL
        ]
        transport = httpx2.ASGITransport(web, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            yield Readers(client, issuer, told)


@pytest.mark.parametrize("role", Role)
async def test_another_organisations_people_read_nothing_and_change_nothing(
    readers: Readers, role: Role
) -> None:
    assert len(readers.operations) > 10
    for method, address in readers.operations:
        if address in ENDLESS and role in READING_ROLES:
            continue
        at_home = await readers.ask(method, address, role, BUREAU)
        for org, code in ANSWERS.items():
            status, told = await readers.ask(method, address, role, org)

            place = f"{method} {address} as {role} of {org}: {status} {told}"
            if at_home == (403, "not_permitted"):
                assert (status, told) == (403, "not_permitted"), place
            elif code is None:
                assert status != 403, place
            else:
                assert (status, told) == (403, code), place


@pytest.mark.parametrize("org", [STREET, INVENTED])
async def test_nobody_else_watches_the_live_picture(readers: Readers, org: str) -> None:
    assert await readers.ask("GET", "/v1/stream", Role.SUPERVISOR, org) == (403, ANSWERS[org])
