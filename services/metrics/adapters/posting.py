"""Requests to channels: to the address that was looked up and found allowed, and nowhere else."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

import httpx2

from services.metrics.domain.deliveries.addresses import AddressRefused, Allowed
from services.metrics.domain.deliveries.vendors import ChannelRequest
from services.metrics.ports.doors import ChannelAnswer, PostDoor, Unreached

ANSWER_SECONDS_MAX = 3.0
ANSWER_BYTES_MAX = 64 * 1024
NOT_KEPT = httpx2.Limits(max_keepalive_connections=0)
"""Two hosts may have one address, and each has a certificate of its own."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolved(host: str, port: int) -> Sequence[str]:
    """Return every address of *host*."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class PinnedPost(PostDoor):
    """Asks once where a host is, judges every answer, and connects to the one that it judged."""

    def __init__(
        self, allowed: Allowed, trust: ssl.SSLContext, resolve: Resolve = resolved
    ) -> None:
        self._allowed = allowed
        self._trust = trust
        self._resolve = resolve

    async def post(self, address: str, request: ChannelRequest) -> ChannelAnswer:
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                host, port = self._allowed.place(address)
                pinned = self._allowed.pinned(await self._resolve(host, port))
                return await self._ask(request, host, pinned)
        except AddressRefused as refusal:
            raise Unreached(f"address_{refusal.reason}") from None
        except TimeoutError:
            raise Unreached("timeout") from None
        except (httpx2.HTTPError, OSError, ssl.SSLError) as fault:
            raise Unreached(code_of(fault)) from None

    async def _ask(self, request: ChannelRequest, host: str, pinned: str) -> ChannelAnswer:
        url = httpx2.URL(request.url)
        headers = {**request.headers, "host": url.netloc.decode("ascii")}
        async with (
            httpx2.AsyncClient(
                verify=self._trust,
                trust_env=False,
                follow_redirects=False,
                limits=NOT_KEPT,
                timeout=ANSWER_SECONDS_MAX,
            ) as client,
            client.stream(
                "POST",
                url.copy_with(host=pinned),
                headers=headers,
                content=request.body,
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            return ChannelAnswer(
                answer.status_code, answer.headers.get("retry-after", ""), await _body(answer)
            )


async def _body(answer: httpx2.Response) -> bytes:
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            raise Unreached("answer_too_long")
    return body


def code_of(fault: BaseException) -> str:
    """Return why nobody was reached, without whom."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, TimeoutError):
            return "timeout"
        if isinstance(cause, socket.gaierror):
            return "name_unknown"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"
