"""What people do about a card: acknowledge it, send it up, and withdraw it, which takes two."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce

from services.metrics.domain.supervising.commands import (
    AcknowledgeAlert,
    AlertCommands,
    EscalateAlert,
    ProposeRevocation,
    RevokeAlert,
)
from services.metrics.domain.supervising.decide import ALERTS, level_of, proposal_of
from services.metrics.domain.supervising.refusals import AlertNotStanding
from services.metrics.handlers.narrowing import narrowed
from services.metrics.ports.readings import Readings
from services.metrics.ports.supervision import Supervision
from services.metrics.views.alert import Acknowledged, Escalated, Revoked
from shared.commands.by_course import Recollection
from shared.commands.deciding import Desk, Occasion, handle
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.course import ALERT, AlertState
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRevoked,
    RevocationProposed,
)
from shared.policy.rules import Editions


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says to a card, and who that is."""

    by: str
    occasion: Occasion
    text: str | None = None


class Acting:
    """
    Records what people do about cards they see.

    Said again, it is answered like the first time.
    """

    def __init__(
        self, supervision: Supervision, readings: Readings, rules: Editions, desk: Desk
    ) -> None:
        self._supervision = supervision
        self._readings = readings
        self._rules = rules
        self._desk = desk

    def within(self, organisations: Collection[str] | None) -> "Acting":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Acting(
            self._supervision.within(organisations),
            narrowed(self._readings, organisations),
            self._rules,
            self._desk,
        )

    async def acknowledge(self, alert_id: str, word: Saying) -> Acknowledged | None:
        """
        Return what was said, None where there is no such card. The first word counts.

        Raises:
            AlertNotStanding: it is over.
        """
        if not await self._is_seen(alert_id):
            return None
        alert = await self._alert(alert_id)
        if alert.now.state != AlertState.ACKNOWLEDGED:
            asked = AcknowledgeAlert(
                alert_id=alert_id, by=word.by, note=word.text, at=word.occasion.at
            )
            with suppress(AlertNotStanding):
                await self._say(asked, word)
            alert = await self._alert(alert_id)
        if alert.now.state != AlertState.ACKNOWLEDGED:
            raise AlertNotStanding(alert_id=alert_id)
        said = alert.last(AlertAcknowledged)
        return Acknowledged(alert_id, AlertState.ACKNOWLEDGED, said)

    async def escalate(self, alert_id: str, word: Saying, to_level: int | None) -> Escalated | None:
        """
        Return how high the card is now, None where there is no such card.

        Raises:
            AlertAcknowledgedAlready: somebody has seen it.
            AlertNotStanding: it is over.
            LadderEnds: nobody is above.
        """
        if not await self._is_seen(alert_id):
            return None
        alert = await self._alert(alert_id)
        if to_level is None or level_of(alert.now) < to_level:
            policy = self._rules.newest.policy_on(word.occasion.at.date())
            asked = EscalateAlert(
                alert_id=alert_id,
                by=word.by,
                note=word.text,
                to_level=to_level,
                top=policy.bureau.top_level,
                at=word.occasion.at,
            )
            await self._say(asked, word)
            alert = await self._alert(alert_id)
        state, level = AlertState(alert.now.state), level_of(alert.now)
        return Escalated(alert_id, state, level, alert.last(AlertEscalated))

    async def revoke(self, alert_id: str, word: Saying, approver: str | None) -> Revoked | None:
        """
        Return whether the card is withdrawn, None where there is no such card.

        The first person's is a proposal with its reason; whoever else says the same, or
        nothing but that, withdraws the card.

        Raises:
            SamePerson: who proposed it would agree to it, too.
            ApproverIsAnother: somebody else was asked to.
            RevocationProposedAlready: another reason waits for somebody who agrees.
            RevocationNotProposed: nobody has said why.
            AlertNotStanding: it was withdrawn before.
        """
        if not await self._is_seen(alert_id):
            return None
        alert, at = await self._alert(alert_id), word.occasion.at
        known = proposal_of(alert.now)
        agrees = word.text is None or (
            known is not None and known.by != word.by and known.reason == word.text
        )
        if agrees:
            await self._say(RevokeAlert(alert_id=alert_id, approved_by=word.by, at=at), word)
        elif known is None or (known.by, known.reason, known.approver) != (
            word.by,
            word.text,
            approver,
        ):
            asked = ProposeRevocation(
                alert_id=alert_id, by=word.by, reason=word.text or "", approver=approver, at=at
            )
            await self._say(asked, word)
        alert = await self._alert(alert_id)
        state = AlertState(alert.now.state)
        kind = AlertRevoked if state is AlertState.REVOKED else RevocationProposed
        return Revoked(alert_id, state, state is not AlertState.REVOKED, alert.last(kind))

    async def _is_seen(self, alert_id: str) -> bool:
        return await self._readings.alert(alert_id) is not None

    async def _alert(self, alert_id: str) -> "AlertHistory":
        history = await self._supervision.load(ALERT.stream_of(alert_id))
        return AlertHistory(history.events)

    async def _say(self, command: AlertCommands, word: Saying) -> None:
        desk = Desk(self._supervision, self._desk.clock, self._desk.ids, self._desk.source)
        stream = ALERT.stream_of(command.alert_id)
        await handle(ALERTS, command, stream, word.occasion, desk=desk)


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """All that became of one card."""

    events: tuple[Event, ...]

    @property
    def now(self) -> Recollection:
        """The card as it stands."""
        facts = (event.data for event in self.events)
        return reduce(ALERTS.evolve, facts, ALERTS.initial)

    def last(self, kind: type[Fact]) -> str:
        """Return the id of the last fact of that *kind*."""
        return next(one.id for one in reversed(self.events) if isinstance(one.data, kind))
