"""What a publisher told while somebody else may have had its key."""

from services.metrics.views.view import ShownInstant, View


class DoubtProgress(View, frozen=True):
    """How far the search is."""

    done: int
    """Of the cases."""
    of: int


class SuspectFact(View, frozen=True):
    """A fact that the publisher told in that time."""

    case_no: str
    fact_id: str
    fact_source: str
    type: str
    recorded_at: ShownInstant
    believed: bool | None
    """What somebody has said of it before; null where nobody has."""


class PublisherDoubted(View, frozen=True):
    """What was told in that time, and what became of it."""

    publisher_id: str
    since: ShownInstant
    until: ShownInstant
    """The interval, without its end."""
    preview: bool
    cases: int
    facts: int
    rejected: int
    """Those of which nobody has said anything: they are not believed now, or would not be."""
    judged: int
    """Those of which somebody has said something: they stay as that person said."""
    examples: list[SuspectFact]
    """The first ones."""
