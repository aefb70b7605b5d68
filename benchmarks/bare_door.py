"""The floor under the door for exchanges: what verifies the same signature and keeps one row per delivery.

Nobody who promises not to lose a delivery can do less: read the body, check its signature, store each
delivery once, commit, answer. It makes no calls of them.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Column, MetaData, String, Table, Text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.database import Database, upsert
from shared.gc_tuning import freeze_startup_objects

DELIVERIES = Table(
    "bare_deliveries",
    MetaData(),
    Column("source", String(40), primary_key=True),
    Column("delivery_id", String(120), primary_key=True),
    Column("body", Text, nullable=False),
)


def bare_app(database_url: str, secret: str) -> FastAPI:
    """One route that stores, and one that says it is up."""
    database, key = Database(database_url), Webhook(secret)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with database.writing() as session:
            await (await session.connection()).run_sync(DELIVERIES.metadata.create_all)
        freeze_startup_objects()
        yield
        await database.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @app.post("/v1/telephony/events", status_code=202)
    async def take(request: Request) -> dict[str, int]:
        body = await request.body()
        try:
            key.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            raise HTTPException(401) from error
        parsed = json.loads(body)
        rows = [
            {"source": one["source"], "delivery_id": one["delivery_id"], "body": json.dumps(one)}
            for one in (parsed if isinstance(parsed, list) else [parsed])
        ]
        async with database.writing() as session:
            await session.execute(upsert(session, DELIVERIES).values(rows).on_conflict_do_nothing())
        return {"received": len(rows)}

    return app


def main() -> None:
    """`python -m benchmarks.bare_door PORT DATABASE_URL SECRET`."""
    port, database_url, secret = sys.argv[1:4]
    uvicorn.run(bare_app(database_url, secret), port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
