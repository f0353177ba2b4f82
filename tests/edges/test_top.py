"""`casetrack top`: what the stream brings, and how it stands on a terminal."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert
from rich.console import Console

from deploy.command.live.look import Look, look_of
from deploy.command.live.stream import Link, Watched, messages
from deploy.command.live.view import screen
from deploy.command.output import SafeConsole
from deploy.command.server_events import Message
from deploy.command.shades import DARK, LIGHT, theme
from services.metrics.views.today import Snapshot
from shared.contracts.naming import Language
from tests.support.pictures import NOW, picture, tiles

CALM = {"open": 7, "due_today": 0, "yellow": 0, "red": 0, "red_statutory": 0}
KEYS_SECONDS_MAX = 30.0
ALTERNATE_SCREEN = b"\x1b[?1049h"


def drawn(
    document: Mapping[str, Any] | None,
    size: tuple[int, int] = (120, 34),
    look: Look | None = None,
    link: Link = Link.LIVE,
) -> tuple[str, str]:
    """Return the screen as text, and as it is coloured."""
    console = Console(
        theme=theme({}),
        width=size[0],
        height=size[1],
        file=io.StringIO(),
        record=True,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    watched = Watched(convert(document, Snapshot) if document else None, link)
    console.print(screen(watched, look or Look(Language.ZH_CN), size))
    coloured = console.export_text(clear=False, styles=True)
    return console.export_text(), coloured


def escape(colour: str) -> str:
    """Return what a terminal is told for *colour*, such as #ff8a80."""
    return ";".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def test_what_can_still_be_saved_stands_first_and_the_totals_beside_it() -> None:
    text, _ = drawn(picture())
    lines = text.splitlines()

    assert "今天还来得及（12）" in lines[1]
    assert all(word in lines[2] for word in ("▲ 黄牌", "XC20240902000017", "10/10", "1,204"))
    assert any("红牌（2）" in line for line in lines)
    assert any("超期 3 天" in line and "XC20240826000003" in line for line in lines)
    assert any("今日收件" in line and "96" in line for line in lines)
    assert "延迟 0.4 秒" in lines[-1]
    assert "q 退出" in lines[-1]


def test_a_day_without_late_cases_wears_neither_yellow_nor_red() -> None:
    now = {**picture()["now"], **CALM}
    _, coloured = drawn(picture(late_next=[], red=[], now=now, tiles=tiles(**CALM)))

    assert escape(DARK["near"]) not in coloured
    assert escape(DARK["late"]) not in coloured


def test_red_and_yellow_stand_where_somebody_is_late_or_near() -> None:
    _, coloured = drawn(picture())

    assert escape(DARK["near"]) in coloured
    assert escape(DARK["late"]) in coloured


@pytest.mark.parametrize("size", [(120, 34), (100, 24), (80, 24), (60, 20), (200, 60)])
@pytest.mark.parametrize("language", list(Language))
def test_the_screen_is_filled_and_never_overflows(
    size: tuple[int, int], language: Language
) -> None:
    text, _ = drawn(picture(), size, Look(language))
    lines = text.splitlines()

    assert len(lines) == size[1]
    assert all(Console(width=size[0]).measure(line).maximum <= size[0] for line in lines)


def test_case_numbers_are_never_cut_where_there_are_eighty_columns() -> None:
    text, _ = drawn(picture(), (80, 24), Look(Language.EN))

    assert "XC20240902000017" in text
    assert "3 h 0 min" in text


@pytest.mark.parametrize("columns", [80, 100, 119, 120, 140, 200])
@pytest.mark.parametrize("language", list(Language))
def test_the_number_of_a_case_and_the_words_of_a_tile_are_whole(
    language: Language, columns: int
) -> None:
    shown = convert(picture(), Snapshot).tiles
    words = [tile.title.said(language) for tile in shown if tile.group == "standing"]
    words += [tile.note.said(language) for tile in shown if tile.note]

    text, _ = drawn(picture(), (columns, 34), Look(language))

    assert [word for word in ("XC20240902000017", *words) if word not in text] == []


@pytest.mark.parametrize(("number", "said"), [(0.9426, "94.3%"), (None, "–")])
def test_a_rate_of_the_day_is_told_in_hundredths_and_without_a_bar(
    number: float | None, said: str
) -> None:
    counted, rate = tiles()[-2:]
    shown = [
        counted,
        rate | {"name": "rate", "unit": "ratio", "title": {"zh-CN": "率", "en": "rate"}},
    ]

    text, _ = drawn(picture(tiles=shown, now={**NOW, "rate": number}))

    (row,) = [line for line in text.splitlines() if "率" in line]
    assert row.partition("率")[2].strip("│ ").split() == [said]


def test_without_utf8_english_and_ascii_say_the_same() -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="ascii")
    console = SafeConsole(width=110, height=30, file=terminal)
    look = look_of(console, Language.ZH_CN)
    lines = [{**line, "item_name": "licence"} for line in picture()["late_next"]]
    lines[0]["seconds_left"] = None
    unknown = {"complete_to": None, "now": {**NOW, "open": None}}
    console.print(
        screen(
            Watched(convert(picture(late_next=lines, **unknown), Snapshot), Link.LIVE),
            look,
            (110, 30),
        )
    )
    terminal.flush()

    assert look == Look(Language.EN, plain=True)
    assert "Still in time today (12)" in written.getvalue().decode("ascii")


@pytest.mark.parametrize(("ground", "shades"), [("0;15", LIGHT), ("15;0", DARK), ("", DARK)])
def test_the_ground_of_the_terminal_chooses_the_shades(
    ground: str, shades: Mapping[str, str]
) -> None:
    colour = theme({"COLORFGBG": ground}).styles["late"].color

    assert colour is not None
    assert colour.get_truecolor().hex == shades["late"]


def test_a_broken_line_and_late_data_are_said() -> None:
    reconnecting, _ = drawn(picture(), link=Link.RECONNECTING)
    delayed, _ = drawn(picture(lag_seconds=61.2))
    waiting, _ = drawn(None, link=Link.CONNECTING)

    assert "已断开，重连中" in reconnecting.splitlines()[0]
    assert "数据延迟 61 秒" in delayed.splitlines()[0]
    assert "正在连接" in waiting


def test_help_names_the_keys_and_the_commands_behind_the_figures() -> None:
    text, _ = drawn(picture(), look=Look(Language.EN, helping=True))

    assert "q quits" in text
    assert "casetrack case show" in text


async def lines_of(text: str) -> AsyncIterator[str]:
    for line in text.splitlines():
        yield line


async def test_the_stream_is_read_event_by_event() -> None:
    text = (
        ": beat\n\nretry: 2000\n\nid: 4-a\nevent: snapshot\ndata: {}\n\nevent: bye\ndata:\n\n"
        "id: 5-a\nevent: delta\ndata: [1,\ndata: 2]\n\n"
    )

    heard = [message async for message in messages(lines_of(text))]

    assert heard == [
        Message("snapshot", "4-a", "{}"),
        Message("bye", "", ""),
        Message("delta", "5-a", "[1,\n2]"),
    ]


def test_a_delta_replaces_whole_keys_and_a_reset_forgets() -> None:
    watched = Watched()
    watched.hear(Message("delta", "1", '{"red": []}'))
    unknown = watched.picture
    watched.hear(Message("snapshot", "2", json.dumps(picture())))
    watched.hear(Message("delta", "3", '{"red": []}'))
    known = watched.picture
    watched.hear(Message("reset", "", ""))

    assert unknown is None
    assert known == convert(picture(red=[]), Snapshot)
    assert (watched.picture, watched.told) == (None, "")


@pytest.mark.parametrize(
    ("number", "status"), [(None, 0), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_however_it_is_left_it_gives_the_terminal_back(
    tmp_path: Path, number: signal.Signals | None, status: int
) -> None:
    (tmp_path / "keys").mkdir()
    ours, theirs = pty.openpty()
    environment = {"CASETRACK_HOME": str(tmp_path), "CASETRACK_PORT": "1024", "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.command", "top"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **environment},
    ) as process:
        os.close(theirs)
        shown = until("○", ours)
        if number is None:
            os.write(ours, b"q")
        else:
            process.send_signal(number)
        # What nobody reads would keep it from ending.
        left = until("\x1b[?1049l", ours)
        ended = process.wait(KEYS_SECONDS_MAX)
    os.close(ours)

    assert ended == status
    assert ALTERNATE_SCREEN in shown, "so that nothing of what stood there is lost"
    assert b"\x1b[?1049l" in left
    assert b"Traceback" not in left


def until(word: str, terminal: int) -> bytes:
    """Return what *terminal* shows up to *word*, or until it shows nothing more."""
    shown = b""
    while word.encode() not in shown and select.select([terminal], [], [], KEYS_SECONDS_MAX)[0]:
        try:
            shown += os.read(terminal, 65_536)
        except OSError:
            break
    return shown
