"""What casetrack is made of is told by its locks: every package once, by name, version, digest."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from deploy.materials import LOCKS, materials
from deploy.stack.java import PINNED
from deploy.stack.places import CHECKOUT

PURL = re.compile(r"pkg:(pypi|npm|maven)/[\w.%/+-]+@[\w.%+-]+")
DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}")
ALL = materials(LOCKS, "1.2.3")
COMPONENTS = ALL["components"]


def names(kind: str) -> set[str]:
    return {one["name"] for one in COMPONENTS if one["purl"].startswith(f"pkg:{kind}/")}


def test_every_component_is_named_versioned_and_known_by_its_digest() -> None:
    for one in COMPONENTS:
        assert PURL.fullmatch(one["purl"]), one
        assert one["hashes"], one
        assert all(DIGEST.fullmatch(known["content"]) for known in one["hashes"]), one
        assert one["scope"] in {"required", "optional", "excluded"}


def test_each_stands_once_and_the_same_locks_tell_the_same() -> None:
    assert max(Counter(one["bom-ref"] for one in COMPONENTS).values()) == 1
    assert json.dumps(materials(LOCKS, "1.2.3")) == json.dumps(ALL)


@pytest.mark.parametrize("lock", ["run", "services"])
def test_whatever_is_required_is_a_component(lock: str) -> None:
    text = (CHECKOUT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    required = set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))

    assert required
    assert required <= names("pypi")


def test_every_jar_and_every_package_of_the_page_is_a_component() -> None:
    jars = {Path(line.split()[1]).parent.parent.name for line in PINNED.read_text().splitlines()}
    lock = CHECKOUT / "services" / "metrics" / "dashboard" / "package-lock.json"
    installed = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    packages = {
        told.get("name") or place.rpartition("node_modules/")[2]
        for place, told in installed.items()
        if place
    }

    assert names("maven") == jars
    assert names("npm") == packages


def test_what_builds_the_page_alone_is_no_part_of_it() -> None:
    scopes = {one["name"]: one["scope"] for one in COMPONENTS}

    assert (scopes["vue"], scopes["vite"]) == ("required", "excluded")
