"""`casetrack status`: addresses that may be shown and copied."""

import asyncpg
import pytest

from deploy.stack.credentials import load_passwords
from deploy.stack.postgres import SUPERUSER
from tests.support.standing_bureau import StandingBureau
from tests.support.terminal import Terminal

pytestmark = pytest.mark.timeout(240)


async def test_the_databases_address_holds_no_password_and_whoever_owns_the_stack_gets_in(
    bureau: StandingBureau,
) -> None:
    places = bureau.settings.places
    port = {"CASETRACK_PORT": str(bureau.settings.port)}
    told, shown = [
        await Terminal(places.home, port).casetrack("status", *how) for how in (("--json",), ())
    ]
    password = load_passwords(places, [SUPERUSER])[SUPERUSER]
    connection = await asyncpg.connect(told.document["postgres"]["dsn"])
    role = await connection.fetchval("SELECT current_user")
    await connection.close()

    assert role == SUPERUSER
    assert password not in told.out + told.err + shown.out + shown.err
    assert places.passfile.stat().st_mode & 0o077 == 0
