"""The checker that knows nothing of casetrack: it stands alone, and finds what is wrong."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import json as wire

from services.metrics.domain.reasons.explanation import Raised, explain
from shared.contracts.committee.facts import ReferralMade
from shared.contracts.hotline.facts import TicketReceived
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.rectification.facts import RectificationOpened
from shared.contracts.supervision.words import AlertLevel
from tests.support.clock_facts import ClockFacts, clock, extension, hold, instant, terms
from tests.support.examples import ACCEPTED
from tests.support.running import at, running
from tests.support.way_of_a_case import CASE
from tests.support.year.compare import CHECKER, checker

LINES_MAX = 280
"""A sceptic reads it in one sitting."""

Told = dict[str, Any]
STRANGER = checker()


def told() -> Told:
    """Return how a red card is explained, of a limit that stood still and was given more time."""
    one = clock(
        ClockFacts(
            "XC1",
            terms("2024-09-02"),
            (hold("2024-09-10", "2024-09-20"),),
            (extension("2024-09-27"),),
        )
    )
    raised = Raised(AlertLevel.RED, instant("2024-10-30"), 12)
    document: Told = json.loads(wire.encode(explain(one, instant("2024-11-01T10:00"), raised)))
    return document


def without(which: str) -> Callable[[Told], None]:
    def change(document: Told) -> None:
        document[which] = []

    return change


def said(which: str, word: object) -> Callable[[Told], None]:
    return lambda document: document.update({which: word})


def of_a_day(number: int, which: str, *, word: bool) -> Callable[[Told], None]:
    return lambda document: document["days"][number].update({which: word})


WRONG: dict[str, Callable[[Told], None]] = {
    "a due day that is a day late": said("due", "2024-10-30"),
    "an instant that is a second early": said("due_at", "2024-10-29T23:59:59+08:00"),
    "a warning that is a day late": said("near_at", "2024-10-23T00:00:00+08:00"),
    "no warning at all": said("near_at", None),
    "a day less that has counted": said("consumed", 31),
    "a day more that is left": said("remaining", -1),
    "a year whose notice has appeared": lambda document: document.update(provisional=True),
    "a card of another instant": said("raised_at", "2024-10-31T00:00:00+08:00"),
    "another limit": said("limit", 31),
    "another start": said("starts_on", "2024-09-03"),
    "nothing that stood still": without("stretches"),
    "a weekend that is worked": of_a_day(5, "worked", word=True),
    "a day that counted": of_a_day(1, "counted", word=False),
    "days that are not shown": lambda document: document.update(days=document["days"][:20]),
    "an extension that came too late": lambda document: document["extensions"][0].update(
        on="2024-10-16"
    ),
    "another cut-off": lambda document: document["measured"].update(cut_off="17:00:00"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_stranger_sees(fault: str) -> None:
    document = told()
    assert STRANGER.differences(document) == []

    WRONG[fault](document)

    assert STRANGER.differences(document) != []


IMMEDIATE = {**ACCEPTED["data"]["case"], "case_no": CASE, "case_type": "IMMEDIATE"}
BEGUN = running(
    at("2024-09-02T16:30", ApplicationAccepted, case=IMMEDIATE, effective_date="2024-09-02"),
    at("2024-09-02T15:30", TicketReceived, kind="EMERGENCY", ticket_no="ONE"),
    at("2024-09-30T17:50", RectificationOpened, rect_id="ONE"),
    at("2024-09-02T10:00", ReferralMade, referral_id="ONE", remaining_committed_days=7),
)
SHORTER = {
    "hall": [
        {"opens": "09:00:00", "closes": "12:00:00"},
        {"opens": "13:00:00", "closes": "16:00:00"},
    ]
}
OTHERS = {
    "SLA-08": SHORTER,
    "SLA-24b": SHORTER,
    "SLA-19": SHORTER,
    "SLA-18": {"near": {"by": "days", "days": 3}},
}


@pytest.mark.parametrize("limit", OTHERS)
def test_a_stranger_counts_hall_hours_and_what_has_to_fit_into_another_limit(limit: str) -> None:
    one = next(clock for (sla, _, _), clock in BEGUN.items() if sla == limit)
    document: Told = json.loads(wire.encode(explain(one, instant("2024-10-09T11:00"))))
    assert STRANGER.differences(document) == []

    document["measured"].update(OTHERS[limit])

    assert STRANGER.differences(document) != []


def test_it_needs_nothing_but_python_and_can_be_read_at_one_sitting() -> None:
    source = CHECKER.read_text("utf-8")
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= sys.stdlib_module_names
    assert len(source.splitlines()) <= LINES_MAX


def asked(text: str, place: str = "-") -> subprocess.CompletedProcess[str]:
    """Return what the program says of *text*, on its own and without our modules."""
    return subprocess.run(
        [sys.executable, "-I", str(CHECKER), place],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_as_a_program_it_prints_differences_and_says_with_its_status_whether_there_are_any(
    tmp_path: Path,
) -> None:
    right, wrong = told(), told()
    wrong["due"] = "2024-10-30"
    file = tmp_path / "card.json"
    file.write_text(json.dumps({"items": [{"explanation": right}]}), "utf-8")
    lines = "\n".join(json.dumps(one) for one in (right, wrong))

    assert (asked("", str(file)).stdout, asked("", str(file)).returncode) == (
        "1 counted again, 0 differ\n",
        0,
    )
    assert asked(lines).returncode == 1
    assert asked(lines).stdout.splitlines()[0] == (
        "SLA-05 XC1/0: due is 2024-10-30, counted again 2024-10-29"
    )
    assert asked("[]").returncode == 2
