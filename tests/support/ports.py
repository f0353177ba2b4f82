"""Ports for what a test starts itself: no other test of the session is given the same."""

import os
from collections.abc import Iterable
from pathlib import Path

from deploy.stack.plan import KAFKA_PORT_OFFSET
from deploy.stack.ports import any_free

HOME = "CASETRACK_TEST_HOME"
"""The variable that names the folder of the session, which its workers share."""
OF_A_BUREAU = range(KAFKA_PORT_OFFSET + 2)
"""Where a bureau that is brought up listens, from its first port on: our processes, and Kafka."""


def free_port(offsets: Iterable[int] = (0,)) -> int:
    """
    Return a port that is free, as are those at *offsets* from it, and stays ours.

    Whoever is to listen there begins seconds later: until then another worker would find it free.
    """
    wanted = tuple(offsets)
    while True:
        first = any_free(wanted)
        if all(_claimed(first + offset) for offset in wanted):
            return first


def _claimed(port: int) -> bool:
    """Say whether nobody of this session was given *port* before."""
    try:
        (Path(os.environ[HOME]) / f"port-{port}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
