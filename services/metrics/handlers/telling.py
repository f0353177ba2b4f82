"""Telling one channel: in its words, with its secrets, through its door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from services.metrics.domain.deliveries.profile import (
    DeliveryProfile,
    MailChannel,
    RobotChannel,
    WebhookChannel,
)
from services.metrics.domain.deliveries.text import LimitNames, composed
from services.metrics.domain.deliveries.vendors import (
    ChannelVerdict,
    VerdictKind,
    robot_sending,
    robot_verdict,
    webhook_sending,
    webhook_verdict,
)
from services.metrics.ports.deliveries import ClaimedDelivery
from services.metrics.ports.doors import Letter, MailDoor, PostDoor, Unreached

Secrets = Mapping[str, Mapping[str, str]]
"""By channel, and by what each is."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Says deliveries to the channels of *profile*."""

    profile: DeliveryProfile
    secrets: Secrets
    post: PostDoor
    mail: MailDoor

    async def tell(
        self, claimed: ClaimedDelivery, names: LimitNames, now: datetime
    ) -> ChannelVerdict:
        """Return what became of *claimed*; nobody answering is an answer, too."""
        try:
            return await self._told(claimed, names, now)
        except Unreached as fault:
            return ChannelVerdict(VerdictKind.AWAY, fault.code)

    async def _told(
        self, claimed: ClaimedDelivery, names: LimitNames, now: datetime
    ) -> ChannelVerdict:
        channel = self.profile.channels[claimed.channel]
        secrets = self.secrets[claimed.channel]
        match channel:
            case WebhookChannel(url=url):
                sending = webhook_sending(
                    url, secrets["SECRET"], claimed.delivery_id, claimed.told, now
                )
                answer = await self.post.post(url, sending)
                return webhook_verdict(answer.status, answer.retry_after)
            case RobotChannel(kind=kind, url=url):
                text = composed(claimed.told, kind, channel.languages, names)
                answer = await self.post.post(url, robot_sending(channel, secrets, text, now))
                return robot_verdict(kind, *answer)
            case MailChannel(kind=kind):
                text = composed(claimed.told, kind, channel.languages, names)
                letter = Letter(claimed.delivery_id, text.title, "\n".join(text.lines) + "\n")
                return await self.mail.mail(channel, secrets["SECRET"], letter)
            case _:
                assert_never(channel)
