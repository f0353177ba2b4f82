"""Until when the certificates are valid that this process was set to use."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shared.runtime.measures import CERTIFICATE_EXPIRES

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def tell_certificates(files: Mapping[str, Path | None]) -> None:
    """Measure each of *files*, by what it is for; what holds no certificate is not told of."""
    for use, path in files.items():
        if path is not None and (expires := _expires(path)) is not None:
            CERTIFICATE_EXPIRES.labels(use).set(expires)


def _expires(path: Path) -> float | None:
    from cryptography import x509  # noqa: PLC0415 - who has no certificate needs none of it

    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return None
    if _is_authority(found[0]):
        # Old and new lie side by side while one takes the other's place.
        return max(one.not_valid_after_utc for one in found).timestamp()
    # A client's own comes first, and is worth nothing once one of those behind it has run out.
    return min(one.not_valid_after_utc for one in found).timestamp()


def _is_authority(certificate: "Certificate") -> bool:
    from cryptography import x509  # noqa: PLC0415 - as above

    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca
