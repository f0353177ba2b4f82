"""Why a server and we do not trust each other, told by what the handshake raised."""

import ssl
from collections.abc import Iterator
from enum import StrEnum


class Distrust(StrEnum):
    """What is wrong between a server and us; only a person can set it right."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason
    MECHANISM_UNKNOWN = "mechanism_unknown"
    UNKNOWN_CA = "unknown_ca"
    CERTIFICATE_EXPIRED = "certificate_expired"
    NAME_MISMATCH = "name_mismatch"
    CERTIFICATE_INVALID = "certificate_invalid"
    OUR_CERTIFICATE_REFUSED = "our_certificate_refused"
    NOT_ENCRYPTED = "not_encrypted"
    """The server speaks no TLS where we expect it."""
    NOT_ADMITTED = "not_admitted"
    """The server knows no such user, or not from here, or not this way."""
    RIGHT_MISSING = "right_missing"
    """It let us in, and we may not do there what we have to."""
    HUNG_UP = "hung_up"
    """It ends the connection without a word, as one does that expects TLS or a password."""


BY_VERIFY_CODE = {
    2: Distrust.UNKNOWN_CA,
    18: Distrust.UNKNOWN_CA,
    19: Distrust.UNKNOWN_CA,
    20: Distrust.UNKNOWN_CA,
    21: Distrust.UNKNOWN_CA,
    10: Distrust.CERTIFICATE_EXPIRED,
    62: Distrust.NAME_MISMATCH,
    64: Distrust.NAME_MISMATCH,
}
"""OpenSSL's numbers (x509_vfy.h)."""

NO_RIGHT = frozenset(
    {
        "TopicAuthorizationFailedError",
        "GroupAuthorizationFailedError",
        "ClusterAuthorizationFailedError",
        "TransactionalIdAuthorizationFailed",
    }
)
"""As Kafka's driver calls them, of which nothing is imported here."""
BY_SQLSTATE = {"28P01": Distrust.WRONG_PASSWORD, "28000": Distrust.NOT_ADMITTED}
PLAIN = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


def distrust_of(fault: BaseException | None) -> Distrust | None:
    """Return what is wrong between a server and us, if *fault* says so or follows from it."""
    return next((known for one in _behind(fault) if (known := _said_by(one))), None)


def _behind(
    fault: BaseException | None, seen: frozenset[int] = frozenset()
) -> Iterator[BaseException]:
    """Yield *fault*, its parts and its causes; a chain that bites its own tail ends there."""
    if fault is None or id(fault) in seen:
        return
    yield fault
    parts = fault.exceptions if isinstance(fault, BaseExceptionGroup) else ()
    for one in (*parts, fault.__cause__):
        yield from _behind(one, seen | {id(fault)})


def _said_by(fault: BaseException) -> Distrust | None:
    if isinstance(known := getattr(fault, "distrust", None), Distrust):
        return known
    if isinstance(fault, ssl.SSLError):
        return _of_handshake(fault)
    if isinstance(fault, ConnectionError) and "rejected SSL upgrade" in str(fault):
        return Distrust.NOT_ENCRYPTED
    if type(fault).__name__ in NO_RIGHT:
        return Distrust.RIGHT_MISSING
    return BY_SQLSTATE.get(getattr(fault, "sqlstate", None) or "")


def _of_handshake(fault: ssl.SSLError) -> Distrust:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return BY_VERIFY_CODE.get(fault.verify_code, Distrust.CERTIFICATE_INVALID)
    reason = fault.reason or ""
    if "ALERT" in reason:
        return Distrust.OUR_CERTIFICATE_REFUSED
    return Distrust.NOT_ENCRYPTED if reason in PLAIN else Distrust.CERTIFICATE_INVALID
