"""How each kind of channel is asked, and what its answers mean."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from urllib.parse import quote

import msgspec

from services.metrics.domain.deliveries.notification import Notification
from services.metrics.domain.deliveries.profile import RobotChannel
from services.metrics.domain.deliveries.text import DeliveryText

JSON = "application/json; charset=utf-8"
TYPE = "casetrack.alerts.told"
WEBHOOK_KEY = "whsec_"

OK = 200
TAKEN_STATUS = range(200, 300)
GONE = 410
TOO_MANY_STATUS = (429, 503)
MEANT_FOR_US = (400, 413, 415, 422)
"""Whoever answers so has read it, and does not take it."""
PAUSE_SECONDS = 60.0
PAUSE_SECONDS_MAX = 3_600.0

TOO_MANY: Mapping[str, Mapping[int, float]] = {
    "wecom": {45009: 60.0},
    "dingtalk": {130101: 600.0, 410100: 600.0},
    "feishu": {11232: 60.0, 9499: 60.0},
}
"""By the vendor's code: how long a robot is to be silent."""
NOT_THIS: Mapping[str, frozenset[int]] = {
    "wecom": frozenset({40058, 44004, 45002}),
    "dingtalk": frozenset({400101, 460101, 400013}),
    "feishu": frozenset({11246, 230001, 9499001}),
}
"""By the vendor's code: this message is not taken; the next one may be."""


class VerdictKind(StrEnum):
    """What became of a try."""

    TAKEN = "TAKEN"
    TOO_MANY = "TOO_MANY"
    """The channel is well, and asks for silence."""
    REFUSED = "REFUSED"
    """This delivery is not taken; others may be."""
    AWAY = "AWAY"
    """Nobody is there, or nobody who believes us: the channel takes nothing."""
    GONE = "GONE"
    """The receiver wants nothing any more."""


@dataclass(frozen=True, slots=True)
class ChannelVerdict:
    """What became of a try, in the receiver's code, and for how long to be silent."""

    kind: VerdictKind
    code: str
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ChannelRequest:
    """A request; its address holds secrets and is shown to nobody."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def webhook_sending(
    url: str, secret: str, identity: str, told: Sequence[Notification], now: datetime
) -> ChannelRequest:
    """
    Return what tells another system of *told*, signed (Standard Webhooks 1.0.0).

    *secret* may hold several keys, separated by blanks: while they are turned,
    the receiver believes either.
    """
    document = {
        "type": TYPE,
        "timestamp": now.isoformat(),
        "data": {
            "notifications": [
                {
                    "id": one.id,
                    "about": one.about,
                    "kind": one.kind,
                    "happened_at": one.happened_at,
                    "told": one.told,
                }
                for one in told
            ]
        },
    }
    body, seconds = msgspec.json.encode(document), str(int(now.timestamp()))
    signed = f"{identity}.{seconds}.".encode() + body
    signatures = " ".join(f"v1,{_hmac(key_of_webhook(key), signed)}" for key in secret.split())
    headers = {
        "content-type": JSON,
        "webhook-id": identity,
        "webhook-timestamp": seconds,
        "webhook-signature": signatures,
    }
    return ChannelRequest(url, headers, body)


def key_of_webhook(secret: str) -> bytes:
    """
    Return the key that *secret* spells, in base64 behind `whsec_`.

    Raises:
        ValueError: it is none, or shorter than 24 bytes.
    """
    key = base64.b64decode(secret.removeprefix(WEBHOOK_KEY), validate=True)
    if len(key) < 24:  # noqa: PLR2004 - as the standard has it
        raise ValueError("short")
    return key


def robot_sending(
    channel: RobotChannel, secrets: Mapping[str, str], text: DeliveryText, now: datetime
) -> ChannelRequest:
    """Return what a robot is asked to say."""
    base, token = channel.url.rstrip("/"), quote(secrets["TOKEN"], safe="")
    match channel.kind:
        case "wecom":
            said = "\n".join([f"**{text.title}**", *text.lines])
            body = {"msgtype": "markdown", "markdown": {"content": said}}
            return _sending(f"{base}/cgi-bin/webhook/send?key={token}", body)
        case "dingtalk":
            said = "\n\n".join([f"#### {text.title}", *text.lines])
            body = {"msgtype": "markdown", "markdown": {"title": text.title, "text": said}}
            stamp = str(int(now.timestamp() * 1000))
            sign = _hmac(secrets["SECRET"].encode(), f"{stamp}\n{secrets['SECRET']}".encode())
            signed = f"access_token={token}&timestamp={stamp}&sign={quote(sign, safe='')}"
            return _sending(f"{base}/robot/send?{signed}", body)
        case "feishu":
            stamp = str(int(now.timestamp()))
            # The vendor signs nothing with a key of both, not both with a key.
            sign = _hmac(f"{stamp}\n{secrets['SECRET']}".encode(), b"")
            card = {
                "header": {"title": {"tag": "plain_text", "content": text.title}},
                "elements": [{"tag": "markdown", "content": "\n".join(text.lines)}],
            }
            signed_card = {"timestamp": stamp, "sign": sign, "msg_type": "interactive"}
            return _sending(f"{base}/open-apis/bot/v2/hook/{token}", signed_card | {"card": card})
        case _:
            assert_never(channel.kind)


def webhook_verdict(status: int, retry_after: str) -> ChannelVerdict:
    """Return what *status* means of a webhook."""
    code = f"http_{status}"
    if status in TAKEN_STATUS:
        return ChannelVerdict(VerdictKind.TAKEN, code)
    if status == GONE:
        return ChannelVerdict(VerdictKind.GONE, code)
    if status in TOO_MANY_STATUS:
        return ChannelVerdict(VerdictKind.TOO_MANY, code, _seconds(retry_after))
    return ChannelVerdict(VerdictKind.REFUSED if status in MEANT_FOR_US else VerdictKind.AWAY, code)


def robot_verdict(kind: str, status: int, retry_after: str, body: bytes) -> ChannelVerdict:
    """Return what an answer of a messenger means: 200 alone says nothing."""
    if status != OK:
        # A gateway on the way may speak HTTP; that one's "gone" is not the robot's.
        verdict = webhook_verdict(status, retry_after)
        heard = verdict.kind in (VerdictKind.TOO_MANY, VerdictKind.REFUSED)
        return verdict if heard else ChannelVerdict(VerdictKind.AWAY, verdict.code)
    code = _code(kind, body)
    if code is None:
        return ChannelVerdict(VerdictKind.AWAY, "unreadable")
    said = f"{kind}_{code}"
    if code == 0:
        return ChannelVerdict(VerdictKind.TAKEN, said)
    if code in TOO_MANY[kind]:
        return ChannelVerdict(VerdictKind.TOO_MANY, said, TOO_MANY[kind][code])
    return ChannelVerdict(VerdictKind.REFUSED if code in NOT_THIS[kind] else VerdictKind.AWAY, said)


def _code(kind: str, body: bytes) -> int | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    code = (
        answer.get("code" if kind == "feishu" else "errcode") if isinstance(answer, dict) else None
    )
    return code if isinstance(code, int) else None


def _seconds(retry_after: str) -> float:
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else PAUSE_SECONDS
    return min(asked, PAUSE_SECONDS_MAX)


def _sending(url: str, body: Mapping[str, object]) -> ChannelRequest:
    return ChannelRequest(
        url, {"content-type": JSON}, json.dumps(body, ensure_ascii=False).encode()
    )


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
