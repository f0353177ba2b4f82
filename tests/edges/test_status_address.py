"""Somebody else's PostgreSQL: `casetrack status` shows where it is, not how one gets in."""

import os
from pathlib import Path

import pytest

from deploy.stack.journal import Journal
from deploy.stack.places import StackFolders
from deploy.stack.status import look
from deploy.stack.supervisor import take_lock


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://a:geheim@db:5432/casetrack", "postgresql://a@db:5432/casetrack"),
        ("postgresql://a@db/casetrack?password=geheim", "postgresql://a@db/casetrack"),
        (
            "postgresql://db/c?sslmode=require&sslpassword=geheim",
            "postgresql://db/c?sslmode=require",
        ),
    ],
)
def test_no_password_is_shown(tmp_path: Path, given: str, shown: str) -> None:
    places = StackFolders(tmp_path / str(os.getpid()))
    places.make()
    Journal(places.state, kafka="kafka:9092", postgres=given).write()
    lock = take_lock(places)
    assert lock is not None
    with lock:
        document = look(places).document()

    assert document["postgres"]["dsn"] == shown
