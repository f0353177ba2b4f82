"""What is said of a row, or of a guide's number for it, that no clock could follow."""

from pydantic_core import PydanticCustomError


def out_of_range(row: str, limit: int, least: int, most: int) -> PydanticCustomError:
    """Return what to say of a row that takes no time, or so long that nobody could check it."""
    said = {"row": row, "limit": limit, "least": least, "most": most}
    return PydanticCustomError(
        "limit_out_of_range", "{row}: {limit} is not from {least} to {most}", said
    )


def near_too_soon(row: str, left: int, limit: int) -> PydanticCustomError:
    """Return what to say of a row that is near with more left than it has."""
    said = {"row": row, "left": left, "limit": limit}
    return PydanticCustomError(
        "limit_near_too_soon", "{row}: near with {left} left, of a limit of {limit}", said
    )


def not_by_guide(row: str, item: str) -> PydanticCustomError:
    """Return what to say of a row of which the guide of an *item* says how long it may take."""
    said = {"row": row, "item": item}
    return PydanticCustomError("limit_not_by_guide", "{row}: not left to the guide of {item}", said)
