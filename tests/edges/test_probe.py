"""How a container's health is told: by an answer, or by the ready file of a living process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.probe import announced, answers

SECONDS_MAX = 30


class Door(BaseHTTPRequestHandler):
    """Ready at one path, not ready at every other."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(SECONDS_MAX)


def status(*arguments: str, ready_file: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "deploy.probe", *arguments],
        check=False,
        env={**os.environ, "CASETRACK_READY_FILE": str(ready_file)},
        timeout=SECONDS_MAX,
    )
    return done.returncode


def test_a_service_serves_where_it_answers_that_it_is_ready(service: str) -> None:
    assert answers(f"{service}/readyz")
    assert not answers(f"{service}/other")


def test_a_service_that_nobody_reaches_does_not_serve() -> None:
    assert not answers("http://127.0.0.1:1/readyz")


def test_a_process_serves_where_it_has_announced_itself(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready"
    ready_file.write_text(f"{os.getpid()}\n")

    assert announced(ready_file)
    assert not announced(tmp_path / "none")


def test_the_ready_file_of_a_dead_process_says_nothing(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(SECONDS_MAX)
    ready_file = tmp_path / "ready"
    ready_file.write_text(f"{gone.pid}\n")

    assert not announced(ready_file)


def test_the_exit_status_is_the_answer(service: str, tmp_path: Path) -> None:
    ready_file = tmp_path / "ready"

    assert status(ready_file=ready_file) == 1
    assert status(f"{service}/other", ready_file=ready_file) == 1
    assert status(f"{service}/readyz", ready_file=ready_file) == 0
