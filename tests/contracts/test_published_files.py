"""The files that other teams work from say what the code says."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]  # publishes no types
    Draft7Validator,
    Draft202012Validator,
)

from shared.contracts.documents import parse, write
from shared.contracts.publishing import (
    EXAMPLES,
    SCHEMAS,
    asyncapi,
    broken_promises,
    example_of,
    freeze,
    schema_of,
)
from shared.contracts.registry import FACTS, Owner, decode, encode, kinds_of, owner_of

KINDS = sorted(FACTS)

ASYNCAPI_3 = Path(__file__).with_name("asyncapi-3.0.0.schema.json")
"""The specification's own schema (Apache-2.0), without its white space."""


def read(path: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(path.read_text("utf-8"))


def test_every_type_has_a_schema_and_an_example_and_no_file_is_left_over() -> None:
    schemas = sorted(path.stem for path in SCHEMAS.glob("*.json"))
    examples = sorted(path.stem for path in EXAMPLES.glob("*.json"))

    assert (schemas, examples) == (KINDS, KINDS)


def test_no_promise_is_broken() -> None:
    broken = broken_promises()

    assert not broken, f"make a new version (.vN) and an upcaster instead: {broken}"


def test_a_promise_cannot_be_frozen_away(tmp_path: Path) -> None:
    promised = schema_of("casetrack.handling.case.archived.v1")
    promised["$defs"]["CaseArchived"]["properties"]["shelf"] = {"type": "string"}
    frozen = tmp_path / "casetrack.handling.case.archived.v1.json"
    frozen.write_text(json.dumps(promised), "utf-8")
    (tmp_path / "casetrack.handling.case.lost.v1.json").write_text("{}", "utf-8")

    broken = freeze(tmp_path)

    assert broken == [
        "casetrack.handling.case.archived.v1 data.shelf: the field is gone",
        "casetrack.handling.case.lost.v1: the type is gone",
    ]
    assert read(frozen) == promised


def test_freezing_what_is_frozen_changes_nothing(tmp_path: Path) -> None:
    broken = freeze(tmp_path)

    written = {path.name: path.read_bytes() for path in tmp_path.glob("casetrack.*.json")}
    assert broken == []
    assert written == {path.name: path.read_bytes() for path in SCHEMAS.glob("*.json")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_frozen_schema_is_the_generated_one(kind: str) -> None:
    assert read(SCHEMAS / f"{kind}.json") == schema_of(kind), "run `make schemas`, read the diff"


@pytest.mark.parametrize("kind", KINDS)
def test_the_golden_example_says_the_same_after_a_journey(kind: str) -> None:
    golden = example_of(kind)

    event = decode(write(golden))

    assert event.type == kind
    assert parse(encode(event)) == golden


@pytest.mark.parametrize("kind", KINDS)
def test_the_golden_example_keeps_the_schema(kind: str) -> None:
    Draft202012Validator(read(SCHEMAS / f"{kind}.json")).validate(example_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_has_an_owner_a_stream_a_subject_and_a_reason(kind: str) -> None:
    fact = FACTS[kind]
    event = decode(write(example_of(kind)))
    name = event.partitionkey if fact.PART_OF_CASE else event.subject

    assert owner_of(kind) in Owner
    assert event.stream == f"{fact.STREAM}-{name}"
    assert "catalogue" not in (fact.__doc__ or "catalogue"), "say when it happens"


def test_every_type_is_among_those_of_its_owner_alone() -> None:
    found = [(kind, owner) for owner in Owner for kind in kinds_of(owner)]

    assert sorted(found) == [(kind, owner_of(kind)) for kind in KINDS]


def test_chinese_is_readable_on_the_wire() -> None:
    event = decode(write(example_of("casetrack.intake.application.received.v1")))

    assert "食品经营许可（新办）".encode() in encode(event)


def test_the_asyncapi_document_keeps_the_specification() -> None:
    validator = Draft7Validator(read(ASYNCAPI_3))

    faults = [fault.json_path for fault in validator.iter_errors(asyncapi())]

    assert faults == []


def test_asyncapi_names_every_topic() -> None:
    addresses = {channel["address"] for channel in asyncapi()["channels"].values()}

    assert addresses == {
        "casetrack.inbox.v1",
        "casetrack.inbox.v1.{publisher}",
        *(owner.topic for owner in Owner),
    }
