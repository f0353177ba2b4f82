"""What ties a supervisor to the command that started it: however that ends, the stack ends too."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

HELD = "held"
"""The argument that tells a supervisor that its standard input is a leash."""
LET_GO = b"."


@dataclass(slots=True)
class Leash:
    """
    The holder's end of a pipe into its supervisor.

    The kernel closes it with the holder, whatever ends that. A supervisor lives on only where it
    was let go before.
    """

    _held: int

    @classmethod
    @contextmanager
    def tied(cls) -> Iterator[tuple[Self, int]]:
        """Give a leash, and within the block the end of it that the supervisor gets."""
        theirs, ours = os.pipe()
        try:
            yield cls(ours), theirs
        finally:
            os.close(theirs)

    def let_go(self) -> None:
        """Let the supervisor live on without us."""
        os.write(self._held, LET_GO)
        os.close(self._held)

    def pull(self) -> None:
        """Ask the supervisor to end."""
        os.close(self._held)


def obey(end: Callable[[], None], arguments: Sequence[str] = tuple(sys.argv)) -> None:
    """Call *end* once our holder has gone or pulls, where *arguments* say that there is one."""
    if HELD not in arguments:
        return
    loop, leash = asyncio.get_running_loop(), sys.stdin.fileno()

    def hear() -> None:
        loop.remove_reader(leash)
        if os.read(leash, 1) != LET_GO:
            end()

    loop.add_reader(leash, hear)
