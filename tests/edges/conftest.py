"""Intake in memory, built once for a module that asks for it and begun anew for each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.intake_service import Hall, hall_in_memory


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall_in_memory(tmp_path_factory.mktemp("keys")) as hall:
        yield hall


@pytest.fixture
def hall(running: Hall) -> Hall:
    running.forget()
    return running
