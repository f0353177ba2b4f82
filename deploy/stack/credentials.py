"""Passwords of the embedded stack: made once, kept in one closed folder, never printed in logs."""

import json
import secrets
from collections.abc import Iterable, Mapping

from deploy.stack.places import StackFolders

PASSWORD_BYTES = 24


def load_passwords(places: StackFolders, roles: Iterable[str]) -> Mapping[str, str]:
    """Return the password of each of *roles*; a role that is new gets one."""
    path = places.secrets / "postgres.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in roles if role not in known]
    if missing:
        known |= {role: secrets.token_urlsafe(PASSWORD_BYTES) for role in missing}
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(known, indent=2))
        fresh.replace(path)
    return known


def write_passfile(places: StackFolders, role: str, password: str) -> None:
    """Let whoever may read our secrets log in as *role*, wherever the server is."""
    places.passfile.touch(mode=0o600)
    places.passfile.write_text(f"*:*:*:{role}:{password}\n")
