"""
``python -m deploy.probe [URL]``: whether the process in this container serves.

With an address it asks there; without one it looks for the ready file, which
every process of ours writes once it serves and takes away when it stops.
"""

import http.client
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

ANSWER_SECONDS_MAX = 3.0
NOT_SERVING = 1


def answers(url: str) -> bool:
    """Say whether *url* answers that the service can serve."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=ANSWER_SECONDS_MAX)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announced(ready_file: Path) -> bool:
    """Say whether the process that wrote *ready_file* is still alive."""
    try:
        os.kill(int(ready_file.read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True


def main() -> int:
    serving = (
        answers(sys.argv[1])
        if len(sys.argv) > 1
        else announced(Path(os.environ.get("CASETRACK_READY_FILE", "")))
    )
    return 0 if serving else NOT_SERVING


if __name__ == "__main__":
    sys.exit(main())
