"""
``python -m deploy.bundle``: one archive that installs and runs without any registry.

It holds the checkout without its tests, the built page, Kafka's jars, the Python packages for
machines of this kind, what all of that is (CycloneDX), and the digest of each file.
"""

import argparse
import hashlib
import io
import json
import platform
import shutil
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.command import interruption
from deploy.command.ending import ended
from deploy.command.output import Downloads, err, print_line, waiting
from deploy.faults import CheckoutMissing, PipUnreachable
from deploy.materials import DIGEST, materials, our_version
from deploy.setup import BUNDLED, BUNDLED_PYTHON
from deploy.stack import java
from deploy.stack.dashboard import PAGE, build_page, source_files
from deploy.stack.places import CHECKOUT
from deploy.stack.program import run
from deploy.texts import say

LEFT_OUT = ("tests", "bench", ".ci")
"""What installs nothing and runs nothing."""
REQUIREMENTS = CHECKOUT / "requirements" / "run.txt"
MATERIALS, SUMS = "materials.cdx.json", "SHA256SUMS"
PARTS = ("run", "page", "kafka")
MEGABYTE = 1_000_000
READ_BYTES = 1 << 20
REASON_CHARACTERS_MAX = 200
PROGRAM, FILE = 0o755, 0o644


def bundle(folder: Path) -> Path:
    """
    Make the archive in *folder* and return where it lies; beside it lies its digest.

    Raises:
        Fault: this is no git checkout, or a registry does not answer.
    """
    tracked = _tracked()
    build_page()
    with Downloads(say("download.kafka")) as downloads:
        jars = java.kafka_jars(downloads.file)
    wheels = _wheels(folder / "wheels")
    name = f"casetrack-{our_version()}-python{_python()}-{sys.platform}-{platform.machine()}"
    laid = {
        **{path.relative_to(CHECKOUT).as_posix(): path for path in {*tracked, *_page()}},
        **{f"{BUNDLED.name}/{path.name}": path for path in wheels},
        **{f"{java.BUNDLED.name}/{path.name}": path for path in jars},
    }
    told = {
        BUNDLED_PYTHON.relative_to(CHECKOUT).as_posix(): _python().encode(),
        MATERIALS: json.dumps(
            materials(PARTS, our_version()), ensure_ascii=False, indent=1
        ).encode(),
    }
    archive = folder / f"{name}.tar"
    with waiting(say("bundle.packing", files=len(laid))):
        _pack(archive, name, laid, told)
    return archive


def _tracked() -> list[Path]:
    """Return the files of the checkout as they are now, new ones and changes and all."""
    git = shutil.which("git")
    if git is None:
        raise CheckoutMissing(reason="git?")
    without = [f":(exclude){name}" for name in LEFT_OUT]
    known = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    done = run([git, *known, "--", ".", *without], folder=CHECKOUT)
    if done.returncode != 0:
        raise CheckoutMissing(reason=done.stderr.strip()[:REASON_CHARACTERS_MAX])
    found = (CHECKOUT / name for name in done.stdout.split("\0") if name)
    return [path for path in found if path.is_file()]


def _page() -> Iterable[Path]:
    """Yield what the built page was built from, so that nobody builds it again, and the page."""
    yield from source_files()
    yield from (path for path in PAGE.rglob("*") if path.is_file())


def _wheels(folder: Path) -> list[Path]:
    """Return the packages that the lock pins, for this machine and Python."""
    folder.mkdir(parents=True, exist_ok=True)
    err.print(say("bundle.packages"))
    words = ("download", "-q", "--disable-pip-version-check", "--require-hashes", "-r")
    with waiting(say("bundle.packages")):
        done = run(
            [sys.executable, "-m", "pip", *words, REQUIREMENTS, "-d", folder], folder=CHECKOUT
        )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise PipUnreachable(
            registry="PyPI", what="run.txt", reason=" ".join(said[-1:])[:REASON_CHARACTERS_MAX]
        )
    pinned = set(DIGEST.findall(REQUIREMENTS.read_text(encoding="utf-8")))
    # What an earlier lock has left behind stays at home.
    return sorted(path for path in folder.iterdir() if _digest(path) in pinned)


def _pack(archive: Path, name: str, laid: Mapping[str, Path], told: Mapping[str, bytes]) -> None:
    """Write *archive* whole or not at all; everything in it lies below the folder *name*."""
    digests = {place: _digest(path) for place, path in laid.items()}
    digests |= {place: hashlib.sha256(text).hexdigest() for place, text in told.items()}
    sums = "".join(f"{digests[place]}  {place}\n" for place in sorted(digests))
    partly = archive.with_suffix(".part")
    with tarfile.open(partly, "w", format=tarfile.PAX_FORMAT) as packed:
        for place in sorted(laid):
            entry = packed.gettarinfo(laid[place], f"{name}/{place}")
            with laid[place].open("rb") as content:
                packed.addfile(_plain(entry), content)
        for place, text in {**told, SUMS: sums.encode()}.items():
            entry = tarfile.TarInfo(f"{name}/{place}")
            entry.size = len(text)
            packed.addfile(_plain(entry), io.BytesIO(text))
    partly.rename(archive)
    digest = f"{_digest(archive)}  {archive.name}\n"
    archive.with_name(f"{archive.name}.sha256").write_text(digest, encoding="ascii")


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return *entry* without whose it was, and when: the same files make the same archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    entry.mode = PROGRAM if entry.mode & 0o100 else FILE
    return entry


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as content:
        while part := content.read(READ_BYTES):
            found.update(part)
    return found.hexdigest()


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m deploy.bundle", description=__doc__)
    usual = CHECKOUT / ".casetrack" / "bundle"
    asked.add_argument("--folder", type=Path, default=usual, help="where the archive is to lie")
    words = asked.parse_args()
    interruption.listen()
    with ended():
        made = bundle(words.folder.absolute())
        size = f"{made.stat().st_size / MEGABYTE:.0f}"
        err.print(say("bundle.done", size=size, file=made.name))
        print_line(str(made))


if __name__ == "__main__":
    main()
