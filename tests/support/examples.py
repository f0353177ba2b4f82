"""Facts like the published examples, for tests that mind only a field or two."""

from shared.contracts.envelope import Fact
from shared.contracts.publishing import example_of


def like_the_example(kind: type[Fact], **changes: object) -> Fact:
    """Return the published example of *kind* with a few *changes*."""
    return kind.model_validate({**example_of(kind.TYPE)["data"], **changes})
