"""A few late cases, the API of metrics in memory over them, and the people who speak to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from shared.contracts.registry import decode
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.memory_api import reader_over
from tests.support.metrics_store import Store, opened, received
from tests.support.organisations import BUREAU, MARKET

ANNA, BERT, CARL = "anna", "bert", "carl"
OF_MARKET = "XC20240902000003"


@dataclass
class Bureau:
    """The API in memory over a few late cases, and the people who speak to it."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    store: Store
    card: str
    """A red card on a case of the market's supervision."""

    async def ask(  # noqa: PLR0913 - who asks for what
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        name: str = ANNA,
        role: Role = Role.SUPERVISOR,
        org: str = BUREAU,
        key: str = "",
    ) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {self.issuer.issue(Bearer(role, org, name))}"}
        if key:
            headers["idempotency-key"] = key
        answer = await self.client.request(method, path, json=body, headers=headers)
        told = answer.json()
        return answer.status_code, told["code"] if answer.status_code >= 400 else told

    async def table(self, path: str, org: str = BUREAU) -> httpx2.Response:
        """Return what a supervisor of *org* gets at *path* who asks for a table."""
        bearer = self.issuer.issue(Bearer(Role.SUPERVISOR, org, ANNA))
        headers = {"authorization": f"Bearer {bearer}", "accept": "text/csv"}
        return await self.client.get(path, headers=headers)

    async def act(self, act: str, body: object = None, **who: Any) -> tuple[int, Any]:  # noqa: ANN401 - handed on
        return await self.ask("POST", f"/v1/alerts/{self.card}/{act}", body, **who)

    async def shown(self, name: str = "") -> Any:  # noqa: ANN401 - any JSON
        status, told = await self.ask("GET", f"/v1/alerts/{name or self.card}")
        assert status == 200, told
        return told

    async def order(self, body: object, key: str = "order-key-1", **who: Any) -> tuple[int, Any]:  # noqa: ANN401 - handed on
        return await self.ask("POST", "/v1/orders", body, key=key, **who)

    async def fold_what_was_said(self) -> None:
        """Let the worker hear of all that supervision has recorded, as through Kafka."""
        relay: Any = self.store.supervision
        pending = await relay.pending(1_000)
        if pending:
            await self.store.fold(*(decode(one.body) for one in pending))
            await relay.advance(pending[-1].place)


@asynccontextmanager
async def bureau_over(folder: Path) -> AsyncIterator[Bureau]:
    """Give the bureau, whose issuer keeps its keys in *folder*."""
    async with opened("memory") as store:
        receipts = (received(OF_MARKET, org_code=MARKET), received("XC5", org_code=BUREAU))
        await store.intake.record(receipts)
        await store.fold(*receipts)
        await store.tick()
        issuer = LocalIssuer.open(folder, store.clock, SeededIds(1))
        transport = httpx2.ASGITransport(reader_over(store, folder).web)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            made = Bureau(client, issuer, store, "")
            _, listed = await made.ask("GET", f"/v1/alerts?level=RED&case_no={OF_MARKET}")
            made.card = listed["items"][0]["alert_id"]
            yield made
