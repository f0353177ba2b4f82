"""What the ticker's own facts change: the yellow and red cards that lie on a dossier."""

from collections.abc import Mapping

from msgspec.structs import replace

from services.metrics.domain.changes import Changes
from services.metrics.domain.dossier import Card, Dossier
from services.metrics.domain.entry import Entry
from shared.contracts.envelope import Fact
from shared.contracts.supervision import facts as supervision
from shared.policy.calendar import business_date

RAISED = "RAISED"

CARDS: Mapping[type[Fact], tuple[frozenset[str], str]] = {
    supervision.AlertRaised: (frozenset(), RAISED),
    supervision.AlertAcknowledged: (frozenset({RAISED, "ESCALATED"}), "ACKNOWLEDGED"),
    supervision.AlertEscalated: (frozenset({RAISED, "ESCALATED"}), "ESCALATED"),
    supervision.AlertResolved: (frozenset({RAISED, "ESCALATED", "ACKNOWLEDGED"}), "RESOLVED"),
    supervision.AlertRevoked: (
        frozenset({RAISED, "ESCALATED", "ACKNOWLEDGED", "RESOLVED"}),
        "REVOKED",
    ),
}
"""From which states a card may be turned, and into which, by each fact."""


def card_changes(dossier: Dossier, entry: Entry) -> Changes:
    """Return what a fact about an alert changes; a raised alert lays a card on the dossier."""
    fact = entry.data
    if isinstance(fact, supervision.AlertRaised):
        return _raised(dossier, entry, fact)
    allowed, state = CARDS[type(fact)]
    alert_id = getattr(fact, "alert_id", "")
    legal = any(card.alert_id == alert_id and card.state in allowed for card in dossier.cards)
    cards = tuple(
        replace(card, state=state) if card.alert_id == alert_id else card for card in dossier.cards
    )
    return {"cards": cards}, legal


def _raised(dossier: Dossier, entry: Entry, fact: supervision.AlertRaised) -> Changes:
    if any(card.alert_id == fact.alert_id for card in dossier.cards):
        return {}, False
    card = Card(
        alert_id=fact.alert_id,
        level=fact.level.value,
        basis=fact.basis.value,
        state=RAISED,
        raised_on=business_date(entry.time),
    )
    return {"cards": (*dossier.cards, card)}, True
