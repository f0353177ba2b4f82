"""Where the embedded stack keeps what it owns, and in whose name."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from deploy.faults import AccountMissing, FolderUnsafe

CHECKOUT = Path(__file__).resolve().parents[2]
FALLBACK_PARENT = Path("/var/tmp")  # noqa: S108 - checked for its owner before use; survives a restart
SOCKET_PATH_BYTES_MAX = 100  # the kernel's limit is 107 with the terminating zero


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account that PostgreSQL runs under."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class StackFolders:
    """The folders of one embedded stack, all below its home."""

    home: Path

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def passfile(self) -> Path:
        """What lets PostgreSQL's clients log in by an address that holds no password."""
        return self.secrets / "pgpass"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def certificate_key(self) -> Path:
        """What signs deadline certificates."""
        return self.keys / "certificates.pem"

    @property
    def ready(self) -> Path:
        return self.home / "ready"

    @property
    def kafka(self) -> Path:
        return self.home / "kafka"

    @property
    def state(self) -> Path:
        return self.home / "state.json"

    @property
    def lock(self) -> Path:
        return self.home / "supervisor.lock"

    def make(self) -> None:
        """Make the folders; what is secret is closed to everybody else."""
        self.home.mkdir(parents=True, exist_ok=True)
        # As root PostgreSQL runs under another account: it passes through, but may
        # not look round.
        self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.logs, self.secrets, self.keys, self.ready, self.kafka):
            folder.mkdir(mode=0o700, exist_ok=True)


def server_account() -> Account | None:
    """Return the account to change to, or None where we are not root and stay who we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as missing:
        raise AccountMissing(account="nobody") from missing
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(account: Account, path: Path) -> bool:
    """Say whether *account* may pass through every folder above *path*."""
    return all(
        _may_enter(account, parent.stat()) for parent in path.resolve().parents if parent.exists()
    )


def _may_enter(account: Account, folder: os.stat_result) -> bool:
    if folder.st_uid == account.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == account.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def server_home(places: StackFolders, account: Account | None) -> Path:
    """
    Return the folder for PostgreSQL's data, which its account must be able to reach.

    A home below a closed folder, such as root's own, cannot be reached by any
    other account. Then the data lives in a private folder of the system that
    is named for the home.
    """
    inside = places.home / "postgres"
    if account is None or reaches(account, inside):
        return inside
    return private_folder(FALLBACK_PARENT, places.home, None) / "postgres"


def private_folder(parent: Path, home: Path, account: Account | None) -> Path:
    """
    Make and return a folder in *parent* that is named for *home*.

    Raises:
        FolderUnsafe: somebody else has laid one there.
    """
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    folder = parent / f"casetrack-{os.geteuid()}-{name}{'-run' if account else ''}"
    folder.mkdir(mode=0o711 if account is None else 0o700, exist_ok=True)
    if account is not None and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    owner = os.geteuid() if account is None else account.uid
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o022:
        raise FolderUnsafe(folder=folder)
    return folder


def socket_folder(below: Path, home: Path, account: Account | None) -> Path:
    """Return *below* where a socket's address fits the kernel's limit, else a short folder."""
    if len(os.fsencode(below / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX:
        return below
    me = Account("", os.geteuid(), os.getegid()) if account is None else account
    return private_folder(Path("/tmp"), home, me)  # noqa: S108 - checked for its owner
