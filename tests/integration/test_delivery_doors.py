"""The doors to receivers: one address, one certificate, a few seconds, and letters over TLS."""

import json
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path

import asyncpg
import pytest

from services.metrics.adapters.posting import PinnedPost
from services.metrics.app.delivering import teller_of
from services.metrics.domain.deliveries.addresses import Allowed
from services.metrics.domain.deliveries.vendors import ChannelRequest
from services.metrics.ports.doors import Unreached
from services.metrics.settings import MetricsSettings
from shared.runtime.settings import WrongSettings
from tests.support.delivering import ENVIRONMENT, MONDAY_TEN, SECOND, raised, telling
from tests.support.vendors import Mailbox, Vendor, mailbox, tls

HOUR = timedelta(hours=1)
NAME = "hooks.example.gov.cn"


def of(box: Mailbox, mode: str = "implicit") -> dict[str, object]:
    return {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": box.port,
        "tls": mode,
        "user": "casetrack",
        "sender": "casetrack@example.gov.cn",
        "to": ["duty@example.gov.cn", "head@example.gov.cn"],
        "gather_seconds": 0,
    }


@pytest.mark.parametrize("mode", ["implicit", "starttls"])
async def test_a_letter_comes_over_tls_with_an_identity_of_its_own(
    pool: asyncpg.Pool, tmp_path: Path, mode: str
) -> None:
    async with (
        mailbox(tls(tmp_path), starttls=mode == "starttls") as box,
        telling(pool, tmp_path, {"mail": of(box, mode)}, own_tls=False) as world,
    ):
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        (sent,) = await world.desk.listed((world.clock.now(), "~"), None, 10)
        letter = message_from_string(box.letters[0], policy=policy.default)

        assert sent.answer == "smtp_250"
        assert letter["message-id"] == f"<{sent.delivery_id}@example.gov.cn>"
        assert "督察提醒" in letter["subject"]
        assert "XC1" in letter.get_content()


@pytest.mark.parametrize(
    ("mood", "state", "answer"),
    [
        ("451 later", "WAITING", "smtp_451"),
        ("550 no", "WAITING", "smtp_550"),
        ("hang", "WAITING", "timeout"),
    ],
)
async def test_a_letter_that_is_not_taken_is_sent_again(
    pool: asyncpg.Pool, tmp_path: Path, mood: str, state: str, answer: str
) -> None:
    async with (
        mailbox(tls(tmp_path)) as box,
        telling(pool, tmp_path, {"mail": of(box)}, own_tls=False) as world,
    ):
        box.moods = [mood]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        (tried,) = await world.desk.listed((world.clock.now(), "~"), None, 10)
        await world.pass_time(HOUR, 600 * SECOND)

        assert (tried.state, tried.answer) == (state, answer)
        assert len(box.letters) == 1


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    receiver = Vendor("wecom", lambda: MONDAY_TEN)
    await receiver.open(tls(tmp_path))
    yield receiver
    await receiver.close()


def door(folder: Path, answers: Sequence[Sequence[str]]) -> tuple[PinnedPost, list[str]]:
    """Return a door behind a resolver that gives one of *answers* after the other."""
    asked: list[str] = []

    async def resolve(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    trust = ssl.create_default_context(cafile=folder / "authority.pem")
    allowed = Allowed.of([NAME, "127.0.0.1"], ["127.0.0.0/8"])
    return PinnedPost(allowed, trust, resolve), asked


async def post(through: PinnedPost, vendor: Vendor, host: str = NAME) -> str:
    url = f"https://{host}:{vendor.port}"
    try:
        return str((await through.post(url, ChannelRequest(url, {}, b"{}"))).status)
    except Unreached as fault:
        return fault.code


async def test_a_name_is_asked_for_once_and_the_judged_address_is_the_one(
    vendor: Vendor, tmp_path: Path
) -> None:
    through, asked = door(tmp_path, [["10.0.0.1"], ["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]])
    said = [await post(through, vendor) for _ in range(3)]

    # The certificate is for 127.0.0.1 and not for the name: it came as far as that.
    assert said == ["address_network_not_allowed", "certificate", "address_network_not_allowed"]
    assert asked == [NAME] * 3
    assert vendor.asked == 0


async def test_the_certificate_has_to_be_in_force_and_of_who_is_trusted(tmp_path: Path) -> None:
    said = []
    for folder, ended in ((tmp_path / "old", timedelta(hours=1)), (tmp_path / "other", None)):
        folder.mkdir()
        receiver = Vendor("wecom", lambda: MONDAY_TEN)
        await receiver.open(tls(folder, ended=ended))
        if ended is None:
            tls(folder, "another")
        through, _ = door(folder, [["127.0.0.1"]])
        said.append(await post(through, receiver, "127.0.0.1"))
        await receiver.close()

    assert said == ["certificate", "certificate"]


async def test_nobody_there_is_an_answer(tmp_path: Path) -> None:
    tls(tmp_path)
    through, _ = door(tmp_path, [["127.0.0.1"]])

    assert await post(through, Vendor("wecom", lambda: MONDAY_TEN, 1)) == "unreachable"


@pytest.mark.parametrize(
    ("profile", "hosts", "line"),
    [
        ("{", "", "METRICS_DELIVERIES"),
        ('{"channels": {"hall": {"kind": "fax"}}}', "", "METRICS_DELIVERIES: channels.hall"),
        ('{"routes": [{"channel": "hall"}]}', "", "routes.0"),
        (
            '{"channels": {"wecom": {"kind": "wecom", "url": "https://10.0.0.1"}}}',
            "qyapi.weixin.qq.com",
            "METRICS_DELIVERY_HOSTS",
        ),
        (
            '{"channels": {"hall": {"kind": "wecom", "url": "https://qyapi.weixin.qq.com"}}}',
            "qyapi.weixin.qq.com",
            "METRICS_CHANNEL_HALL_TOKEN",
        ),
        ('{"authorities": "/nowhere.pem"}', "", "/nowhere.pem"),
        ("{}", "0x7f.1", "METRICS_DELIVERY_HOSTS"),
    ],
)
def test_a_profile_that_is_not_fit_stops_the_start_in_one_line(
    tmp_path: Path, profile: str, hosts: str, line: str
) -> None:
    file = tmp_path / "deliveries.json"
    file.write_text(profile)
    settings = MetricsSettings.model_validate(
        {
            "postgres_dsn": "postgresql://unused",
            "kafka": "unused:9092",
            "deliveries": file,
            "delivery_hosts": hosts,
        }
    )
    with pytest.raises(WrongSettings) as refusal:
        teller_of(settings, ENVIRONMENT)

    assert len(refusal.value.lines) == 1
    assert line in refusal.value.lines[0]


def test_a_secret_may_lie_in_a_file_and_never_in_the_profile(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token\n")
    file = tmp_path / "deliveries.json"
    robot = {"kind": "wecom", "url": "https://qyapi.weixin.qq.com"}
    file.write_text(json.dumps({"channels": {"hall": robot}}))
    settings = MetricsSettings.model_validate(
        {
            "postgres_dsn": "postgresql://unused",
            "kafka": "unused:9092",
            "deliveries": file,
            "delivery_hosts": "qyapi.weixin.qq.com",
        }
    )
    environment = {"METRICS_CHANNEL_HALL_TOKEN_FILE": str(tmp_path / "token")}

    assert teller_of(settings, environment).secrets == {"hall": {"TOKEN": "a-token"}}
