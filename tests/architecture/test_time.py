"""Time is read and shown in one place: no other module takes a text for an instant or a day."""

import re
from pathlib import Path

from tests.architecture.test_tidy import PACKAGES, ROOT, sources

READING = re.compile(r"fromisoformat|strptime|AwareDatetime|NaiveDatetime|formats=\[|fromtimestamp")
MAY_READ = {
    "shared/contracts/moments.py": "the one reading",
    "deploy/command/dead_letters.py": "the broker counts milliseconds",
    "deploy/backups.py": "folders are named by instants that no event has",
}

SHOWING = re.compile(r"\.astimezone\(ZONE\)\.(isoformat|strftime)")
MAY_SHOW = {"services/metrics/domain/clocks/alert.py": "part of a name, which stays as it is"}

PAGE = ROOT / "services" / "metrics" / "dashboard" / "src"
JAVASCRIPT = re.compile(r"new Date\(|Date\.(parse|UTC)|Intl\.DateTimeFormat|toLocale(Date|Time)")


def users(pattern: re.Pattern[str], paths: list[Path]) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if pattern.search(path.read_text(encoding="utf-8"))
    }


def test_time_is_read_by_the_contracts_alone() -> None:
    found = users(READING, list(sources(*PACKAGES)))

    assert found - MAY_READ.keys() == set(), "read with shared.contracts.moments"


def test_instants_are_shown_by_the_calendar_alone() -> None:
    found = users(SHOWING, list(sources(*PACKAGES)))

    assert found - MAY_SHOW.keys() == set(), "show with shared.policy.calendar.spelled"


def test_the_page_reads_time_among_its_words_alone() -> None:
    paths = [path for path in PAGE.rglob("*") if path.suffix in (".ts", ".vue")]

    assert users(JAVASCRIPT, paths) == {"services/metrics/dashboard/src/words/format.ts"}
