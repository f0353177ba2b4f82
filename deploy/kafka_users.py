"""Users and rights on a Kafka, made as they are told: what is missing comes, the rest goes."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, NoError, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest

from deploy.faults import KafkaUserUnknown
from deploy.kafka_messages import AlterUsers, DescribeUsers
from deploy.principals import (
    OURS,
    PUBLISHER,
    PUBLISHER_ID,
    USERS,
    Deed,
    Kind,
    Right,
    publisher_user,
    rights,
)
from deploy.unreachable import unreachable
from shared.kafka.access import Broker, access_to
from shared.kafka.topics import administering

ANY = 1
"""Kafka's number for whatever kind, deed or way of naming."""
LITERAL, PREFIXED = 3, 4
ALLOW = 3
EVERYWHERE = "*"
PRINCIPAL = "User:"


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What had to be changed."""

    rights_made: frozenset[Right]
    rights_taken: frozenset[Right]
    users_made: frozenset[str]
    users_taken: frozenset[str]


async def prepare_users(broker: Broker, passwords: Mapping[str, str]) -> AccessChange:
    """
    Make users with these *passwords* and their rights; one without comes by its certificate.

    Raises:
        ServerUnreachable: the broker does not answer, or refuses us this.
    """
    told = {user: password for user, password in passwords.items() if password}
    try:
        return await settle_access(broker, rights(publishers_among(passwords)), told)
    except (KafkaError, OSError) as failure:
        raise unreachable("Kafka", failure) from failure


def publishers_among(users: Iterable[str]) -> list[str]:
    """Return the ids of the publishers that are *users*."""
    return [user.removeprefix(PUBLISHER) for user in users if user not in USERS]


def passwords_in(folder: Path) -> dict[str, str]:
    """
    Return what *folder* tells: a file for each user, with its password.

    Raises:
        KafkaUserUnknown: a file is named like no user of ours.
    """
    return {file.name: _password(file) for file in sorted(folder.iterdir()) if _told(file)}


def _told(file: Path) -> bool:
    # Engines lay hidden folders beside the secrets that they hand in.
    return file.is_file() and not file.name.startswith(".")


def _password(file: Path) -> str:
    publisher = file.name.removeprefix(PUBLISHER)
    if file.name not in USERS and (
        publisher == file.name or PUBLISHER_ID.fullmatch(publisher) is None
    ):
        raise KafkaUserUnknown(name=file.name, known=", ".join((*USERS, publisher_user("…"))))
    return file.read_text(encoding="utf-8").strip("\r\n")


async def settle_access(
    broker: Broker, wanted: frozenset[Right], passwords: Mapping[str, str]
) -> AccessChange:
    """
    Let our users have these passwords and these rights, and no other; other users stay as they are.

    A user of ours without a password here is taken away, except the one that does this.

    Raises:
        KafkaError: the broker refused something; what was done before that stays.
    """
    async with administering(broker) as admin:
        here = _Here(admin)
        there = {right async for right in here.rights() if right.user.startswith(OURS)}
        known = {user for user in await here.users() if user.startswith(OURS)}
        gone = frozenset(known - passwords.keys() - {access_to(broker).user})
        await here.set_users(passwords, gone)
        # What is too much goes last: nobody is without a right meanwhile that it keeps.
        await here.make(wanted - there)
        await here.take(there - wanted)
        return AccessChange(
            wanted - there, frozenset(there - wanted), frozenset(passwords.keys() - known), gone
        )


class _Here:
    """One Kafka's users and rights."""

    def __init__(self, admin: AIOKafkaAdminClient) -> None:
        self._admin = admin

    async def rights(self) -> AsyncIterator[Right]:
        """Yield every right that we could have made."""
        request = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)
        told = await self._ask(request)
        _check(told.error_code, told.error_message)
        for kind, name, naming, found in told.resources:
            for principal, host, deed, permission in found:
                try:
                    right = Right(
                        principal.removeprefix(PRINCIPAL),
                        Deed(deed),
                        Kind(kind),
                        name,
                        naming == PREFIXED,
                    )
                except ValueError:
                    continue
                if (host, permission) == (EVERYWHERE, ALLOW):
                    yield right

    async def make(self, rights: Iterable[Right]) -> None:
        for right in sorted(rights):
            told = await self._ask(CreateAclsRequest(*_wire(right)))
            for code, message in told.creation_responses:
                _check(code, message)

    async def take(self, rights: Iterable[Right]) -> None:
        for right in sorted(rights):
            told = await self._ask(DeleteAclsRequest(*_wire(right)))
            for code, message, _ in told.filter_responses:
                _check(code, message)

    async def users(self) -> set[str]:
        told = await self._ask(DescribeUsers())
        _check(told.error_code, told.error_message)
        return {user for user, *_ in told.results}

    async def set_users(self, passwords: Mapping[str, str], gone: Iterable[str]) -> None:
        told = await self._ask(AlterUsers(passwords, gone))
        for _, code, message, _ in told.results:
            _check(code, message)

    async def _ask(self, request: object) -> Any:  # noqa: ANN401 - aiokafka's own
        return await self._admin._send_to_controller(request)  # noqa: SLF001 - no public way, version pinned


def _wire(right: Right) -> tuple[int, str, int, str, str, int, int]:
    naming = PREFIXED if right.begins else LITERAL
    principal = f"{PRINCIPAL}{right.user}"
    return right.kind, right.name, naming, principal, EVERYWHERE, right.deed, ALLOW


def _check(code: int, message: str | None) -> None:
    error = for_code(code)
    if error is not NoError:
        raise error(message or "")
