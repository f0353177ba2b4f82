"""The first `curl` of the README works as it stands, and a second time says that it did."""

import asyncio
import os
import re
import shutil

import pytest

from deploy.stack.places import CHECKOUT
from tests.support.standing_bureau import StandingBureau

BLOCK = re.compile(r"```sh\n(TOKEN=.*?)```", re.DOTALL)
README, CHINESE = ((CHECKOUT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
USUAL_INTAKE = "http://127.0.0.1:8701"

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine"),
]


async def asked(readme: str, bureau: StandingBureau) -> str:
    """Run the README's lines as a reader would paste them, and return the answer's first line."""
    found = BLOCK.search(readme)
    assert found is not None
    lines = found[1].replace(USUAL_INTAKE, bureau.addresses["intake"])
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        lines.replace("curl -i", "curl -s -i --noproxy '*'"),
        cwd=CHECKOUT,
        env={**os.environ, "CASETRACK_HOME": str(bureau.settings.home)},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    return answer.decode().splitlines()[0]


async def test_the_first_curl_is_accepted_and_its_repetition_known(bureau: StandingBureau) -> None:
    assert (await asked(README, bureau)).split()[1] == "202"
    assert (await asked(CHINESE, bureau)).split()[1] in {"200", "202"}
    assert (await asked(README, bureau)).split()[1] == "200"
