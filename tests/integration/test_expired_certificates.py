"""Servers whose certificate has run out: each is told as such, and nobody is let in by it."""

import asyncio
import ssl
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.databases import prepare_database
from deploy.faults import ServerDistrusted
from shared.kafka.access import KafkaAccess, Security
from shared.kafka.entrance import AccessRefused, require_access
from shared.runtime.refused import Distrust, distrust_of
from tests.support.certificates import LOOPBACK, Authority


async def test_an_expired_certificate_of_a_broker_is_told_as_such(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    old = authority.issue("old", LOOPBACK, ended=timedelta(hours=1))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(old.certificate, old.key)
    async with await asyncio.start_server(
        lambda _, out: out.close(), "127.0.0.1", 0, ssl=context
    ) as server:
        port = server.sockets[0].getsockname()[1]
        access = KafkaAccess(f"127.0.0.1:{port}", Security.SSL, ca=authority.certificate)
        with pytest.raises(AccessRefused) as refused:
            await require_access(access)

    assert refused.value.distrust is Distrust.CERTIFICATE_EXPIRED


async def test_an_expired_certificate_of_the_database_is_told_as_such(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    old = authority.issue("old", LOOPBACK, ended=timedelta(hours=1))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(old.certificate, old.key)

    async def agree(heard: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        await heard.readexactly(8)
        out.write(b"S")
        with suppress(ssl.SSLError, OSError):
            await out.start_tls(context)
        out.close()

    async with await asyncio.start_server(agree, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        told = f"sslmode=verify-full&sslrootcert={authority.certificate}"
        with pytest.raises(ServerDistrusted) as fault:
            await prepare_database(f"postgresql://somebody:secret@{place}/casetrack?{told}", {})

    assert distrust_of(fault.value) is Distrust.CERTIFICATE_EXPIRED
