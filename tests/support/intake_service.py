"""Intake in memory, at noon of a Monday."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from services.intake.app import Intake
from tests.support.open_service import OpenService, open_service

NOON = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
"""Noon in Xi'an."""

Hall = OpenService[Intake]


@asynccontextmanager
async def hall_in_memory(folder: Path) -> AsyncIterator[Hall]:
    async with (
        open_service(partial(Intake, trial=True), folder, "intake", NOON) as hall,
        hall.service.commits,
    ):
        yield hall
