"""What pages tell people to type where there is an engine or a cluster, as far as we can say."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.support.pages import BASH, ELSEWHERE, HERE, HOWTO, UNRUN, Page, missing
from tests.support.plans import BASE, COMPOSE, ROOT, Document, documents, of_kind

PAGES = [Page(path.stem) for path in sorted(HOWTO.glob("*.md"))]
MARKED = [page for page in PAGES if page.blocks(*ELSEWHERE)]
VERBS = ("exec", "run", "up", "start", "stop", "restart", "logs", "kill", "rm")
VALUED = {"--scale", "--env", "--volume", "--user", "--entrypoint", "-e", "-v", "-u"}
"""Options whose value is a word of its own."""
KINDS = {
    "deploy": "Deployment",
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "cronjob": "CronJob",
    "job": "Job",
    "cluster": "Cluster",
}
NAMED = re.compile(rf"(?<=[\s=])({'|'.join(KINDS)})/([a-z][a-z-]*)(?![\w/-])")
GIVEN = re.compile(r"(?:-f|-k|--filename|--kustomize)[ =]([\w./-]+)")


def lines(pages: Iterable[Page], place: str) -> list[tuple[str, str]]:
    """Return each line of the blocks for *place*, continued ones as one, with its page."""
    return [
        (page.name, line.strip())
        for page in pages
        for block in page.blocks(place)
        for line in block.commands.replace("\\\n", " ").splitlines()
    ]


def services_in(line: str) -> set[str]:
    """Return the services that a line of `docker compose` names."""
    _, _, rest = line.partition("docker compose ")
    words = iter(re.split(r"[;|&#)]", rest)[0].split())
    verb = next((word for word in words if word in VERBS), None)
    found: list[str] = []
    for word in words:
        if word in VALUED:
            value = next(words).partition("=")[0]
            found += [value] if word == "--scale" else []
        elif not word.startswith("-"):
            found.append(word)
            if verb in {"exec", "run"}:
                break
    return set(found) if verb else set()


@pytest.fixture(scope="session")
def services(checkers: Path) -> Mapping[str, Document]:
    found: Mapping[str, Document] = documents(checkers, COMPOSE)[0]["services"]
    return found


@pytest.fixture(scope="session")
def base(checkers: Path) -> list[Document]:
    return documents(checkers, *sorted(BASE.glob("*.yaml")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_what_a_shell_can_read(page: Page) -> None:
    for block in page.blocks(HERE, *ELSEWHERE):
        read = subprocess.run(
            [BASH, "-n"], input=block.commands, check=False, capture_output=True, text=True
        )

        assert read.stderr == "", f"{page.name}:{block.line}"


@pytest.mark.parametrize("page", MARKED, ids=lambda page: page.name)
def test_a_page_says_what_of_it_nobody_has_run(page: Page) -> None:
    assert UNRUN in page.text


def test_what_compose_is_told_is_about_its_services(services: Mapping[str, Document]) -> None:
    for name, line in lines(MARKED, "compose"):
        if "docker compose " in line:
            assert services_in(line) <= set(services), (name, line)


def test_what_a_cluster_is_told_is_about_what_is_there(base: list[Document]) -> None:
    for name, line in lines(MARKED, "kubernetes"):
        for kind, called in NAMED.findall(line):
            assert called in of_kind(base, KINDS[kind]), (name, line)
        for path in GIVEN.findall(line):
            assert path == "-" or (ROOT / path).exists(), (name, line)


def test_what_is_missing_from_an_answer_is_told() -> None:
    told = "one\n2 of 3\nthree"

    assert missing(("one", "… of 3"), told) == []
    assert missing(("2 of …", "one"), told) == ["one"]
    assert services_in("docker compose run --rm -e A=b command verify | cat") == {"command"}
    assert services_in("docker compose up --detach --scale metrics-worker=4 relay") == {
        "metrics-worker",
        "relay",
    }
