"""
Makes `.venv` fit for running or testing; needs Python's standard library only.

    python3 deploy/setup.py run|test|peers|containers-check

Installs the pinned requirements with their hashes, by uv where there is one,
else by pip, and the checkout itself in place. What is up to date is left alone.
"""

import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
PYTHON_MIN = (3, 11)
PYTHON_BELOW = (3, 14)
OTHER_PYTHONS = ("python3.13", "python3.12", "python3.11")
BUNDLED = ROOT / "wheels"
"""Where a bundle has the packages; then nobody else is asked for them."""
BUNDLED_PYTHON = BUNDLED / "python-version"
"""Which Python they are for."""
OF_THE_DISTRIBUTION = Path("/usr/bin")
OPTIMISED = "--enable-optimizations"
# Whoever has the larger set has the smaller one too.
SUFFICES = {"run": ("run", "test"), "test": ("test",)}
# What cannot live beside our own packages has an environment of its own.
APART = ("peers", "containers-check")
WISHES = ("CASETRACK_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
WRONG_USAGE = 2
OF_A_SIGNAL = 128
PR_SET_PDEATHSIG = 1
# As pip says that nobody whom it trusts vouches for a server.
UNTRUSTED = re.compile(
    rb"CERTIFICATE_VERIFY_FAILED|certificate verify failed|self[- ]signed certificate"
)

LINES = {
    "zh": {
        "python": "需要 Python 3.11、3.12 或 3.13，当前是 {version}。请安装其中一个后重试。",
        "run": "安装运行所需的 Python 包（含 PostgreSQL、Java、Node，首次约 180 MB）……",
        "test": "安装运行与测试所需的 Python 包（含 PostgreSQL、Java、Node，首次约 250 MB）……",
        "peers": "安装基准测试的对照组（独立环境）……",
        "containers-check": "安装容器文件的检查工具（独立环境，约 50 MB）……",
        "slow": "当前 Python 编译时未启用优化（约慢三分之一），改用 {other}。",
        "venv": "无法建立虚拟环境：{reason}。Debian/Ubuntu 请安装 python3-venv。",
        "failed": "安装失败。请检查网络；镜像请设 PIP_INDEX_URL 或 UV_DEFAULT_INDEX，然后重试。",
        "certificate": "下载被代理的证书拦住：请把代理的 CA 证书（PEM 文件）写进 PIP_CERT（pip）和 "
        "SSL_CERT_FILE（uv），然后重试。",
        "interrupted": "已中断；再次运行会接着安装。",
        "bundled": "从离线包安装，不访问网络……",
        "bundled_python": "此离线包用于 Python {wanted}，当前是 {version}。请安装前者后重试。",
        "bundled_failed": "离线包安装失败：它须与本机同一操作系统和处理器，且文件完整。"
        "请用 sha256sum --check --quiet SHA256SUMS 检查。",
    },
    "en": {
        "python": "Python 3.11, 3.12 or 3.13 is needed, this is {version}: install one, try again.",
        "run": "Installing what running needs (PostgreSQL, Java, Node too; about 180 MB) …",
        "test": "Installing what running and testing need (about 250 MB) …",
        "peers": "Installing what the benchmarks compare with (an environment of its own) …",
        "containers-check": "Installing what checks the container files (about 50 MB, apart) …",
        "slow": "This Python was built without optimisation (a third slower): taking {other}.",
        "venv": "No virtual environment can be made: {reason}. On Debian install python3-venv.",
        "failed": "Installation failed: check the network; a mirror is named by PIP_INDEX_URL "
        "or UV_DEFAULT_INDEX. Then try again.",
        "certificate": "A proxy's certificate is in the way: name the PEM file of its CA in "
        "PIP_CERT (pip) and SSL_CERT_FILE (uv). Then try again.",
        "interrupted": "Interrupted; the next time goes on with it.",
        "bundled": "Installing from the bundle, without a network …",
        "bundled_python": "This bundle is for Python {wanted}, this is {version}: install it.",
        "bundled_failed": "Installation failed: a bundle is for one system and processor, and has "
        "to be whole. Check it: sha256sum --check --quiet SHA256SUMS",
    },
}


def main() -> int:
    """Bring the environment of one set up to date; return the exit status."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    if wanted not in (*SUFFICES, *APART):
        say_plain(__doc__ or "")
        return WRONG_USAGE
    find_python()
    folder = ROOT / ".casetrack" / wanted if wanted in APART else ROOT / ".venv"
    if any(is_current(folder, name) for name in SUFFICES.get(wanted, (wanted,))):
        return 0
    say("bundled" if BUNDLED.is_dir() else wanted)
    # The last that is put into an environment while it is made.
    if not (folder / "bin" / "pip").exists():
        make_environment(folder)
    install(folder, wanted)
    stamp(folder, wanted).write_text(digest(wanted))
    return 0


def find_python() -> None:
    """Go on under a Python that fits, where this one does not."""
    wanted = BUNDLED_PYTHON.read_text() if BUNDLED_PYTHON.exists() else ""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version == wanted or (not wanted and PYTHON_MIN <= sys.version_info[:2] < PYTHON_BELOW):
        return
    for name in (f"python{wanted}",) if wanted else OTHER_PYTHONS:
        other = shutil.which(name)
        if other:
            os.execv(other, [other, *sys.argv])  # noqa: S606 - our own argument list
    told = sys.version.split()[0]
    give_up("bundled_python" if wanted else "python", version=told, wanted=wanted)


def digest(name: str) -> str:
    """Return what the environment of *name* depends on, as one number."""
    parts = [ROOT / "requirements" / f"{name}.txt", ROOT / "pyproject.toml"]
    together = hashlib.sha256(str(ROOT).encode())
    for part in parts:
        together.update(part.read_bytes())
    return together.hexdigest()


def stamp(folder: Path, name: str) -> Path:
    return folder / f"casetrack-{name}.stamp"


def is_current(folder: Path, name: str) -> bool:
    mark = stamp(folder, name)
    return mark.exists() and mark.read_text() == digest(name)


def make_environment(folder: Path) -> None:
    """Make an empty virtual environment."""
    argv = [quickest_python(), "-m", "venv", "--clear", str(folder)]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        if run(argv, said):
            return
        said.seek(0)
        give_up("venv", reason="".join(said.read().strip().splitlines()[-1:]))


def quickest_python() -> str:
    """
    Return the Python to make an environment with: this one, but for one case.

    Where it was built without optimisation, as pyenv does unless told otherwise,
    and the distribution has one of the same version, that is a third quicker.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    other = OF_THE_DISTRIBUTION / f"python{version}"
    built = sysconfig.get_config_var("CONFIG_ARGS") or ""
    if OPTIMISED in built or not other.exists() or other.samefile(sys.executable):
        return sys.executable
    # Some distributions have a package of its own for what makes environments.
    argv = [str(other), "-I", "-c", "import ensurepip, venv"]
    if subprocess.run(argv, check=False, capture_output=True).returncode != 0:
        return sys.executable
    say("slow", other=str(other))
    return str(other)


def install(folder: Path, name: str) -> None:
    """Install the pinned packages, then the checkout itself in place."""
    python = str(folder / "bin" / "python")
    requirements = str(ROOT / "requirements" / f"{name}.txt")
    log = folder / "pip.log"
    log.unlink(missing_ok=True)
    steps = [["--require-hashes", "-r", requirements]]
    if name not in APART:
        steps.append(["--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    offline = ["--no-index", "--find-links", str(BUNDLED)] if BUNDLED.is_dir() else []
    for step in steps:
        # uv is faster, pip knows the mirrors and certificates that the machine's owner set for it.
        if not any(run([*installer, *offline, *step]) for installer in installers(python, log)):
            untrusted = log.exists() and UNTRUSTED.search(log.read_bytes())
            give_up("certificate" if untrusted else "bundled_failed" if offline else "failed")


def installers(python: str, log: Path) -> list[list[str]]:
    """Return what can install into the environment of *python*, best first."""
    uv = shutil.which("uv")
    with_uv = [[uv, "pip", "install", "--python", python]] if uv else []
    with_pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    return [*with_uv, [*with_pip, "--log", str(log)]]


def run(argv: list[str], said: IO[str] | None = None) -> bool:
    """Say whether *argv* went well; an interrupted wait ends it with all that it has started."""
    child = subprocess.Popen(
        argv,
        cwd=ROOT,
        stdout=said,
        stderr=said,
        start_new_session=True,
        preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - no threads here
    )
    try:
        return child.wait() == 0
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def end_with(parent: int) -> Callable[[], None] | None:
    """Return what asks Linux to end a child with *parent*, whatever ends that."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return None

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def say(code: str, **values: str) -> None:
    say_plain(LINES[language()][code].format(**values))


def say_plain(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def language() -> str:
    """Return what the command will speak, too: the first wish for one of ours, else Chinese."""
    wishes = (os.environ.get(name, "").lower() for name in WISHES)
    return next((known for wish in wishes for known in LINES if wish.startswith(known)), "zh")


def give_up(code: str, **values: str) -> None:
    say(code, **values)
    sys.exit(1)


def interruptible() -> int:
    """Return main's exit status, or that of the signal that has interrupted it."""
    heard = [signal.SIGINT]

    def interrupt(number: int, _: object) -> None:
        heard.append(signal.Signals(number))
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        return main()
    except KeyboardInterrupt:
        with suppress(OSError):
            say("interrupted")
        return OF_A_SIGNAL + heard[-1]


if __name__ == "__main__":
    sys.exit(interruptible())
