"""What the courier needs of the world outside: one request, or one letter, to one address."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from services.metrics.domain.deliveries.profile import MailChannel
from services.metrics.domain.deliveries.vendors import ChannelRequest, ChannelVerdict


class ChannelAnswer(NamedTuple):
    """What a receiver said."""

    status: int
    retry_after: str
    body: bytes


class Unreached(Exception):
    """Nobody answered, or nobody whom we may speak to; *code* says why and names no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, under an identity by which it is known again."""

    identity: str
    subject: str
    text: str


class PostDoor(Protocol):
    """Requests over https, to hosts that are allowed."""

    async def post(self, address: str, request: ChannelRequest) -> ChannelAnswer:
        """
        Return what is answered to *request*, within a few seconds; *address* is its place alone.

        Raises:
            Unreached: nobody answered so.
        """
        ...


class MailDoor(Protocol):
    """Letters over TLS, through servers that are allowed."""

    async def mail(self, channel: MailChannel, secret: str, letter: Letter) -> ChannelVerdict:
        """
        Return what became of *letter*.

        Raises:
            Unreached: the server did not answer.
        """
        ...
