"""Which Python an environment is made with."""

import sys
import sysconfig
from pathlib import Path

import pytest

from deploy import setup

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
