"""Facts like the published examples, for tests that mind only a field or two."""

from shared.contracts.documents import batch_pieces, write
from shared.contracts.envelope import Fact
from shared.contracts.publishing import example_of

ACCEPTED = example_of("casetrack.intake.application.accepted.v1")


def like_the_example(kind: type[Fact], /, **changes: object) -> Fact:
    """Return the published example of *kind* with a few *changes*."""
    return kind.model_validate({**example_of(kind.TYPE)["data"], **changes})


def with_attributes(**attributes: object) -> bytes:
    """Return an accepted application in JSON, some of its attributes told otherwise."""
    return write({**ACCEPTED, **attributes})


def members_of(batch: bytes) -> list[bytes]:
    """Return the members of the JSON array in *batch*, each as its own bytes."""
    return [member for ended in batch_pieces(batch) for member in ended]
