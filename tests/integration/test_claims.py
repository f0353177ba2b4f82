"""What review kept as receipts for nobody are claims, from the first start of this release on."""

import asyncpg

from services.review.handlers.register import RATING_AWAITED, RatingRegister
from shared.contracts.review.words import ReviewPhase
from shared.eventstore.migrations import OWN_FOLDER, Schema, migrate_schema
from shared.eventstore.postgres import PostgresEventStore, open_pool

CASE = "XC20240902000017"

GO_BACK = """
DROP TABLE review.claims;
DELETE FROM review.migrations WHERE number = 6;
"""
KEEP = """
INSERT INTO review.receipts (principal, key, digest, answer)
VALUES ($1, $2, '', $3)
"""


async def test_what_was_known_of_ratings_is_known_after_the_upgrade(
    superuser: asyncpg.Connection, postgres_dsn: str
) -> None:
    await superuser.execute(GO_BACK)
    await superuser.execute(KEEP, "urn:casetrack:rated-elsewhere", f"COMPLETION/{CASE}", "null")
    await superuser.execute(KEEP, "urn:casetrack:rating-awaited", "PJ1", '"PJ2"')
    await superuser.execute(KEEP, "clerk-7", f"ACCEPTANCE/{CASE}", "{}")

    await migrate_schema(superuser, Schema.REVIEW, OWN_FOLDER)

    async with await open_pool(postgres_dsn, "review") as pool:
        store = PostgresEventStore(pool)
        register = RatingRegister(store)
        assert await register.is_rated(CASE, ReviewPhase.COMPLETION)
        assert not await register.is_rated(CASE, ReviewPhase.ACCEPTANCE)
        assert await store.holder(RATING_AWAITED, "PJ1") == "PJ2"
