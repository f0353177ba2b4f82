"""The real Prometheus and Alertmanager over a bureau at work: they scrape, judge and tell."""

import asyncio
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from deploy.stack.journal import last_record
from shared.web.auth import Role
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.support.standing_bureau import StandingBureau, standing_bureau

pytestmark = [
    pytest.mark.timeout(500),
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("prometheus-alertmanager")),
        reason="prometheus or prometheus-alertmanager not found",
    ),
]

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
HERE = "127.0.0.1"
SECONDS_MAX = 90.0
WORKERS = ("metrics-worker-1", "metrics-worker-2")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingBureau]:
    home = tmp_path_factory.mktemp("watched")
    key = home / "checkpoints.pem"
    with standing_bureau(
        home / "home", CASETRACK_PROBES="true", CASETRACK_CHECKPOINT_KEY=str(key)
    ) as standing:
        yield standing


async def test_whoever_is_on_duty_hears_that_the_workers_have_stopped(
    watched: StandingBureau, tmp_path: Path
) -> None:
    async with office() as (door, told), prometheus(watched, door, tmp_path) as asked:
        await eventually(lambda: all_up(asked, watched), within=SECONDS_MAX)
        loaded = await asked("/api/v1/rules")
        await eventually(lambda: is_quiet(asked), within=SECONDS_MAX)
        told.clear()

        with stopped(watched, WORKERS):
            # Another process may have been late for one look, just before.
            alert = await eventually(
                lambda: heard(told, "ProcessAway", "metrics-worker"), within=SECONDS_MAX
            )

    names = {rule["name"] for group in loaded["data"]["groups"] for rule in group["rules"]}
    assert {"ProcessAway", "LaneBehind", "ChainBroken"} <= names
    assert alert["annotations"]["runbook"] == "docs/runbook.md#processaway"


@asynccontextmanager
async def office() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """Give an address to which alerts may be told, and what was told there."""
    told: list[dict[str, Any]] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1]) if length else 0)
        told.extend(json.loads(body)["alerts"])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    port = free_port()
    server = await asyncio.start_server(take, HERE, port)
    async with server:
        yield f"http://{HERE}:{port}/duty", told


@asynccontextmanager
async def prometheus(bureau: StandingBureau, door: str, folder: Path) -> AsyncIterator[Any]:
    """Let both watch *bureau* with our rules and routes, in haste; give what asks Prometheus."""
    ports = {"prometheus": free_port(), "alertmanager": free_port()}
    configure(bureau, door, folder, ports)
    alertmanager = await asyncio.create_subprocess_exec(
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yaml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={HERE}:{ports['alertmanager']}",
        "--cluster.listen-address=",
    )
    server = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={HERE}:{ports['prometheus']}",
        # What fires before it has found Alertmanager is told again only after this.
        "--rules.alert.resend-delay=1s",
    )
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://{HERE}:{ports['prometheus']}", trust_env=False
        ) as client:

            async def asked(path: str) -> dict[str, Any]:
                try:
                    answer = await client.get(path)
                except httpx2.TransportError:
                    return {"data": {}}
                found: dict[str, Any] = answer.json() if answer.is_success else {"data": {}}
                return found

            yield asked
    finally:
        for process in (server, alertmanager):
            process.kill()
            await process.wait()


def configure(bureau: StandingBureau, door: str, folder: Path, ports: dict[str, int]) -> None:
    token = folder / "token"
    token.write_text(bureau.token(Role.OPS), encoding="utf-8")
    rules = (MONITORING / "rules" / "casetrack.yaml").read_text(encoding="utf-8")
    (folder / "rules.yaml").write_text(
        re.sub(r"(for|interval): \d+m", r"\1: 2s", rules), encoding="utf-8"
    )
    routes = yaml.safe_load((MONITORING / "alertmanager.yaml").read_text(encoding="utf-8"))
    for route in (routes["route"], *routes["route"]["routes"]):
        route |= {"group_wait": "1s", "group_interval": "2s"}
    for receiver in routes["receivers"]:
        if receiver["name"] == "duty":
            receiver["webhook_configs"] = [{"url": door}]
    (folder / "alertmanager.yaml").write_text(yaml.safe_dump(routes), encoding="utf-8")
    targets = [
        {
            "targets": [address.removeprefix("http://")],
            "labels": {"process": re.sub(r"-[0-9]+$", "", part)},
        }
        for part, address in bureau.probes.items()
        if part != "metrics-courier"
    ]
    told = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yaml"],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": [f"{HERE}:{ports['alertmanager']}"]}]}
            ]
        },
        "scrape_configs": [
            {
                "job_name": "casetrack",
                "authorization": {"credentials_file": str(token)},
                "static_configs": targets,
            }
        ],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")


async def all_up(asked: Any, bureau: StandingBureau) -> bool:  # noqa: ANN401 - what asks
    targets = (await asked("/api/v1/targets"))["data"].get("activeTargets", ())
    up = [one for one in targets if one["health"] == "up"]
    return len(up) == len(bureau.probes) - 1


async def is_quiet(asked: Any) -> bool:  # noqa: ANN401 - what asks
    alerts = (await asked("/api/v1/alerts"))["data"].get("alerts")
    return isinstance(alerts, list) and not alerts


def heard(told: list[dict[str, Any]], name: str, process: str) -> dict[str, Any] | None:
    """Return what was told of *process* under the *name* of an alert, if it fires."""
    wanted = {"alertname": name, "process": process}
    firing = (one for one in told if one["status"] == "firing")
    return next((one for one in firing if wanted.items() <= one["labels"].items()), None)


@contextmanager
def stopped(bureau: StandingBureau, parts: tuple[str, ...]) -> Iterator[None]:
    """Hold *parts* of *bureau* as long as the block lasts: they live, and answer nobody."""
    stack = last_record(bureau.settings.places.state)
    assert stack is not None
    pids = [record.process.pid for part in parts if (record := stack.parts[part]).process]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
