"""A connection that cannot be used is let go of, whatever went wrong on the way to it."""

from typing import Any

import asyncpg
import pytest

from shared.eventstore import connecting


class Lost:
    """A connection whose server is killed behind the greeting."""

    def __init__(self) -> None:
        self.terminated = False

    async def fetchval(self, *_: Any, **__: Any) -> object:  # noqa: ANN401 - as asyncpg's
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle")

    def terminate(self) -> None:
        self.terminated = True


async def test_a_server_that_is_lost_behind_its_greeting_leaves_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = Lost()

    async def greet(*_: Any, **__: Any) -> Lost:  # noqa: ANN401 - as asyncpg's
        return lost

    monkeypatch.setattr(asyncpg, "connect", greet)
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await connecting.connect("postgresql://somewhere/db")

    assert lost.terminated
