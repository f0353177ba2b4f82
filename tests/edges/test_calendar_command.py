"""`casetrack calendar due`, as people and programs call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from shared.policy.calendar import official_calendar
from tests.support.notices import notice


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["calendar", "due", *words])
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    ("start", "limit", "unit", "due"),
    [
        ("2024-09-02", "20", "WD", "2024-09-30"),
        ("2025-01-24", "5", "WD", "2025-02-07"),
        ("2024-09-27", "4", "ND", "2024-10-08"),
        ("2024-09-02", "0", "WD", "2024-09-02"),
    ],
)
def test_the_answer_for_programs_is_one_document(
    start: str, limit: str, unit: str, due: str
) -> None:
    status, said = run("--from", start, "--limit", limit, "--unit", unit, "--json")
    document = json.loads(said)

    assert status == 0
    assert (document["due"], document["provisional"]) == (due, False)
    assert document["days"][0]["date"] == start
    assert document["days"][-1]["date"] == due


def test_the_answer_for_people_shows_every_day_on_the_way() -> None:
    status, said = run("--from", "2024-09-12", "--limit", "2")

    assert status == 0
    assert said.startswith("2024-09-14")
    assert "2024-09-13" in said
    assert official_calendar().version in said


@pytest.mark.parametrize("limit", ["-1", "100000", "many"])
def test_a_limit_that_is_none_is_wrong_usage(limit: str) -> None:
    assert run("--from", "2024-09-02", "--limit", limit)[0] == 2


def test_a_notice_that_just_appeared_makes_the_date_final(tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(notice()), encoding="utf-8")
    words = ("--from", "2026-12-28", "--limit", "8", "--json")

    before = json.loads(run(*words)[1])
    after = json.loads(run(*words, "--notice", str(file))[1])

    assert (before["due"], before["provisional"]) == ("2027-01-07", True)
    assert (after["due"], after["provisional"]) == ("2027-01-09", False)


def test_a_file_that_is_no_notice_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    file.write_text('{"year": 2027}', encoding="utf-8")

    assert run("--from", "2026-12-28", "--limit", "8", "--notice", str(file))[0] == 2


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (notice(days=[]), "元旦"),
        (notice(days=notice()["days"][:3]), "春节"),
        (notice(year=2028), "2027-01-01"),
        (notice(days=[*notice()["days"], notice()["days"][0]]), "2027-01-01"),
    ],
)
def test_a_part_of_a_notice_makes_no_date_final(
    tmp_path: Path, document: dict[str, object], why: str
) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    words = ("--from", "2026-12-28", "--limit", "8", "--notice", str(file))
    result = CliRunner().invoke(app, ["calendar", "due", *words])

    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


@pytest.mark.parametrize(
    "start",
    ["0001-01-01", "1900-01-01", "2099-12-31", "9999-12-31", "20240902", "2024-9-2", "2024-W36-1"],
)
def test_a_day_that_nobody_can_mean_is_wrong_usage(start: str) -> None:
    result = CliRunner().invoke(app, ["calendar", "due", "--from", start, "--limit", "3"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert start in result.stderr


def test_the_longest_count_from_the_last_day_is_provisional() -> None:
    status, said = run("--from", "2098-12-31", "--limit", "700", "--unit", "WD", "--json")

    assert status == 0
    assert json.loads(said)["provisional"]
