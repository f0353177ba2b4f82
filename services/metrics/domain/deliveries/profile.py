"""The profile of deliveries: channels, and who is told of what through them."""

from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.metrics.domain.deliveries.addresses import AddressRefused, Allowed
from shared.contracts.naming import Language
from shared.contracts.supervision.words import AlertLevel
from shared.policy.organisations import organisations
from shared.policy.rule import Rule

CHANNEL_NAME = r"^[a-z][a-z0-9-]{0,39}$"
MAILBOX = r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}$"
MINUTE_SECONDS = 60.0
KEPT_DAYS_MIN = 184
"""Six months: for so long whoever operates a network keeps its logs (网络安全法 art. 21)."""

RobotKind = Literal["wecom", "dingtalk", "feishu"]
PER_MINUTE: Mapping[str, int] = {"wecom": 20, "dingtalk": 20, "feishu": 100}
"""What each vendor takes of one robot; more is answered with "too many"."""
SECRETS: Mapping[str, tuple[str, ...]] = {
    "webhook": ("SECRET",),
    "wecom": ("TOKEN",),
    "dingtalk": ("TOKEN", "SECRET"),
    "feishu": ("TOKEN", "SECRET"),
    "mail": ("SECRET",),
}
"""What a channel of each kind needs that no file of settings may hold."""


class BaseChannel(Rule):
    """What every channel has."""

    gather_seconds: int = Field(default=60, ge=0, le=3600)
    """So long the first waits for others, to be told together with them."""
    quiet: tuple[time, time] | None = None
    """From, until: nothing is told meanwhile."""
    operations: bool = False
    """Whether it is told of other channels that take nothing."""
    languages: tuple[Language, ...] = Field(default=(Language.ZH_CN, Language.EN), min_length=1)

    @property
    def spacing_seconds(self) -> float:
        """Return how much time lies between two messages at least."""
        return 0.0


class WebhookChannel(BaseChannel):
    """An address of another system, which checks our signature (Standard Webhooks)."""

    kind: Literal["webhook"]
    url: str
    gather_seconds: int = Field(default=0, ge=0, le=3600)


class RobotChannel(BaseChannel):
    """A robot in a group of a messenger; *url* is the messenger's, or a bureau's own."""

    kind: RobotKind
    url: str
    per_minute: int | None = Field(default=None, ge=1, le=600)

    @property
    def spacing_seconds(self) -> float:
        return MINUTE_SECONDS / (self.per_minute or PER_MINUTE[self.kind])


class MailChannel(BaseChannel):
    """A mail server, over TLS from the beginning or from STARTTLS on."""

    kind: Literal["mail"]
    host: str
    port: int = Field(default=465, ge=1, le=65535)
    tls: Literal["implicit", "starttls"] = "implicit"
    user: str = Field(pattern=r"^[!-~]{1,200}$")
    sender: str = Field(pattern=MAILBOX)
    to: tuple[Annotated[str, Field(pattern=MAILBOX)], ...] = Field(min_length=1, max_length=50)


AlertChannel = Annotated[WebhookChannel | RobotChannel | MailChannel, Field(discriminator="kind")]


class AlertRoute(Rule):
    """Which cards a channel is told of; what is left out does not matter."""

    channel: str
    when: Literal["always", "working_hours"] = "always"
    levels: tuple[AlertLevel, ...] = ()
    slas: tuple[Annotated[str, Field(pattern=r"^(SLA|RULE)-[0-9]{2}[a-z]?$")], ...] = ()
    roles: tuple[Annotated[str, Field(pattern=r"^[A-Z_]{1,40}$")], ...] = ()
    """One of those whom the limit names for this colour."""
    organisations: tuple[str, ...] = ()
    """The one responsible, or one that is above it."""


class DeliveryProfile(Rule):
    """All channels and routes of one bureau."""

    old_working_days: int = Field(default=3, ge=0, le=30)
    """A card that was raised longer ago, in business time, is told to nobody."""
    repeat_working_days: int = Field(default=1, ge=1, le=30)
    """After so many working days a card of late work that still stands is told again."""
    repeats_max: int = Field(default=3, ge=0, le=100)
    """So many times at most."""
    give_up_hours: int = Field(default=48, ge=1, le=240)
    """So long a channel may be away before what it was to be told is given up."""
    kept_days: int = Field(default=365, ge=KEPT_DAYS_MIN, le=3650)
    """So long what was told is kept, with its receipt; of a card that still stands for ever."""
    authorities: Path | None = None
    """Certificates of whoever signs for the bureau's own servers; None: the public ones."""
    channels: Mapping[Annotated[str, Field(pattern=CHANNEL_NAME)], AlertChannel] = {}
    routes: tuple[AlertRoute, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> "DeliveryProfile":
        for fault in self._unknown():
            raise fault
        return self

    def _unknown(self) -> Iterator[PydanticCustomError]:
        for number, route in enumerate(self.routes):
            if route.channel not in self.channels:
                yield _fault("channel_unknown", place=f"routes.{number}", channel=route.channel)
            for org in route.organisations:
                if org not in organisations().by_code:
                    yield _fault("organisation_unknown", place=f"routes.{number}", org=org)

    def unreachable(self, allowed: Allowed) -> Iterator[tuple[str, str]]:
        """Yield each channel whose address is not *allowed*, and the code of why."""
        for name, channel in self.channels.items():
            try:
                if isinstance(channel, MailChannel):
                    allowed.require(channel.host)
                else:
                    allowed.place(channel.url)
            except AddressRefused as refusal:
                yield name, refusal.reason


def variable_of_channel(name: str) -> str:
    """Return how the variables begin that hold the secrets of the channel *name*."""
    return f"METRICS_CHANNEL_{name.replace('-', '_').upper()}"


def _fault(code: str, **said: object) -> PydanticCustomError:
    return PydanticCustomError(code, "profile", said)
