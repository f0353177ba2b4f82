"""Facts that keep coming while containers die: each is accepted in the end, none is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from deploy.delivery import Delivery
from shared.contracts.documents import write
from shared.contracts.publishing import example_of
from shared.policy.calendar import ZONE
from shared.runtime.clock import Clock

RECEIVED = "casetrack.intake.application.received.v1"
SOURCE = "urn:example:trial"
BATCH_EVENTS = 20
PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Load:
    """What came of the facts so far."""

    batch_events: int = BATCH_EVENTS
    accepted: int = 0
    made: int = 0
    troubles: list[str] = field(default_factory=list)
    """Each stretch in which the gateway did not answer, by its first reason."""
    cases: int | None = None
    """Of how many cases they tell in turns; None: each of its own."""

    @asynccontextmanager
    async def under(self, delivery: Delivery) -> AsyncIterator[None]:
        """Publish by *delivery* for as long as the block, up to ten batches a second."""
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self._publish(delivery))
            yield
            running.cancel()

    async def _publish(self, delivery: Delivery) -> None:
        while True:
            batch = [self._next(delivery.clock) for _ in range(self.batch_events)]
            verdicts = await delivery.send(batch)
            if refused := [one for one in verdicts if one.status == "rejected"]:
                raise RuntimeError(f"refused: {refused[0]}")
            # One that comes twice was stored before its answer was lost.
            self.accepted += len(verdicts)
            await asyncio.sleep(PAUSE_SECONDS)

    def _next(self, clock: Clock) -> bytes:
        self.made += 1
        number = self.made if self.cases is None else self.made % self.cases
        now = clock.now().astimezone(ZONE) - timedelta(seconds=30)
        example = example_of(RECEIVED)
        case = {**example["data"]["case"], "case_no": f"XCTRIAL{number:06}"}
        return write(
            {
                "specversion": "1.0",
                "id": f"received-{self.made}",
                "source": SOURCE,
                "type": RECEIVED,
                "subject": case["case_no"],
                "time": now.isoformat(),
                "data": {**example["data"], "case": case, "received_date": now.date().isoformat()},
            }
        )
