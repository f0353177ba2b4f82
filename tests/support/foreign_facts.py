"""Facts as another system would send them."""

from typing import Any

from shared.contracts.documents import write
from shared.contracts.publishing import example_of

SOURCE = "urn:xincheng:hall-terminal:t1"
MORNING = "2024-09-02T09:40:12+08:00"


def foreign(kind: str = "intake.application.received", **attributes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the golden example of *kind*, as a hall terminal would send it."""
    example = example_of(f"casetrack.{kind}.v1")
    return {**example, "source": SOURCE, "time": MORNING, **attributes}


def numbered(number: int, **attributes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return one of many different facts."""
    return write(foreign(id=f"fact-{number}", **attributes))
