"""The keys that others keep for a bureau are made once, and serve from where nobody can write."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.checkpoints import Signer
from deploy.keys import make_keys
from deploy.sign_in import link
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.statements import load_signer

MADE = {
    "checkpoints.pem",
    "checkpoints.jwks.json",
    "sessions/certificates.pem",
    "sessions/certificates.jwks.json",
    "sessions/issuer.pem",
    "sessions/jwks.json",
}


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_keys_are_made_where_they_are_missing_and_stay(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.keys", str(tmp_path)]
    subprocess.run(command, check=True)
    made = contents(tmp_path)
    subprocess.run(command, check=True)

    assert set(made) == MADE
    assert contents(tmp_path) == made
    assert (tmp_path / "checkpoints.pem").stat().st_mode & 0o077 == 0


def test_a_key_serves_from_a_folder_that_holds_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_keys(tmp_path / "keys")
    made = contents(tmp_path / "keys")
    monkeypatch.setenv("AUTH_JWKS", "https://id.example.org/keys")
    monkeypatch.setenv("AUTH_SESSION_JWKS", str(tmp_path / "keys" / "sessions" / "jwks.json"))
    (tmp_path / "memory").mkdir()
    Signer.open(tmp_path / "keys" / "checkpoints.pem", tmp_path / "memory")
    load_signer(tmp_path / "keys" / "sessions" / "certificates.pem")

    assert link(AuthSettings(), Role.DIRECTOR, "https://casetrack.example.org") is not None
    assert contents(tmp_path / "keys") == made
    assert contents(tmp_path / "memory") == {
        "checkpoints.jwks.json": made["checkpoints.jwks.json"],
    }
