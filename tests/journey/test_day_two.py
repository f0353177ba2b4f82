"""The pages for the days after the first: what they tell people to type does what they promise."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack.places import StackFolders
from deploy.stack.postgres import embedded_postgres
from tests.support.pages import Page, Shell
from tests.support.standing_bureau import StandingBureau, standing_bureau

OVER_A_BUREAU = (
    "keep-and-prune",
    "rotate-keys",
    "back-up-and-restore",
    "move-to-another-cluster",
)
"""Pages for whoever has a bureau that runs, over one of them; the last one leaves it."""
SECONDS_MAX = 600.0

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingBureau]:
    folder = tmp_path_factory.mktemp("bureau")
    # Where PostgreSQL's own account may pass, so that its data lie in the home.
    folder.chmod(0o711)
    with standing_bureau(folder / ".casetrack") as standing:
        yield standing


def shell(folder: Path, bureau: StandingBureau) -> Shell:
    """Return a shell beside the bureau's home, with its addresses and PostgreSQL's programs."""
    (folder / ".casetrack").symlink_to(bureau.settings.home)
    programs = embedded_postgres(StackFolders(bureau.settings.home), "").programs
    told = {
        "CASETRACK_HOME": str(bureau.settings.home),
        "CASETRACK_PORT": str(bureau.settings.port),
        "CASETRACK_LANG": "en",
        "PATH": f"{programs}:{os.environ['PATH']}",
    }
    return Shell(folder, told)


@pytest.mark.parametrize("name", OVER_A_BUREAU)
def test_a_page_over_a_running_bureau_does_what_it_says(
    name: str, bureau: StandingBureau, tmp_path: Path
) -> None:
    shell(tmp_path, bureau).follow(Page(name), seconds_max=SECONDS_MAX)
