"""Kafka's messages about users and their passwords, which aiokafka does not have."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

SCRAM_SHA_512 = 2
"""Kafka's number for it."""
ITERATIONS = 8192
SALT_BYTES = 24


class DescribeUsersResponse(Response):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 50
    API_VERSION = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("error_message", CompactString("utf-8")),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                (
                    "credential_infos",
                    CompactArray(
                        ("mechanism", Int8), ("iterations", Int32), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class DescribeUsersStruct(RequestStruct):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 50
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = DescribeUsersResponse
    SCHEMA = Schema(
        ("users", CompactArray(("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("tags", TaggedFields),
    )


class DescribeUsers(Request[DescribeUsersStruct]):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 50

    def build(self, request_struct_class: type[DescribeUsersStruct]) -> DescribeUsersStruct:
        return request_struct_class(None, {})


class AlterUsersResponse(Response):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 51
    API_VERSION = 0
    SCHEMA: ClassVar[Schema] = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUsersStruct(RequestStruct):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = AlterUsersResponse
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(
                ("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)
            ),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUsers(Request[AlterUsersStruct]):  # type: ignore[misc]  # aiokafka publishes no types
    """Sets passwords, of which the broker learns no more than it needs to compare them."""

    API_KEY = 51

    def __init__(self, passwords: Mapping[str, str], gone: Iterable[str]) -> None:
        self._passwords = passwords
        self._gone = gone

    def build(self, request_struct_class: type[AlterUsersStruct]) -> AlterUsersStruct:
        deletions: list[tuple[str, int, dict[int, bytes]]] = [
            (user, SCRAM_SHA_512, {}) for user in self._gone
        ]
        return request_struct_class(deletions, list(self._upsertions()), {})

    def _upsertions(self) -> Iterator[tuple[str, int, int, bytes, bytes, dict[int, bytes]]]:
        for user, password in self._passwords.items():
            salt = os.urandom(SALT_BYTES)
            salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
            yield user, SCRAM_SHA_512, ITERATIONS, salt, salted, {}
