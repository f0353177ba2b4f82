"""However little a packed log weighs, what it unfolds to never takes more than a stated share."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.importers.reading import CASE_EVENTS_MAX

GROWTH_MIB_MAX = 100
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux's /proc"
)

AT_ONCE = 1000
READ = """
import sys
from pathlib import Path
from deploy.importers.document import LogUnreadable, pieces
from deploy.importers.mapping import Import
from deploy.importers.profiles import BPIC15
from deploy.importers.reading import read_log

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) >> 10

before, cases, end = peak(), 0, "read"
with open(sys.argv[1], "rb") as raw:
    try:
        for told in Import("log", BPIC15).told(read_log(pieces(raw))):
            cases += told.is_case
    except LogUnreadable as damage:
        end = damage.damage.value
print(peak() - before, cases, end)
"""
EVENT = (
    b'<event><string key="concept:name" value="x"/><string key="note" value="of some length"/>'
    b'<date key="time:timestamp" value="2014-05-05T09:00:00+02:00"/></event>'
)
VALUE = b'<trace><event><string key="note" value="'
LAST = b"<trace>" + EVENT + b"</trace></log>"

AFTER = b"</event></trace>" + LAST

Repeated = tuple[bytes, bytes, int, bytes]
"""What stands before, what is repeated with its number, how often, and what stands behind."""


def write(path: Path, log: Repeated) -> None:
    before, piece, times, after = log
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(before)
        for first in range(0, times, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            file.write(b"".join(piece.replace(b"{}", b"%d" % number) for number in numbers))
        file.write(after)


@needs_proc
@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ((b"<log><trace>", EVENT, CASE_EVENTS_MAX, b"</trace>" + LAST), "2 read"),
        ((b"<log><trace>", EVENT, 50_000, b"</trace>" + LAST), "2 read"),
        ((b"<log>", EVENT, 50_000, LAST), "1 read"),
        ((b"<log>", b"<trace/>", 50_000, LAST), "50001 read"),
        ((b"<log>" + VALUE, b"n" * 1000, 40_000, b'"/>' + AFTER), "2 read"),
        ((b"<log>" + VALUE, b">" * 1000, 40_000, b'"/>' + AFTER), "0 too_long_a_tag"),
        ((b"<log><!--", b"<" * 1000, 40_000, b"-->" + LAST), "0 too_long_a_tag"),
        ((b"<log>" + b"<trace><event>", b'<int key="{}" value="1"/>', 150_000, AFTER), "2 read"),
        ((b"<log>", b"<a{}/>", 150_000, LAST), "0 too_many_names"),
        ((b"<log>", b"<a>", 100_000, LAST), "0 too_deep"),
    ],
    ids=[
        "as many events as a case may have",
        "more events than a case may have",
        "many loose events",
        "many cases",
        "a long value",
        "a long value of marks",
        "a long comment",
        "an event of many attributes",
        "many names",
        "many levels",
    ],
)
def test_what_a_log_unfolds_to_never_takes_more_than_a_stated_share(
    tmp_path: Path, log: Repeated, expected: str
) -> None:
    packed = tmp_path / "log.xes.gz"
    write(packed, log)
    argv = [sys.executable, "-c", READ, str(packed)]
    told = subprocess.check_output(argv, text=True)
    grown, _, said = told.strip().partition(" ")

    assert said == expected
    assert int(grown) < GROWTH_MIB_MAX
