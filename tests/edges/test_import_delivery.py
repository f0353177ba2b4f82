"""An import goes on through the gateway's accidents, and says so where it cannot."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from deploy.command import importing
from deploy.command.__main__ import app
from deploy.delivery import Delivery, GatewayRefuses, GatewayUnreachable
from deploy.importers.document import Damage, LogUnreadable
from deploy.importers.mapping import Import
from deploy.importers.profiles import WABO
from deploy.importers.sending import SHOWN_MAX, Arrangement, Sending
from deploy.importers.told import Oddity, Remark
from deploy.texts import CATALOGUE
from shared.contracts.naming import Language
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SeededIds
from tests.support.small_log import Logged, log, trace

NOBODY = "http://127.0.0.1:1"
PATIENCE = 60.0

Answering = Callable[[httpx2.Request], httpx2.Response]


class SwiftClock(SystemClock):
    """Time passes by sleeping alone, and at once."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


@dataclass
class Gateway:
    """Takes batches as the real one does, after the *accidents* that it is given."""

    accidents: Iterator[Answering | int]
    taken: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.tokens.append(request.headers["authorization"])
        accident = next(self.accidents, None)
        if isinstance(accident, int):
            return httpx2.Response(accident, json={"title": "no", "detail": "not now"})
        if accident is not None:
            return accident(request)
        return httpx2.Response(207, json=list(map(self._verdict, json.loads(request.content))))

    def _verdict(self, event: dict[str, str]) -> dict[str, str]:
        known = event["id"] in self.taken
        self.taken.append(event["id"])
        return {"id": event["id"], "status": "duplicate" if known else "accepted"}


def lost(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadError("killed", request=request)


def torn(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(207, content=b'[{"id":')


def delivery_to(gateway: Gateway, troubles: list[str] | None = None) -> Delivery:
    tokens = iter(range(1000))
    return Delivery(
        client=httpx2.AsyncClient(transport=httpx2.MockTransport(gateway)),
        url="http://gateway",
        bearer=lambda: f"token-{next(tokens)}",
        clock=SwiftClock(),
        ids=SeededIds(1),
        patience_seconds=PATIENCE,
        troubled=lambda reason, _: (troubles if troubles is not None else []).append(reason),
    )


def none(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(207, content=b"[]")


EVENT = b'{"id":"e1"}'


async def test_a_batch_is_sent_until_it_has_its_verdicts() -> None:
    gateway = Gateway(iter([lost, 503, torn, 502, none, lost]))
    troubles: list[str] = []
    verdicts = await delivery_to(gateway, troubles).send([EVENT])

    assert [verdict.status for verdict in verdicts] == ["accepted"]
    assert troubles == ["ReadError killed"]


async def test_an_expired_token_is_replaced() -> None:
    gateway = Gateway(iter([401]))
    await delivery_to(gateway).send([EVENT])

    assert gateway.tokens == ["Bearer token-0", "Bearer token-1"]


@pytest.mark.parametrize("status", [403, 413, 422])
async def test_what_will_never_be_taken_ends_the_import(status: int) -> None:
    with pytest.raises(GatewayRefuses, match=str(status)):
        await delivery_to(Gateway(iter([status]))).send([EVENT])


async def test_tokens_that_are_never_believed_end_it_too() -> None:
    with pytest.raises(GatewayRefuses, match="401"):
        await delivery_to(Gateway(iter([401] * 9))).send([EVENT])


async def test_patience_has_an_end() -> None:
    delivery = delivery_to(Gateway(iter([lost] * 1000)))
    with pytest.raises(GatewayUnreachable):
        await delivery.send([EVENT])

    assert PATIENCE < delivery.clock.monotonic() < 2 * PATIENCE


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.xes"
    cases = (trace(f"c{number}", *[Logged("T02")] * 30) for number in range(40))
    path.write_bytes(log(*cases))
    return path


@pytest.mark.parametrize(
    ("arrangement", "accepted", "duplicate"),
    [
        (Arrangement(), 1200, 0),
        (Arrangement(seed=3, times=2), 1200, 1200),
        (Arrangement(cases_max=2), 60, 0),
    ],
)
async def test_every_event_of_a_log_is_counted(
    small: Path, arrangement: Arrangement, accepted: int, duplicate: int
) -> None:
    settled: list[int] = []
    gateway = Gateway(iter([]))
    sending = Sending(
        small, Import("receipt", WABO), arrangement, settled=lambda count, _: settled.append(count)
    )
    await sending.run(delivery_to(gateway))

    assert (sending.tally.accepted, sending.tally.duplicate) == (accepted, duplicate)
    assert sum(settled) == accepted + duplicate


async def test_events_of_a_case_arrive_in_their_order(small: Path) -> None:
    gateway = Gateway(iter([lost, 503]))
    imported = Import("receipt", WABO)
    sending = Sending(small, imported, Arrangement(cases_max=1), settled=lambda *_: None)
    await sending.run(delivery_to(gateway))
    numbers = [imported.identity("receipt:c0", str(number)) for number in range(1, 31)]

    assert gateway.taken == numbers


def test_a_file_that_breaks_off_says_so_and_how_to_go_on(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    small.write_bytes(b"<log>")
    said = CliRunner().invoke(app, ["import", str(small), "--gateway", NOBODY])

    assert said.exit_code == 1
    assert "receipt.xes" in said.stderr


@pytest.fixture
def broken(small: Path) -> Path:
    small.write_bytes(small.read_bytes()[:-60])
    return small


async def test_what_stands_before_the_damage_is_sent(broken: Path) -> None:
    gateway = Gateway(iter([]))
    sending = Sending(broken, Import("receipt", WABO), Arrangement(), settled=lambda *_: None)
    with pytest.raises(LogUnreadable):
        await sending.run(delivery_to(gateway))

    assert (sending.tally.cases, sending.tally.accepted) == (39, 39 * 30)


@pytest.mark.parametrize("code", [f"import.damage.{one}" for one in Damage])
def test_every_damage_has_a_line(code: str) -> None:
    assert code in CATALOGUE.codes(Language.EN)


@pytest.mark.parametrize(
    "code", [f"import.oddity.{one}" for one in Oddity] + [f"import.note.{one}" for one in Remark]
)
def test_every_oddity_and_remark_has_a_line(code: str) -> None:
    assert code in CATALOGUE.codes(Language.EN)


@pytest.mark.parametrize("names", [["a/wabo.xes", "b/wabo.xes"], [".xes"], [f"wabo{'x' * 240}"]])
def test_files_that_give_no_source_of_their_own_are_refused_before_anything_is_sent(
    tmp_path: Path, names: list[str]
) -> None:
    files = [tmp_path / name for name in names]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    argv = ["import", *map(str, files), "--profile", "wabo", "--gateway", NOBODY]

    assert CliRunner().invoke(app, argv).exit_code == 2


def test_the_report_names_what_was_not_imported_with_its_place_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "delivery_as", lambda *_, **__: delivery_to(Gateway(iter([]))))
    written = tmp_path / "odd_receipt.xes"
    written.write_bytes(
        log(
            trace("7", Logged("x"), Logged("y", "?")),
            trace("7", *[Logged("x" * 257)] * 30),
            Logged("loose").xml,
            trace("last", Logged("x", more={"org:resource": ""})),
        )
    )
    said = CliRunner().invoke(app, ["import", str(written)])
    lines = said.stdout.splitlines()

    assert said.exit_code == 1
    assert "34" in lines[0]
    assert {"1", "2", "7", "time:timestamp", "“?”"} <= set(re.split(r"[^\w:“”?]+", lines[1]))
    assert len([line for line in lines if line.startswith("  ✗ ")]) == SHOWN_MAX
    assert any("12" in line and "…" in line for line in lines)
    assert any("odd_receipt:7#2" in line for line in lines)
    assert any("org:resource" in line and "3" in line for line in lines)


def test_without_a_gateway_the_command_says_so(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    said = CliRunner().invoke(app, ["import", str(small), "--gateway", NOBODY, "--patience", "0"])

    assert said.exit_code == 3
    assert NOBODY in said.stderr


def test_a_log_of_an_unknown_kind_asks_for_its_profile(small: Path) -> None:
    hospital = small.rename(small.with_name("hospital.xes"))
    said = CliRunner().invoke(app, ["import", str(hospital)])

    assert said.exit_code == 2
    assert "wabo, bpic15" in said.stderr


@pytest.mark.parametrize("wrong", [["--at", "yesterday"], ["--timezone", "Mars"]])
def test_figures_refuse_what_is_no_instant_and_no_zone(wrong: list[str]) -> None:
    said = CliRunner().invoke(app, ["figures", "--source", "urn:x:", *wrong])

    assert said.exit_code == 2


def test_figures_without_a_stack_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    said = CliRunner().invoke(app, ["figures", "--source", "urn:x:", "--json"])

    assert (said.exit_code, json.loads(said.stdout)["error"]["code"]) == (3, "stack_absent")
