"""The API of metrics over the store in memory, without a port."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from services.metrics.app.serving import Reader
from services.metrics.ports.deliveries import DeliveryDesk
from services.metrics.ports.judgements import JudgedDossier, Judgements
from services.metrics.views.delivery import ChannelLine, DeliveryLine
from shared.commands.rules_in_force import RulesInForce
from shared.runtime.clock import Clock
from shared.runtime.ids import SeededIds
from shared.web.gate import AuthSettings
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import Store


class NothingJudged(Judgements):
    """A projection in which nothing lies; there is none in memory."""

    async def following(self, key: str, dossiers_max: int) -> Sequence[JudgedDossier]:  # noqa: ARG002
        return []

    async def dossiers(self) -> int:
        return 0

    async def lanes_behind(self, edition: int) -> int:  # noqa: ARG002
        return 0


class NothingDelivered(DeliveryDesk):
    """Of a bureau without channels."""

    async def channels(self) -> Sequence[ChannelLine]:
        return []

    async def listed(
        self,
        behind: tuple[datetime, str],  # noqa: ARG002
        channel: str | None,  # noqa: ARG002
        rows_max: int,  # noqa: ARG002
    ) -> Sequence[DeliveryLine]:
        return []

    async def one(self, delivery_id: str) -> DeliveryLine | None:  # noqa: ARG002
        return None

    async def test(self, channel: str, delivery_id: str, now: datetime) -> bool:  # noqa: ARG002
        return False

    async def retry(self, delivery_id: str, now: datetime) -> DeliveryLine | None:  # noqa: ARG002
        return None


def reader_over(
    store: Store, folder: Path, clock: Clock | None = None, **settings: object
) -> Reader:
    """Return the API over *store*, whose issuer keeps its keys in *folder*."""
    return Reader(
        readings=store.readings,
        glances=store.glances,
        deadlines=store.deadlines,
        clock_rounds=store.clock_rounds,
        orders=store.orders,
        rules=RulesInForce(store.supervision),
        supervision=store.words,
        chronicles=store.chronicles,
        judgements=NothingJudged(),
        deliveries=NothingDelivered(),
        auth=AuthSettings.model_validate({"jwks": str(folder / "jwks.json"), **settings}),
        clock=clock or store.clock,
        ids=SeededIds(2),
        source=SUPERVISION,
    )
