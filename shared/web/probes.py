"""Health, readiness and measures of a process that answers nothing else."""

import asyncio

from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.lifecycle import Main, is_ready
from shared.runtime.measures import Scraped
from shared.runtime.settings import load_settings
from shared.web.app import Readiness, Web, create_web
from shared.web.gate import AuthSettings, Gate
from shared.web.server import serve


def probed(process: Scraped, main: Main, host: str, port: int) -> Main:
    """Return *main* with a door beside it, at which the process says how it is."""
    clock = SystemClock()
    web = create_web(
        Web(
            title=f"casetrack {process}",
            process=process,
            gate=Gate.of(load_settings(AuthSettings), clock),
            clock=clock,
            ids=SystemIds(),
            ready=_announced,
        )
    )

    async def live(stopping: asyncio.Event) -> None:
        gone = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(web, host=host, port=port, stopping=gone), name="probes")
            await main(stopping)
            gone.set()

    return live


async def _announced() -> Readiness:
    """Say what the supervisor was told."""
    return Readiness(serves=is_ready())
