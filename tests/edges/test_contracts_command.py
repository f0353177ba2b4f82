"""`casetrack contracts`, as publishers and their programs call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from shared.contracts.publishing import EXAMPLES
from shared.contracts.registry import FACTS

ACTIVITY = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "urn:casetrack:import:wabo",
    "type": "casetrack.handling.activity.recorded.v1",
    "time": "2024-09-02T10:00:00+08:00",
    "data": {"case_no": "XC20240902000017", "activity": "Confirmation"},
}


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["contracts", *words])
    return result.exit_code, result.stdout


def sample(folder: Path, *lines: object) -> str:
    file = folder / "sample.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return str(file)


def test_every_type_is_listed_with_its_owner_and_topic() -> None:
    status, said = run("list", "--json")
    told = {one["type"]: one["topic"] for one in json.loads(said)["types"]}

    assert status == 0
    assert told.keys() == FACTS.keys()
    assert told["casetrack.review.rating.posted.v1"] == "casetrack.review.v1"


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_type_is_shown_with_its_fields_and_its_example(kind: str) -> None:
    status, said = run("show", kind)
    document = json.loads(run("show", kind, "--json")[1])

    assert status == 0
    assert "data." in said
    assert document["schema"]["$id"] == f"urn:casetrack:schema:{kind}"
    assert document["example"] == json.loads((EXAMPLES / f"{kind}.json").read_text("utf-8"))


def test_one_document_describes_all_types_and_topics() -> None:
    status, said = run("asyncapi")
    messages = json.loads(said)["components"]["messages"].values()

    assert status == 0
    assert {message["name"] for message in messages} == FACTS.keys()


def test_a_type_that_is_nearly_right_is_wrong_usage() -> None:
    assert run("show", "casetrack.handling.hold.open.v1")[0] == 2


def test_a_sample_is_judged_line_by_line_as_the_gateway_would(tmp_path: Path) -> None:
    ahead = ACTIVITY | {"id": "a-2", "time": "2999-01-01T00:00:00+08:00"}
    nameless = {name: value for name, value in ACTIVITY.items() if name != "type"}
    ours = ACTIVITY | {"source": "urn:casetrack:610102:intake"}

    status, said = run("check", sample(tmp_path, ACTIVITY, ahead, nameless, ours), "--json")
    document = json.loads(said)

    assert status == 1
    assert (document["accepted"], document["rejected"]) == (1, 3)
    assert [(one["line"], one.get("code"), one.get("field")) for one in document["lines"]] == [
        (1, None, None),
        (2, "time_in_future", "time"),
        (3, "missing_attribute", "type"),
        (4, "source_reserved", "source"),
    ]


def test_a_good_sample_is_fine(tmp_path: Path) -> None:
    assert run("check", sample(tmp_path, ACTIVITY))[0] == 0


def test_nothing_to_judge_is_not_fine(tmp_path: Path) -> None:
    assert run("check", sample(tmp_path))[0] == 1
