"""A schema may grow; what it promised to writers and readers it keeps."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.contracts.promises import faults
from shared.contracts.publishing import schema_of

Schema = dict[str, Any]
ACCEPTED = "casetrack.intake.application.accepted.v1"


def changed(change: Callable[[Schema], object]) -> list[str]:
    """Return what is said against *change*, made to the schema of an acceptance."""
    schema = json.loads(json.dumps(schema_of(ACCEPTED)))
    change(schema)
    return faults(schema_of(ACCEPTED), schema)


def facts(schema: Schema) -> Schema:
    data: Schema = schema["$defs"]["ApplicationAccepted"]
    return data


BREAKS: dict[str, tuple[Callable[[Schema], object], str]] = {
    "a field goes": (
        lambda schema: facts(schema)["properties"].pop("promise_date"),
        "data.promise_date: the field is gone",
    ),
    "a field becomes required": (
        lambda schema: schema["required"].append("sequence"),
        "sequence: now required",
    ),
    "a field is no longer certain": (
        lambda schema: facts(schema)["required"].remove("grade"),
        "data.grade: no longer certain",
    ),
    "a type narrows": (
        lambda schema: facts(schema)["properties"]["steps"].update(type="string"),
        "data.steps: array became string",
    ),
    "a vocabulary loses a word": (
        lambda schema: schema["$defs"]["AcceptanceMode"]["enum"].remove("DEEMED"),
        "data.mode: no longer takes 'DEEMED'",
    ),
    "a text gets shorter": (
        lambda schema: schema["$defs"]["CaseRef"]["properties"]["case_no"].update(maxLength=40),
        "data.case.case_no: maxLength fell to 40",
    ),
    "a number may no longer be zero": (
        lambda schema: schema["$defs"]["StepLimit"]["properties"]["limit"].update(minimum=1),
        "data.steps[].limit: minimum rose to 1",
    ),
    "nothing may be left open any more": (
        lambda schema: schema["properties"]["windowid"]["anyOf"].pop(),
        "windowid: null became string",
    ),
    "free text becomes a vocabulary": (
        lambda schema: schema["properties"]["source"].update(enum=["urn:a"]),
        "source: now a closed vocabulary",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_promise_is_named_with_its_place(name: str) -> None:
    change, reproach = BREAKS[name]

    assert changed(change) == [reproach]


GROWTH: dict[str, Callable[[Schema], object]] = {
    "nothing changes": lambda _: None,
    "an optional field": lambda schema: facts(schema)["properties"].update(note={"type": "string"}),
    "a longer text": lambda schema: schema["properties"]["id"].update(maxLength=512),
    "another word": lambda schema: schema["$defs"]["GradeLevel"]["enum"].append("L5"),
    "a field may be left open": lambda schema: facts(schema)["properties"].update(
        promise_date={"anyOf": [facts(schema)["properties"]["promise_date"], {"type": "null"}]}
    ),
}


@pytest.mark.parametrize("name", GROWTH)
def test_growth_breaks_nothing(name: str) -> None:
    assert changed(GROWTH[name]) == []
