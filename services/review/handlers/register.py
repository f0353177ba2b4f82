"""The register of cases that other systems have rated: a case is rated once in a phase (V-17)."""

from dataclasses import dataclass
from hashlib import sha256

from shared.contracts.enums import ReviewPhase
from shared.contracts.envelope import Event
from shared.contracts.review import RatingPosted
from shared.eventstore.port import AlreadyAnswered, EventStore, Receipt

REGISTRAR = "urn:casetrack:rated-elsewhere"
"""No token has this subject: it stands in the receipts in place of a principal."""


@dataclass(frozen=True, slots=True)
class Register:
    """
    Looks up a rating by its case, which streams named after ratings cannot.

    An entry is a receipt: unique by its key and kept for ever, as the store
    keeps what was answered to commands.
    """

    store: EventStore

    async def is_rated(self, case_no: str, phase: ReviewPhase) -> bool:
        return await self.store.answered(REGISTRAR, _key(case_no, phase)) is not None

    async def enter(self, rated: Event, rating: RatingPosted) -> None:
        """Return when the case of *rating*, if it names one, is known as rated."""
        if rating.case_no is None or await self.is_rated(rating.case_no, rating.phase):
            return
        history = await self.store.load(rated.stream)
        key = _key(rating.case_no, rating.phase)
        entry = Receipt(REGISTRAR, key, sha256(key.encode()).digest(), "null")
        try:
            await self.store.append(
                rated.stream, [], expected_version=history.version, receipt=entry
            )
        except AlreadyAnswered:
            return


def _key(case_no: str, phase: ReviewPhase) -> str:
    return f"{phase}/{case_no}"
