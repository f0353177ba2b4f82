"""Letters to channels: through the mail server that was looked up and found allowed."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage

from services.metrics.adapters.posting import Resolve, code_of, resolved
from services.metrics.domain.deliveries.addresses import AddressRefused, Allowed
from services.metrics.domain.deliveries.profile import MailChannel
from services.metrics.domain.deliveries.vendors import ChannelVerdict, VerdictKind
from services.metrics.ports.doors import Letter, MailDoor, Unreached

STEP_SECONDS_MAX = 3.0
LETTER_SECONDS_MAX = 10.0
PERMANENT = range(500, 600)
TAKEN = ChannelVerdict(VerdictKind.TAKEN, "smtp_250")


class PinnedMail(MailDoor):
    """Speaks SMTP in a thread; one server that hangs holds up its own channel alone."""

    def __init__(
        self, allowed: Allowed, trust: ssl.SSLContext, resolve: Resolve = resolved
    ) -> None:
        self._allowed = allowed
        self._trust = trust
        self._resolve = resolve

    async def mail(self, channel: MailChannel, secret: str, letter: Letter) -> ChannelVerdict:
        smtp = _Server(channel, self._trust)
        try:
            async with asyncio.timeout(LETTER_SECONDS_MAX):
                self._allowed.require(channel.host)
                pinned = self._allowed.pinned(await self._resolve(channel.host, channel.port))
                return await asyncio.to_thread(smtp.send, pinned, secret, letter)
        except AddressRefused as refusal:
            raise Unreached(f"address_{refusal.reason}") from None
        except TimeoutError:
            raise Unreached("timeout") from None
        except (smtplib.SMTPException, OSError) as fault:
            raise Unreached(code_of(fault)) from None
        finally:
            # Where we no longer wait, the thread wakes.
            smtp.hang_up()


class _Server:
    """One conversation with a mail server."""

    def __init__(self, channel: MailChannel, trust: ssl.SSLContext) -> None:
        self._channel = channel
        self._trust = trust
        self._smtp: smtplib.SMTP | None = None

    def send(self, pinned: str, secret: str, letter: Letter) -> ChannelVerdict:
        channel = self._channel
        if channel.tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=STEP_SECONDS_MAX, context=self._trust)
        else:
            smtp = smtplib.SMTP(timeout=STEP_SECONDS_MAX)
        self._smtp = smtp
        try:
            self._connect(smtp, pinned)
            smtp.login(channel.user, secret)
            refused = smtp.send_message(_message(channel, letter))
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        except smtplib.SMTPAuthenticationError as fault:
            return ChannelVerdict(VerdictKind.AWAY, f"smtp_{fault.smtp_code}")
        except smtplib.SMTPRecipientsRefused as fault:
            return _verdict(max(code for code, _ in fault.recipients.values()))
        except smtplib.SMTPResponseException as fault:
            return _verdict(fault.smtp_code)
        finally:
            smtp.close()
        return _taken(refused)

    def _connect(self, smtp: smtplib.SMTP, pinned: str) -> None:
        # The name is what the certificate has to be for; the address is where we connect to.
        smtp._host = self._channel.host  # type: ignore[attr-defined]  # noqa: SLF001 - it has no other door
        smtp.connect(pinned, self._channel.port)
        if self._channel.tls == "starttls":
            smtp.starttls(context=self._trust)

    def hang_up(self) -> None:
        held = self._smtp and self._smtp.sock
        if held:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def _verdict(code: int) -> ChannelVerdict:
    kind = VerdictKind.REFUSED if code in PERMANENT else VerdictKind.AWAY
    return ChannelVerdict(kind, f"smtp_{code}")


def _taken(refused: Mapping[str, tuple[int, bytes]]) -> ChannelVerdict:
    return (
        ChannelVerdict(VerdictKind.TAKEN, f"smtp_250_without_{len(refused)}") if refused else TAKEN
    )


def _message(channel: MailChannel, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.to)
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.identity}@{channel.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
