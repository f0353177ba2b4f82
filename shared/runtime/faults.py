"""One fault of several that failed together: callers know faults, not groups of them."""


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
