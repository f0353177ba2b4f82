"""
Which worker of a whole run takes which file of tests.

What starts servers of its own mostly waits, what computes never does. So one worker begins with
the longest that wait, the others with what computes, and they meet in between: processors have
something to do meanwhile, and no long file is left for the end, when all others have nothing.
"""

from typing import Any

import pytest
from xdist.scheduler import (  # type: ignore[import-untyped]  # publishes no types
    LoadFileScheduling,
)

ALONE = (
    "chaos/test_standby.py",
    "chaos/test_rolling_upgrade.py",
    "chaos/test_rebuild.py",
    "chaos/test_rules.py",
    "chaos/test_ticker_kills.py",
    "chaos/test_wrong_clock.py",
    "chaos/test_hostile.py",
)
"""Those that keep the bureau's topics for minutes: done before others want them, and wait."""
LONGEST = (
    "journey/test_upgrade_page.py",
    "journey/test_day_two.py",
    "chaos/test_broker_leader.py",
    "journey/test_demo.py",
    "journey/test_bundle.py",
    "chaos/test_terminated.py",
    "chaos/test_restore_drill.py",
    "journey/test_drill.py",
)
"""The others that take a minute or more, the longest first."""
FIRST = (*ALONE, *LONGEST)
RINGS = (
    *("chaos", "journey", "integration", "browser"),
    *("edges", "architecture", "contracts", "domain"),
)
"""From those that mostly wait to those that never do."""


class FromBothEnds(LoadFileScheduling):  # type: ignore[misc]  # publishes no types
    """Gives the first worker the file that waits most, every other one that which does least."""

    def _assign_work_unit(self, node: Any) -> None:  # noqa: ANN401 - as xdist has it
        nearest = min if node is self.nodes[0] else max
        self.workqueue.move_to_end(nearest(self.workqueue, key=turn), last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: Any) -> None:  # noqa: ANN401 - as xdist has it
        # A worker has to know of one test behind the one that it runs. xdist tells it of two, which
        # may be two minutes that another worker could take.
        if not self.workqueue or self._pending_of(self.assigned_work[node]) <= 1:
            super()._reschedule(node)


def turn(file: str) -> tuple[int, int]:
    """Return the place of a *file* of tests between those that wait most and those that do not."""
    ring, _, name = file.removeprefix("tests/").partition("/")
    place = f"{ring}/{name}"
    if place in FIRST:
        return (-1, FIRST.index(place))
    return (RINGS.index(ring) if ring in RINGS else len(RINGS), 0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FromBothEnds | None:  # noqa: ANN401 - as xdist has it
    """Take turns where whole files are shared out, and leave other ways to xdist."""
    return FromBothEnds(config, log) if config.getvalue("dist") == "loadfile" else None
