"""What was stored or received is shown on a terminal, and never obeyed."""

import io
import json
import sys
import unicodedata
from collections.abc import Callable

import pytest
from rich.table import Table
from rich.text import Text

from deploy.command import output
from deploy.command.output import SafeConsole, Styled, out, print_json, print_line, waiting
from deploy.command.progress_bar import ProgressBar
from deploy.command.tables import show_table
from deploy.texts import say
from shared.runtime.clock import SystemClock
from shared.runtime.visible import visible

CLIPBOARD = "\x1b]52;c;cm0gLXJmIC8=\x07"
TITLE = "\x9d0;root#\x9c"
TURNED = "无锡\u202e食品\u2066"
MARKUP = "[red]急[/] [link=https://evil.example]看[/link] :smile: [/]"
HOSTILE = f"{CLIPBOARD}|{TITLE}|{TURNED}|\u200b\ufeff\u2028\u061c\x7f\r\x08|{MARKUP}"
SPELLED = (
    r"\u001b]52;c;cm0gLXJmIC8=\u0007|\u009d0;root#\u009c|无锡\u202e食品\u2066|"
    r"\u200b\ufeff\u2028\u061c\u007f\u000d\u0008|" + MARKUP
)
HIDING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""The categories of what Unicode itself says is no visible character."""

WAYS: dict[str, Callable[[], object]] = {
    "a line": lambda: out.print(HOSTILE),
    "a styled line": lambda: out.print(Styled.assemble((HOSTILE, "bold"), HOSTILE)),
    "a long line": lambda: print_line(HOSTILE),
    "cells": lambda: show_table([HOSTILE, "last"], [[HOSTILE, HOSTILE]]),
    "a value in a line of ours": lambda: out.print(say("case.anomalies", count=HOSTILE)),
}


@pytest.mark.parametrize("way", WAYS)
def test_hidden_characters_are_spelled_out(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    WAYS[way]()
    shown = capsys.readouterr().out

    assert SPELLED.replace(r"\u000d\u0008", "") in shown.replace(r"\u000d\u0008", "")
    assert all(unicodedata.category(one) not in HIDING for one in shown if one != "\n")


def test_a_text_that_came_by_another_way_is_harmless_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out.print(Text(HOSTILE))

    assert not {"\x1b", "\x9d", "\u202e"} & set(capsys.readouterr().out)


def test_what_moves_is_no_markup_either(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    door = SafeConsole(file=screen, force_terminal=True, width=600)
    monkeypatch.setattr(output, "err", door)
    with waiting(HOSTILE):
        pass
    with ProgressBar(HOSTILE, door, SystemClock()) as course:
        course.advance(1, 0.5)

    assert screen.getvalue().count(MARKUP) >= 2
    assert not {"\x07", "\x9d", "\u202e"} & set(screen.getvalue())


def test_columns_are_as_wide_as_what_they_show() -> None:
    page = io.StringIO()
    door = SafeConsole(file=page, width=60)
    table = Table(box=None, pad_edge=False, show_header=False)
    for cells in (("甲乙", "|"), ("x\u202e", "|"), ("\x1b[31m", "|")):
        table.add_row(*cells)
    door.print(table)
    widths = [Text(line.rstrip()).cell_len for line in page.getvalue().splitlines()]

    assert len(set(widths)) == 1


def test_programs_get_json_in_which_nothing_hides(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"item_name": HOSTILE, "half": "\ud800", "far": "\U000e0041", "name": "行政审批 😀"}
    print_json(told)
    printed = capsys.readouterr().out

    assert json.loads(printed) == told
    assert "行政审批 😀" in printed
    assert all(unicodedata.category(one) not in HIDING for one in printed if one != "\n")


def test_a_value_begins_no_line_and_gives_no_login_away() -> None:
    said = say("logs.unknown", service="a\n✗ b", known="https://u:geheim@mirror.example/x")

    assert "\n" not in said
    assert "geheim" not in said


def test_all_that_unicode_hides_is_spelled_out() -> None:
    hidden = [
        one for one in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(one) in HIDING
    ]

    assert [one for one in hidden if visible(one) == one] == []


@pytest.mark.parametrize(
    "text", ["行政审批服务局", "𠮷野家", "葛\U000e0100", "e\u0301", "😀", "·█▒"]
)
def test_what_people_write_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text
