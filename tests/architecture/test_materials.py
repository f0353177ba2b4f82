"""What casetrack is made of is told by its locks: every package once, by name, version, digest."""

import json
import re
from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest

from deploy.bundle import PARTS
from deploy.materials import IN_IMAGE, LOCKS, materials, otherwise
from deploy.stack.java import PINNED
from deploy.stack.places import CHECKOUT
from tests.support.cyclonedx_schema import complaints, licences
from tests.support.plans import DOCKERFILE

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


@pytest.mark.parametrize("locks", [IN_IMAGE, PARTS, tuple(LOCKS)], ids=" ".join)
def test_the_document_is_as_its_format_has_it(locks: tuple[str, ...]) -> None:
    assert complaints(materials(locks, "1.2.3")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scope", "maybe"),
        ("hashes", [{"alg": "SHA-256", "content": "short"}]),
        ("version", 3),
        ("licenses", [{"license": {"id": "OURS"}}]),
        ("colour", "red"),
    ],
)
def test_the_format_is_strict(name: str, value: object) -> None:
    spoilt = deepcopy(ALL)
    spoilt["components"][0][name] = value

    assert complaints(spoilt) != []


def test_a_component_that_stands_twice_is_against_the_format() -> None:
    assert complaints(ALL | {"components": COMPONENTS[:1] * 2}) != []


def test_every_licence_that_is_told_has_a_name_that_others_know() -> None:
    told = {
        word
        for one in COMPONENTS
        for licence in one.get("licenses", [])
        for word in re.findall(r"[\w.+-]+", licence["expression"])
    }

    assert told - {"AND", "OR", "WITH"} <= licences()


def test_the_image_tells_of_the_locks_that_it_is_compared_with() -> None:
    words = f"deploy.materials {' '.join(IN_IMAGE)} --version"

    assert words in DOCKERFILE.read_text(encoding="utf-8")


SERVICES = materials(["services"], "1.2.3")
REQUIRED = {
    one["name"]: one["version"] for one in SERVICES["components"] if one["scope"] == "required"
}


def test_what_is_installed_as_it_is_told_is_not_otherwise() -> None:
    spelt = {name.upper().replace("-", "_"): version for name, version in REQUIRED.items()}

    assert otherwise(SERVICES, spelt) == []


@pytest.mark.parametrize(
    ("installed", "seen"),
    [
        ({**REQUIRED, "stranger": "1.0"}, ["stranger 1.0 is not told"]),
        ({**REQUIRED, "asyncpg": "0.1"}, ["asyncpg 0.1 is not told", "asyncpg is not there"]),
        (
            {name: version for name, version in REQUIRED.items() if name != "asyncpg"},
            ["asyncpg is not there"],
        ),
    ],
)
def test_what_is_installed_otherwise_is_named(installed: dict[str, str], seen: list[str]) -> None:
    found = otherwise(SERVICES, installed)

    assert [line.partition(",")[0] for line in found] == seen
