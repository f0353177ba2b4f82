"""What is run to be waited for ends with the wait, and says what is wrong with a proxy."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deploy.faults import CertificateUntrusted, NpmUntrusted
from deploy.stack.node import Node
from deploy.stack.places import CHECKOUT
from deploy.texts import CATALOGUE
from shared.contracts.naming import Language
from tests.support.eventually import eventually

SECONDS_MAX = 30
SLEEPS = "import time; time.sleep(60)"
BUSY = [
    *(sys.executable, "-c"),
    f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPS!r}])",
]
WAITS = {
    "setup": f"""
from deploy import setup
setup.main = lambda: int(not setup.run({BUSY!r}))
raise SystemExit(setup.interruptible())
""",
    "dashboard": f"""
from pathlib import Path
from deploy.stack import dashboard, program
dashboard.build_page = lambda: program.run({BUSY!r}, folder=Path("/"))
dashboard.main()
""",
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stage", WAITS)
async def test_an_interrupted_stage_of_the_set_up_leaves_nothing(
    stage: str, number: signal.Signals
) -> None:
    waiting, programs = await begun(stage)
    waiting.send_signal(number)
    _, said = await asyncio.wait_for(waiting.communicate(), SECONDS_MAX)

    await eventually(lambda: not any(map(runs, programs)))
    assert (waiting.returncode, len(said.splitlines())) == (128 + number, 1)


@pytest.mark.parametrize("stage", WAITS)
async def test_a_program_does_not_outlive_a_stage_that_is_killed(stage: str) -> None:
    waiting, (program, below) = await begun(stage)
    waiting.kill()

    await eventually(lambda: not runs(program))
    below.kill()
    await waiting.communicate()


async def begun(stage: str) -> tuple[asyncio.subprocess.Process, list[psutil.Process]]:
    """Return a stage that waits, the program that it waits for, and what that has started."""
    waiting = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WAITS[stage]),
        cwd=CHECKOUT,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=_as_from_a_terminal,
    )
    stage_process = psutil.Process(waiting.pid)
    programs: list[psutil.Process] = []

    def both_run() -> bool:
        programs[:] = stage_process.children(recursive=True)
        return len(programs) == 2 and all(SLEEPS in " ".join(one.cmdline()) for one in programs)

    await eventually(both_run, within=SECONDS_MAX)
    return waiting, programs


def _as_from_a_terminal() -> None:
    # Whoever is started with nohup ignores its terminal's end, and so do its children.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


CERTIFICATES = {
    "chain": """npm error code SELF_SIGNED_CERT_IN_CHAIN
npm error errno SELF_SIGNED_CERT_IN_CHAIN
npm error request to https://npm.example.org/vue failed, reason: self-signed certificate in \
certificate chain""",
    "issuer": """npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY
npm error request to https://npm.example.org/vue failed, reason: unable to get local issuer \
certificate""",
    "leaf": "npm error reason: unable to verify the first certificate",
    "alone": "npm ERR! code DEPTH_ZERO_SELF_SIGNED_CERT",
}
"""What npm says where a proxy answers for the registry."""


@pytest.mark.parametrize("said", CERTIFICATES.values(), ids=CERTIFICATES)
def test_a_proxys_certificate_is_told_from_a_network_that_is_away(
    tmp_path: Path, said: str
) -> None:
    npm = tmp_path / "npm.py"
    npm.write_text(f"import sys; sys.exit({said!r})")

    with pytest.raises(NpmUntrusted):
        Node(Path(sys.executable), npm).install(tmp_path, what="dashboard")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("code", "variable"),
    [
        (NpmUntrusted.code, "NODE_EXTRA_CA_CERTS"),
        (CertificateUntrusted.code, "REQUESTS_CA_BUNDLE"),
    ],
)
def test_the_hint_names_the_variable_of_the_tool(
    language: Language, code: str, variable: str
) -> None:
    assert variable in CATALOGUE.text(language, code, {}).detail
