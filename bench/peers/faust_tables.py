"""
What a user would write first: a plain Faust agent with two tables, doing the same sums.

At least once: what it offers as exactly once loses events when it is killed.
"""

import json
import os
import sys
import time

import faust

KAFKA, TOPIC, EVENTS = sys.argv[1], sys.argv[2], int(sys.argv[3])

app = faust.App(
    f"peer-{TOPIC}",
    broker=f"kafka://{KAFKA}",
    store="memory://",
    topic_partitions=4,
    web_enabled=False,
    consumer_auto_offset_reset="earliest",
    broker_max_poll_records=4000,
    broker_session_timeout=6.0,
    broker_heartbeat_interval=1.5,
    producer_linger=0.02,
)
source = app.topic(TOPIC, key_type=bytes, key_serializer="raw", value_serializer="json")
cases = app.Table("cases", key_type=str, partitions=4)
counts = app.Table("counts", default=int, key_type=str, partitions=4)
seen = {"events": 0, "started": 0.0}


@app.agent(source)
async def fold(stream: faust.Stream) -> None:
    async for event in stream:
        seen["started"] = seen["started"] or time.monotonic()
        key = event["partitionkey"]
        before = cases.get(key) or {"facts": 0, "type": "", "day": ""}
        day = event["time"][:10]
        cases[key] = {"facts": before["facts"] + 1, "type": event["type"], "day": day}
        if before["facts"]:
            counts[f"{before['type']}|{before['day']}"] -= 1
        counts[f"{event['type']}|{day}"] += 1
        seen["events"] += 1
        if seen["events"] >= EVENTS:
            await finish()


async def finish() -> None:
    # Durable by Faust's own notion: the changelog is flushed, the offsets are committed.
    await app.producer.flush()
    await app.consumer.commit()
    seconds = time.monotonic() - seen["started"]
    # Faust has taken sys.stdout for its log.
    os.write(1, b"\n" + json.dumps({"events": seen["events"], "seconds": seconds}).encode())
    os._exit(0)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "error", "--without-web"]
    app.main()
