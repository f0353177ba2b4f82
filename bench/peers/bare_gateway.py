"""The same endpoint as one would write it first: FastAPI, one INSERT, no further promises."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import jwt
import uvicorn
from fastapi import FastAPI, HTTPException, Request

MAKE = """
CREATE TABLE IF NOT EXISTS bare_events (
  source text, id text, type text, key text, body jsonb, PRIMARY KEY (source, id)
)
"""
INSERT = """
INSERT INTO bare_events
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
DSN, KEYS, PORT = os.environ["BARE_DSN"], os.environ["BARE_JWKS"], int(sys.argv[1])


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(DSN, min_size=10, max_size=10) as pool:
        await pool.execute(MAKE)
        app.state.pool = pool
        app.state.key = jwt.PyJWKSet.from_json(KEYS).keys[0].key
        yield


app = FastAPI(lifespan=connected)


@app.post("/v1/events", status_code=202)
async def publish(request: Request) -> dict[str, str]:
    token = request.headers["authorization"].removeprefix("Bearer ")
    jwt.decode(token, app.state.key, algorithms=["EdDSA"], options={"verify_aud": False})
    told = await request.json()
    events: list[dict[str, Any]] = told if isinstance(told, list) else [told]
    try:
        rows = [(e["source"], e["id"], e["type"], e["partitionkey"], json.dumps(e)) for e in events]
    except KeyError as missing:
        raise HTTPException(422, str(missing)) from None
    await app.state.pool.executemany(INSERT, rows)
    return {"status": "accepted"}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error", access_log=False)
