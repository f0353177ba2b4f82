"""Which Python an environment is made with, and what a bundle brings for it."""

import sys
import sysconfig
from pathlib import Path

import pytest

from deploy import setup
from deploy.faults import ChecksumMismatch
from deploy.stack import java

NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(autouse=True)
def built_without_optimisation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "OF_THE_DISTRIBUTION", tmp_path)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: "'--enable-shared'")


def distribution_has(folder: Path, script: str) -> str:
    program = folder / NAME
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_the_distributions_python_is_quicker_than_one_without_optimisation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = distribution_has(tmp_path, "exit 0")

    assert setup.quickest_python() == other
    assert other in capsys.readouterr().err


def test_an_optimised_python_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    distribution_has(tmp_path, "exit 0")
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: setup.OPTIMISED)

    assert setup.quickest_python() == sys.executable


def test_one_that_makes_no_environments_is_left_alone(tmp_path: Path) -> None:
    distribution_has(tmp_path, "exit 1")

    assert setup.quickest_python() == sys.executable


def test_where_the_distribution_has_none_this_one_stays() -> None:
    assert setup.quickest_python() == sys.executable


def test_a_bundle_for_another_python_says_which_it_wants(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = tmp_path / "python-version"
    wanted.write_text("3.99")
    monkeypatch.setattr(setup, "BUNDLED_PYTHON", wanted)
    monkeypatch.setenv("CASETRACK_LANG", "en")

    with pytest.raises(SystemExit) as ended:
        setup.find_python()

    assert ended.value.code == 1
    assert "for Python 3.99" in capsys.readouterr().err


def test_a_bundle_for_this_python_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wanted = tmp_path / "python-version"
    wanted.write_text(NAME.removeprefix("python"))
    monkeypatch.setattr(setup, "BUNDLED_PYTHON", wanted)

    setup.find_python()


def test_a_jar_of_a_bundle_that_was_changed_is_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = sorted(Path(place).name for place in java.pinned_jars())
    for name in names:
        (tmp_path / name).write_bytes(b"another one")
    monkeypatch.setattr(java, "BUNDLED", tmp_path)

    with pytest.raises(ChecksumMismatch) as changed:
        java.kafka_jars()

    assert changed.value.values == {"file": names[0]}
