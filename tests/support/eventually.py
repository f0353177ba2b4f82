"""Waiting for what will become true, with a deadline instead of a sleep."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 60.0
"""What becomes true does so in a moment, and where a busy machine has to start a process, later."""


async def eventually(condition: Callable[[], Any], *, within: float = PATIENCE_SECONDS) -> Any:  # noqa: ANN401 - whatever the condition answers
    """
    Return the first true answer of *condition*, which may be a coroutine function.

    Raises:
        AssertionError: it was still false after *within* seconds; names the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        answer = condition()
        seen = await answer if inspect.isawaitable(answer) else answer
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not true within {within} s, last answer: {seen!r}"
        await asyncio.sleep(LOOK_SECONDS)
