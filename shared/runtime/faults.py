"""Faults that end a process: one of several that failed together, and what is plain to say."""

from collections.abc import Mapping
from typing import ClassVar


class PlainFault(Exception):
    """What only a person can set right: a line of the log tells it, and no traceback helps."""

    event: ClassVar[str]
    values: Mapping[str, object]


def first_of(
    failure: BaseException, preferred: type[BaseException] = BaseException
) -> BaseException:
    """
    Return the first part of *failure* that is no group, of the *preferred* kind where there is one.

    Raise it `from None`: as its own cause's part it would have a chain without an end.
    """
    if not isinstance(failure, BaseExceptionGroup):
        return failure
    parts = [first_of(part, preferred) for part in failure.exceptions]
    return next((part for part in parts if isinstance(part, preferred)), parts[0])
