"""
``python -m deploy.materials LOCK…``: what casetrack is made of, as CycloneDX 1.6, from its locks.

The locks are *run* and *services* (Python packages), *page* (what is built into the page, and with
what) and *kafka* (jars). The same locks give the same document: it has neither time nor number.
"""

import argparse
import base64
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from deploy.stack.java import pinned_jars
from deploy.stack.places import CHECKOUT

SPEC_VERSION = "1.6"
REQUIREMENT = re.compile(
    r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?\n", re.MULTILINE
)
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
INSTALLED = "node_modules/"
IN_IMAGE = ("services", "page")
"""The locks of which the image consists."""
PYTHON = "pkg:pypi/"
ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}

Component = dict[str, Any]


def materials(locks: Iterable[str], version: str) -> dict[str, Any]:
    """Return the document for *locks* in casetrack's *version*; each component stands once."""
    found = {one["bom-ref"]: one for lock in locks for one in LOCKS[lock]()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "casetrack",
                "name": "casetrack",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [found[ref] for ref in sorted(found)],
    }


def otherwise(document: Mapping[str, Any], installed: Mapping[str, str]) -> list[str]:
    """Return in what the Python packages *installed*, by name, are not as *document* says."""
    told = {one["purl"]: one for one in document["components"] if one["purl"].startswith(PYTHON)}
    found = {_of_pypi(name, version): f"{name} {version}" for name, version in installed.items()}
    unknown = [f"{found[purl]} is not told" for purl in sorted(found.keys() - told)]
    absent = [
        f"{told[purl]['name']} is not there, in version {told[purl]['version']}"
        for purl in sorted(told.keys() - found)
        if told[purl]["scope"] == "required"
    ]
    return [*unknown, *absent]


def our_version() -> str:
    """Return what the checkout calls itself."""
    told = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


def of_python(name: str) -> Iterator[Component]:
    """Yield the packages that ``requirements/NAME.txt`` pins, whatever machine they are for."""
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    starts = [*REQUIREMENT.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=True):
        package, version, marker = start.groups()
        yield _component(
            _of_pypi(package, version),
            package,
            version,
            [("sha256", digest) for digest in DIGEST.findall(text, start.end(), end)],
            # Another machine, or another Python, may not need it.
            scope="optional" if marker else "required",
        )


def _of_pypi(name: str, version: str) -> str:
    return f"{PYTHON}{re.sub(r'[-_.]+', '-', name).lower()}@{quote(version, safe='')}"


def of_page() -> Iterator[Component]:
    """Yield the packages of the page's lock: those that build it alone are no part of it."""
    lock = CHECKOUT / "services" / "metrics" / "dashboard" / "package-lock.json"
    packages: Mapping[str, Mapping[str, Any]] = json.loads(lock.read_text("utf-8"))["packages"]
    for place, told in packages.items():
        if not place:
            continue
        name = told.get("name") or place.rpartition(INSTALLED)[2]
        algorithm, _, digest = told["integrity"].partition("-")
        licence = told.get("license")
        yield _component(
            f"pkg:npm/{quote(name)}@{quote(told['version'], safe='')}",
            name,
            told["version"],
            [(algorithm, base64.b64decode(digest).hex())],
            scope="excluded" if told.get("dev") or told.get("optional") else "required",
            **({"licenses": [{"expression": licence}]} if licence else {}),
        )


def of_kafka() -> Iterator[Component]:
    """Yield the jars of Kafka's class path."""
    for place, digest in pinned_jars().items():
        group, artifact, version = place.rsplit("/", 3)[:3]
        package = group.replace("/", ".")
        yield _component(
            f"pkg:maven/{package}/{artifact}@{version}",
            artifact,
            version,
            [("sha256", digest)],
            group=package,
        )


LOCKS: Mapping[str, Callable[[], Iterator[Component]]] = {
    "run": partial(of_python, "run"),
    "services": partial(of_python, "services"),
    "page": of_page,
    "kafka": of_kafka,
}


def _component(
    purl: str,
    name: str,
    version: str,
    digests: Iterable[tuple[str, str]],
    **more: Any,  # noqa: ANN401 - as CycloneDX has it
) -> Component:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "scope": "required",
        "hashes": [
            {"alg": ALGORITHMS[algorithm], "content": content} for algorithm, content in digests
        ],
        "purl": purl,
        **more,
    }


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m deploy.materials", description=__doc__)
    asked.add_argument("locks", nargs="+", choices=sorted(LOCKS), metavar="LOCK")
    asked.add_argument("--version", help="of casetrack; none: that of the checkout")
    words = asked.parse_args()
    told = materials(words.locks, words.version or our_version())
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
