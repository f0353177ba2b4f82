"""`casetrack plan report`: what people have counted, from a table, each line once."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.command.asking import Asking, MetricsRefuses
from deploy.command.output import DIFFERS, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from services.metrics.views.view import CommandTaken
from shared.policy.organisations import organisations
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

REPORTS = "/v1/plan/reports"
BYTES_MAX = 10 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
"""As tables are kept here: what is no UTF-8 is what offices write."""

COLUMNS: Mapping[str, str] = {
    "indicator": "指标",
    "part": "填报项",
    "quantity": "数量",
    "day": "日期",
    "org_code": "单位代码",
    "note": "说明",
    "target_id": "目标",
    "corrects": "更正",
}
"""The columns, by either name; the first three are needed, in any order."""
OF_TABLES = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
NEEDED = ("indicator", "part", "quantity")

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.csv", dir_okay=False, help=say("plan.file_help"))
]
UrlOption = Annotated[str, typer.Option("--url", help=say("reading.url_help"))]


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table, with the key by which it is known when it comes again."""

    line: int
    words: Mapping[str, str]
    key: str

    @property
    def path(self) -> str:
        corrects = self.words.get("corrects")
        return f"{REPORTS}/{corrects}/corrections" if corrects else REPORTS

    @property
    def body(self) -> dict[str, Any]:
        words = {name: value for name, value in self.words.items() if value}
        code = words.pop("org_code", None)
        if "day" in words:
            words["day"] = _day(words["day"])
        if words.pop("corrects", None):
            return {name: words[name] for name in ("quantity", "day", "note") if name in words}
        return words | ({"org": _org(code)} if code else {})


def report(file: FileArgument, *, url: UrlOption = "", as_json: JsonOption = False) -> None:
    """Hand in every line of *file*; those that are declined stop no other."""
    lines = list(_lines(file))
    asking = Asking.begin(load_settings(LocalSettings), url)
    accepted, rejections = 0, []
    with ProgressBar(file.name, err, SystemClock(), counts="progress.lines") as bar:
        for place, one in enumerate(lines, start=1):
            try:
                asking.command(CommandTaken, one.path, one.body, key=one.key)
                accepted += 1
            except MetricsRefuses as refusal:
                rejections.append({"line": one.line, **refusal.values})
            bar.advance(1, place / len(lines))
    if as_json:
        print_json({"accepted": accepted, "rejected": len(rejections), "rejections": rejections})
    else:
        out.print(say("plan.reported", accepted=accepted, rejected=len(rejections)))
        if rejections:
            headers = [say(f"plan.{name}") for name in ("line", "why")]
            show_table(
                headers,
                [[str(one["line"]), f"{one['title']}  {one['detail']}"] for one in rejections],
            )
    if rejections:
        raise typer.Exit(DIFFERS)


def _lines(file: Path) -> Iterator[TableLine]:
    """
    Yield the lines of *file* that say something.

    Two that are alike are two: the second one's key says that it is the second.

    Raises:
        typer.BadParameter: it is no such table.
    """
    rows = csv.reader(StringIO(_text(file)))
    names = [_column(name) for name in next(rows, [])]
    if missing := [name for name in NEEDED if name not in names]:
        said = say("plan.columns_missing", missing=", ".join(missing), columns=", ".join(COLUMNS))
        raise typer.BadParameter(said, param_hint="FILE")
    alike = Counter[str]()
    for row in rows:
        words = {
            name: value.strip() for name, value in zip(names, row, strict=False) if name in COLUMNS
        }
        if not any(words.values()):
            continue
        text = json.dumps(words, ensure_ascii=False, sort_keys=True)
        alike[text] += 1
        key = hashlib.sha256(f"{text} {alike[text]}".encode()).hexdigest()
        yield TableLine(rows.line_num, words, key)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(BYTES_MAX + 1)
    except OSError as fault:
        said = say("publish.no_file", file=file, reason=fault.strerror)
        raise typer.BadParameter(said, param_hint="FILE") from None
    if len(raw) <= BYTES_MAX:
        for encoding in ENCODINGS:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise typer.BadParameter(say("plan.no_table", file=file), param_hint="FILE")


def _column(name: str) -> str:
    """Return which column is called *name*, in either language; another one is left out."""
    plain = name.strip()
    return next((one for one, zh in COLUMNS.items() if plain in (one, zh)), plain)


def _day(text: str) -> str:
    """Return *text* as a day is written, if it is one as tables write it: 2026/3/8."""
    found = OF_TABLES.fullmatch(text)
    return "-".join(part.zfill(2) for part in found.groups()) if found else text


def _org(code: str) -> dict[str, str]:
    known = organisations().by_code.get(code)
    return {"org_code": code, "org_name": known.org_name if known else code}
