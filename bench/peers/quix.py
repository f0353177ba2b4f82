"""
The stream library that a user would compare with: Quix Streams, the same sums in two steps.

Exactly once, as ours: every change of a sum passes a second topic, and the
clock stops when the last of them is folded and its transaction committed.
"""

import json
import sys
import time
from typing import Any

from quixstreams import Application, State

KAFKA, TOPIC, EVENTS, SUMS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
COMMIT_SECONDS = 0.1
"""Its quickest: at the default of 5 the second step mostly waits for the first to commit."""

app = Application(
    broker_address=KAFKA,
    consumer_group=f"peer-{TOPIC}",
    auto_offset_reset="earliest",
    loglevel="ERROR",
    state_dir=f"quix-{TOPIC}",
    processing_guarantee="exactly-once",
    commit_interval=COMMIT_SECONDS,
)
seen = {"sums": 0, "started": 0.0}


def remember(event: dict[str, Any], state: State) -> list[dict[str, Any]]:
    """Keep the case, and say what is to be counted less and more."""
    seen["started"] = seen["started"] or time.monotonic()
    before = state.get("case")
    place = f"{event['type']}|{event['time'][:10]}"
    state.set("case", {"facts": (before["facts"] if before else 0) + 1, "place": place})
    changes = [{"place": place, "number": 1}]
    if before:
        changes.append({"place": before["place"], "number": -1})
    return changes


def count(change: dict[str, Any], state: State) -> dict[str, Any]:
    state.set("number", state.get("number", 0) + change["number"])
    seen["sums"] += 1
    if seen["sums"] == SUMS:
        app.stop()
    return change


frames = app.dataframe(app.topic(TOPIC, value_deserializer="json"))
changes = frames.apply(remember, stateful=True, expand=True)
changes.group_by("place").apply(count, stateful=True)

if __name__ == "__main__":
    app.run()
    # It returns after the last checkpoint: the transaction is committed, the changelog written.
    seconds = time.monotonic() - seen["started"]
    print(json.dumps({"events": EVENTS, "seconds": seconds}), flush=True)
