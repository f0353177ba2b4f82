"""Work that takes long on the event loop, and lets whoever waits go first now and then."""

import asyncio

TURN_SECONDS_MAX = 0.01


class Turn:
    """One stretch of such work."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    async def share(self) -> None:
        """Let others have theirs where ours has lasted `TURN_SECONDS_MAX`."""
        if self._loop.time() - self._began > TURN_SECONDS_MAX:
            await asyncio.sleep(0)
            self._began = self._loop.time()
