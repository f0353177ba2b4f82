"""`casetrack publish`: files as editors and exports write them, and a run that is cut short."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from deploy.command.lines import LINE_BYTES_MAX, NumberedLines
from deploy.texts import say
from tests.support.foreign_facts import numbered

NOBODY = {"CASETRACK_KAFKA": "127.0.0.1:1"}


def lines_of(tmp_path: Path, content: bytes) -> list[tuple[int, bytes]]:
    file = tmp_path / "events.jsonl"
    file.write_bytes(content)
    with NumberedLines.of(file) as lines:
        return list(lines)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"\xef\xbb\xbf{}\n{}\n", [(1, b"{}\n"), (2, b"{}\n")]),
        (b"{}\n\xef\xbb\xbf{}", [(1, b"{}\n"), (2, b"\xef\xbb\xbf{}")]),
        (b"{}\r\n\r\n \t\n{}", [(1, b"{}\r\n"), (4, b"{}")]),
        (b"\xff\n{}\n", [(1, b"\xff\n"), (2, b"{}\n")]),
        (b"", []),
        (b"\xef\xbb\xbf\n", []),
    ],
    ids=["mark", "mark-inside", "crlf-and-blanks", "no-text", "empty", "only-a-mark"],
)
def test_lines_keep_their_numbers_and_lose_what_is_the_files(
    tmp_path: Path, content: bytes, lines: list[tuple[int, bytes]]
) -> None:
    assert lines_of(tmp_path, content) == lines


def test_of_a_line_that_is_longer_than_any_event_enough_is_kept_to_refuse_it(
    tmp_path: Path,
) -> None:
    first, second = lines_of(tmp_path, b"x" * (3 * LINE_BYTES_MAX) + b"\n{}\n")

    assert (len(first[1]), second) == (LINE_BYTES_MAX, (2, b"{}\n"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("missing", None, "No such file"),
        ("", None, "Is a directory"),
        ("utf16", "{}".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_none_is_wrong_usage(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    said = CliRunner().invoke(app, ["publish", str(tmp_path / name)], env=NOBODY)

    assert (said.exit_code, said.stdout) == (2, "")
    assert why in said.stderr


def test_where_the_server_goes_away_it_says_where_the_run_stood(tmp_path: Path) -> None:
    (tmp_path / "three.jsonl").write_bytes(b"nonsense\n" + numbered(1) + b"\n{}\n")
    words = ["publish", str(tmp_path / "three.jsonl"), "--via", "kafka", "--json"]
    said = CliRunner().invoke(app, words, env={**NOBODY, "CASETRACK_HOME": str(tmp_path)})
    error = json.loads(said.stdout)["error"]

    assert (said.exit_code, error["code"]) == (3, "publish.kafka_unreachable")
    assert (error["values"]["line"], error["values"]["of"]) == ("0", "3")
    stood = say("publish.stopped", line=0, of=3, told=say("publish.rejected", count=2))
    assert stood in said.stderr
