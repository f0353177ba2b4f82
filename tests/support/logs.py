"""What processes have logged so far."""

import json
from pathlib import Path
from typing import Any


def logged(log: Path, event: str = "") -> list[dict[str, Any]]:
    """Return the lines of *log*, or those of *event*; whoever writes it may go on meanwhile."""
    # Of the last one a part may be there.
    *whole, _ = log.read_text("utf-8", "replace").split("\n")
    lines = [json.loads(line) for line in whole if line.startswith("{")]
    return [line for line in lines if event in ("", line["event"])]
