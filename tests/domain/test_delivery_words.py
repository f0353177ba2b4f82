"""What channels are told: in two languages, escaped, no longer than it may be, signed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.deliveries.backoff import LONGEST_SECONDS, wait_seconds
from services.metrics.domain.deliveries.hours import let_through
from services.metrics.domain.deliveries.notification import (
    CardTold,
    ChannelTold,
    Notification,
    NotificationKind,
    OrderTold,
    ToldOf,
    delivery_id,
    numbered,
)
from services.metrics.domain.deliveries.profile import RobotChannel
from services.metrics.domain.deliveries.text import BYTES_MAX, MARKS, composed, plain
from services.metrics.domain.deliveries.vendors import (
    ChannelVerdict,
    VerdictKind,
    key_of_webhook,
    robot_sending,
    robot_verdict,
    webhook_sending,
    webhook_verdict,
)
from shared.contracts.naming import Language
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE, official_calendar

NOON = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
HALL = ((time(9), time(12)), (time(13), time(17)))
CARD = CardTold(
    case_no="XC2024000815",
    item_name="食品经营许可",
    sla="SLA-04",
    level=AlertLevel.RED,
    due=date(2024, 9, 2),
    overdue_days=1,
    org_code="11610102MB0000000F",
    org_name="西安市新城区行政审批服务局",
    roles=("SUPERVISOR",),
)
ORDER = OrderTold("DB1", "请说明。", "11610102MB0000000F", "西安市新城区行政审批服务局")
BOTH = (Language.ZH_CN, Language.EN)
TAKEN, TOO_MANY, REFUSED, AWAY, GONE = (
    VerdictKind.TAKEN,
    VerdictKind.TOO_MANY,
    VerdictKind.REFUSED,
    VerdictKind.AWAY,
    VerdictKind.GONE,
)


def names(sla: str) -> dict[str, str]:
    return {"zh-CN": "承诺时限", "en": f"committed limit {sla}"}


def told(kind: NotificationKind = NotificationKind.RAISED, of: ToldOf = CARD) -> Notification:
    return Notification("wecom", "a-card", kind, NOON, NOON, of)


def test_a_card_is_told_in_chinese_first() -> None:
    text = composed([told()], "wecom", BOTH, names)

    chinese, english = text.lines

    assert chinese == (
        "【红牌】XC2024000815 食品经营许可：承诺时限，2024-09-02到期，"
        "责任单位：西安市新城区行政审批服务局"
    )
    assert english == (
        "[Red card] XC2024000815 食品经营许可: committed limit SLA-04, due 2024-09-02, "
        "西安市新城区行政审批服务局"
    )


@pytest.mark.parametrize(
    ("level", "begins"),
    [
        (AlertLevel.PROMPT, ("【预警】", "[Prompt] ")),
        (AlertLevel.YELLOW, ("【黄牌】", "[Yellow card] ")),
        (AlertLevel.RED, ("【红牌】", "[Red card] ")),
    ],
)
def test_a_prompt_is_called_no_card(level: AlertLevel, begins: tuple[str, str]) -> None:
    text = composed([told(of=msgspec.structs.replace(CARD, level=level))], "mail", BOTH, names)

    assert [line[: len(words)] for line, words in zip(text.lines, begins, strict=True)] == [*begins]


@pytest.mark.parametrize("kind", NotificationKind)
def test_everything_there_is_to_tell_has_words_without_a_blank(kind: NotificationKind) -> None:
    channel = ChannelTold("hall", NOON, "timeout")
    others: dict[NotificationKind, ToldOf] = {
        NotificationKind.CHANNEL_DOWN: channel,
        NotificationKind.TEST: channel,
        NotificationKind.ORDERED: ORDER,
        NotificationKind.ANSWERED: ORDER,
    }
    of = others.get(kind, CARD)
    text = composed([told(kind, of)], "mail", BOTH, names)

    assert len(text.lines) == 2
    assert not {"{", "}"} & set("".join(text.lines))


def test_a_card_that_is_told_again_says_for_how_long_the_work_is_late() -> None:
    again = replace(told(NotificationKind.REPEATED, with_days(3)), number=2)
    chinese, english = composed([again], "mail", BOTH, names).lines

    assert "仍超期，已 3 个工作日" in chinese
    assert "still late, 3 working days" in english
    assert again.id == "a-card:REPEATED:2"
    assert numbered(again.place) == (NotificationKind.REPEATED, 2)
    assert numbered("RAISED") == (NotificationKind.RAISED, 0)


def with_days(days: int) -> CardTold:
    return msgspec.structs.replace(CARD, overdue_days=days)


@given(st.text(max_size=200))
def test_no_value_means_anything_to_who_shows_it(value: str) -> None:
    for kind, marks in MARKS.items():
        shown = plain(value, kind)

        assert not set(shown) & set(marks)
        assert not set(shown) & set("\r\n\u2028\u202e")


def test_a_value_that_calls_everybody_or_leads_elsewhere_is_mere_text() -> None:
    assert plain("<at id=all></at> [点击](https://evil.test)", "feishu") == (
        "＜at id=all＞＜/at＞ ［点击］（https：//evil.test）"
    )


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "mail"])
def test_however_many_there_are_the_text_fits_and_says_how_many(kind: str) -> None:
    text = composed([told()] * 500, kind, BOTH, names)
    said = "\n\n".join(text.lines)

    assert len(said.encode()) <= BYTES_MAX[kind]
    assert "500" in text.title
    listed = sum(line.startswith("【红牌】") for line in text.lines)
    assert listed == 500 or f"另有{500 - listed}条" in said


def test_a_webhook_is_signed_as_the_standard_has_it() -> None:
    # The example of the specification, with the key that is printed there.
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    sending = webhook_sending("https://a.test/", f"{key} {key}", "msg_1", [told()], NOON)
    one, two = sending.headers["webhook-signature"].split()

    assert one == two
    assert one.startswith("v1,")
    assert sending.headers["webhook-id"] == "msg_1"
    assert sending.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert json.loads(sending.body)["data"]["notifications"][0]["id"] == "a-card:RAISED"


@pytest.mark.parametrize("secret", ["whsec_kurz", "whsec_" + "A" * 8, "whsec_MfKQ9r8*", "字"])
def test_a_key_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_of_webhook(secret)


def test_each_messenger_is_asked_as_it_wants_to_be() -> None:
    secrets = {"TOKEN": "a/b", "SECRET": "SEC"}
    text = composed([told()], "wecom", BOTH, names)
    asked = {
        kind: robot_sending(
            RobotChannel(kind=kind, url="https://im.test/gate/"), secrets, text, NOON
        )
        for kind in ("wecom", "dingtalk", "feishu")
    }
    query = parse_qs(urlsplit(asked["dingtalk"].url).query)
    feishu = json.loads(asked["feishu"].body)

    assert asked["wecom"].url == "https://im.test/gate/cgi-bin/webhook/send?key=a%2Fb"
    assert query["timestamp"] == [str(int(NOON.timestamp() * 1000))]
    assert len(base64.b64decode(query["sign"][0])) == 32
    assert asked["feishu"].url == "https://im.test/gate/open-apis/bot/v2/hook/a%2Fb"
    assert feishu["timestamp"] == str(int(NOON.timestamp()))
    assert "食品经营许可" in feishu["card"]["elements"][0]["content"]


@pytest.mark.parametrize(
    ("status", "retry_after", "verdict"),
    [
        (200, "", ChannelVerdict(TAKEN, "http_200")),
        (204, "", ChannelVerdict(TAKEN, "http_204")),
        (302, "", ChannelVerdict(AWAY, "http_302")),
        (401, "", ChannelVerdict(AWAY, "http_401")),
        (410, "", ChannelVerdict(GONE, "http_410")),
        (413, "", ChannelVerdict(REFUSED, "http_413")),
        (429, "7", ChannelVerdict(TOO_MANY, "http_429", 7.0)),
        (429, "9" * 400, ChannelVerdict(TOO_MANY, "http_429", 3600.0)),
        (503, "soon", ChannelVerdict(TOO_MANY, "http_503", 60.0)),
        (500, "", ChannelVerdict(AWAY, "http_500")),
    ],
)
def test_what_a_webhook_answers_means(
    status: int, retry_after: str, verdict: ChannelVerdict
) -> None:
    assert webhook_verdict(status, retry_after) == verdict


@pytest.mark.parametrize(
    ("kind", "status", "body", "verdict"),
    [
        ("wecom", 200, b'{"errcode":0}', ChannelVerdict(TAKEN, "wecom_0")),
        ("wecom", 200, b'{"errcode":45009}', ChannelVerdict(TOO_MANY, "wecom_45009", 60.0)),
        ("wecom", 200, b'{"errcode":93000}', ChannelVerdict(AWAY, "wecom_93000")),
        ("wecom", 200, b'{"errcode":40058}', ChannelVerdict(REFUSED, "wecom_40058")),
        ("dingtalk", 200, b'{"errcode":130101}', ChannelVerdict(TOO_MANY, "dingtalk_130101", 600)),
        ("dingtalk", 200, b'{"errcode":310000}', ChannelVerdict(AWAY, "dingtalk_310000")),
        ("feishu", 200, b'{"code":0}', ChannelVerdict(TAKEN, "feishu_0")),
        ("feishu", 200, b'{"code":19021}', ChannelVerdict(AWAY, "feishu_19021")),
        ("feishu", 200, b'{"code":11232}', ChannelVerdict(TOO_MANY, "feishu_11232", 60.0)),
        ("feishu", 200, b"<html>", ChannelVerdict(AWAY, "unreadable")),
        ("feishu", 200, b"[]", ChannelVerdict(AWAY, "unreadable")),
        ("feishu", 200, b'{"code":"0"}', ChannelVerdict(AWAY, "unreadable")),
        ("wecom", 410, b"", ChannelVerdict(AWAY, "http_410")),
        ("wecom", 204, b"", ChannelVerdict(AWAY, "http_204")),
        ("wecom", 429, b"", ChannelVerdict(TOO_MANY, "http_429", 60.0)),
    ],
)
def test_what_a_messenger_answers_means(
    kind: str, status: int, body: bytes, verdict: ChannelVerdict
) -> None:
    assert robot_verdict(kind, status, "", body) == verdict


def test_who_fails_is_left_alone_longer_each_time_and_not_all_for_as_long() -> None:
    waits = [wait_seconds("hall", failures) for failures in range(1, 40)]

    assert 2.5 <= waits[0] <= 5
    assert all(LONGEST_SECONDS / 2 <= one <= LONGEST_SECONDS for one in waits[12:])
    assert len({wait_seconds(str(n), 1) for n in range(20)}) == 20


@pytest.mark.parametrize(
    ("at", "quiet", "hall", "told_at"),
    [
        ("2024-09-02T03:00", None, None, "2024-09-02T03:00"),
        ("2024-09-02T03:00", None, HALL, "2024-09-02T09:00"),
        ("2024-09-02T10:00", None, HALL, "2024-09-02T10:00"),
        ("2024-09-02T12:30", None, HALL, "2024-09-02T13:00"),
        ("2024-09-02T17:00", None, HALL, "2024-09-03T09:00"),
        ("2024-09-30T17:50", None, HALL, "2024-10-08T09:00"),
        ("2024-09-14T08:00", None, HALL, "2024-09-14T09:00"),
        ("2024-09-02T23:00", (time(22), time(7)), None, "2024-09-03T07:00"),
        ("2024-09-02T06:00", (time(22), time(7)), None, "2024-09-02T07:00"),
        ("2024-09-02T12:00", (time(22), time(7)), None, "2024-09-02T12:00"),
        ("2024-09-02T12:00", (time(12), time(13)), None, "2024-09-02T13:00"),
        ("2024-09-02T11:30", (time(11), time(14)), HALL, "2024-09-02T14:00"),
        ("2024-09-02T10:00", (time(0), time(23, 59)), HALL, "2024-09-02T10:00"),
    ],
)
def test_a_channel_is_told_when_it_may_be(
    at: str,
    quiet: tuple[time, time] | None,
    hall: tuple[tuple[time, time], ...] | None,
    told_at: str,
) -> None:
    asked, expected = (datetime.fromisoformat(one).replace(tzinfo=ZONE) for one in (at, told_at))

    assert let_through(asked, quiet, hall, official_calendar()) == expected


def test_a_delivery_has_one_name_whoever_makes_it() -> None:
    assert delivery_id("hall", ["b", "a"]) == delivery_id("hall", ["a", "b"])
    assert delivery_id("hall", ["a"]) != delivery_id("yard", ["a"])
    assert NOON + timedelta(0) == told().happened_at
