"""How old a backup is, by what lies in its folder."""

from datetime import timedelta
from math import inf
from pathlib import Path

import pytest

from deploy.backups import BackupPart, age
from shared.runtime.clock import VirtualClock
from tests.support.facts import MONDAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for base in ("20240901T010000Z/20240901T010500Z", "20240901T010000Z/20240902T003000Z"):
        (tmp_path / base).mkdir(parents=True)
    (tmp_path / "20240901T010000Z" / "log").mkdir()
    (tmp_path / "20240901T010000Z" / ".new").mkdir()
    (tmp_path / "received").write_text(f"{int((MONDAY - timedelta(seconds=7)).timestamp())}\n")
    return tmp_path


def test_a_base_is_as_old_as_its_name_and_the_log_as_what_is_noted(folder: Path) -> None:
    clock = VirtualClock(MONDAY)

    assert age(folder, BackupPart.BASE, clock) == 1800
    assert age(folder, BackupPart.LOG, clock) == 7


def test_where_there_is_none_it_is_older_than_any(tmp_path: Path) -> None:
    assert {age(tmp_path, part, VirtualClock(MONDAY)) for part in BackupPart} == {inf}
