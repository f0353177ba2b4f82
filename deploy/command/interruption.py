"""Ctrl-C, a termination and a closed terminal: one way to end, and which of them it was."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

OF_A_SIGNAL = 128
"""What shells add to the number of the signal that ended a program."""

_heard = signal.SIGINT


def listen() -> None:
    """
    Let a termination and a closed terminal interrupt as Ctrl-C does.

    A program that was told to outlive its terminal, by `nohup`, does.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def heard(main: Callable[[], int]) -> int:
    """Return the status of *main*, which whatever interrupts a program ends in an orderly way."""
    listen()
    try:
        return main()
    except KeyboardInterrupt:
        return status()


@contextmanager
def ended_once() -> Iterator[None]:
    """Give the block; where it is broken off, nothing interrupts what takes down after it."""
    try:
        yield
    except BaseException:
        unheard()
        raise


def unheard() -> None:
    """From now on nothing interrupts: what is being ended is ended."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def status() -> int:
    """Return the exit status of a command that was interrupted."""
    return OF_A_SIGNAL + _heard


def _interrupt(number: int, _: FrameType | None) -> None:
    global _heard  # noqa: PLW0603 - a process has one end
    _heard = signal.Signals(number)
    if _heard is signal.SIGHUP:
        _forget_terminal()
    # asyncio turns this one, and only this one, into an orderly end of what is under way.
    signal.raise_signal(signal.SIGINT)


def _forget_terminal() -> None:
    """Write nowhere what nobody is left to read: to a terminal that is gone it would be a fault."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        if os.isatty(number):
            os.dup2(nowhere, number)
    os.close(nowhere)
