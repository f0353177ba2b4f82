"""A change of the rules: foreseen as it will be, decided, recorded, and waited for."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import cast

from services.metrics.domain.picture import picture_of
from services.metrics.domain.rules.commands import AnyCommand
from services.metrics.domain.rules.decide import decide
from services.metrics.domain.rules.effect import Effect
from services.metrics.domain.rules.refusals import EditionTaken, EditionUnknown
from services.metrics.ports.judgements import Judgements
from services.metrics.views.rules import RulesProgress, Stage
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.rules.facts import STREAM
from shared.eventstore.port import ConcurrencyConflict
from shared.policy.rules import RuleChange, Rules, evolve

DOSSIERS_PER_STEP_MAX = 500
STRETCH = 25
"""After so many dossiers others have their turn: a preview goes through all there are."""
LOOK_SECONDS = 0.25
RULES_CHANGE = "rules-change"
"""The kind of claim by which a change is its first person's; it stays on record."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who asks for a change, and in which role."""

    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """How a change is asked for."""

    preview: bool
    """Say what it would change, and change nothing."""
    edition: int | None
    """The edition that it is to become: refused where another one has become that."""
    wait_seconds: float
    """How long to wait for the lanes at most."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What an edition changes; *new* is false where the rules say so already."""

    edition: int
    effect: Effect
    new: bool
    folded: bool
    """Whether every lane has judged anew what it changes."""
    proposed: bool = False
    """Whether it waits for another person, and nothing is published."""


Hear = Callable[[RulesProgress], Awaitable[None]]
"""Is told how far it is, now and then, and may let the work wait."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is allowed, and not yet made."""

    before: Rules
    after: Rules
    changes: Sequence[RuleChange]


class Publishing:
    """The law desk's side of the rules; what it publishes is durable."""

    def __init__(
        self,
        desk: Desk,
        rules: RulesInForce,
        judgements: Judgements,
        *,
        second_person: bool = False,
    ) -> None:
        self._desk = desk
        self._rules = rules
        self._judgements = judgements
        self._second_person = second_person
        """Whether a change is published when another account hands in the same."""

    async def plan(self, command: AnyCommand, terms: ChangeTerms) -> Planned:
        """
        Return what *command* makes of the rules.

        Raises:
            RulesRejection: the rules stay as they are.
            StoreUnavailable: nothing is known; the same command may be given again.
        """
        before = await self._rules.look()
        changes = decide(before, command)
        after = reduce(evolve, changes, before)
        if terms.edition not in (None, after.edition):
            raise EditionTaken(edition=before.edition)
        return Planned(before, after, changes)

    async def handle(
        self, planned: Planned, by: Signature, terms: ChangeTerms, hear: Hear
    ) -> ChangeOutcome:
        """
        Return what is *planned* changes, once it is published and folded, unless it is a preview.

        Where two persons are asked for, the first one's is a proposal.

        Whoever cancels it while it is foreseen has changed nothing.

        Raises:
            EditionTaken: another one was quicker.
            StoreUnavailable: nothing is known; the same command may be given again.
        """
        before, edition, changes = planned.before, planned.after.edition, planned.changes
        effect = await self._foreseen(before, planned.after, hear)
        if terms.preview or not changes:
            return ChangeOutcome(edition, effect, bool(changes), folded=not changes)
        if self._second_person and await self._proposer(changes, by) == by.actor:
            return ChangeOutcome(edition, effect, new=True, folded=False, proposed=True)
        await self._record(changes, before, by)
        folded = await self._folded(edition, terms.wait_seconds, hear)
        return ChangeOutcome(edition, effect, new=True, folded=folded)

    async def history(self) -> Sequence[Event]:
        """Return every edition as it was published, oldest first."""
        await self._rules.look()
        return (await self._desk.store.load(STREAM)).events

    async def at(self, edition: int | None) -> Rules:
        """Return the rules as *edition* had them, else the newest."""
        newest = await self._rules.look()
        if edition is None:
            return newest
        if not 0 <= edition <= newest.edition:
            raise EditionUnknown(edition=edition)
        return self._rules.editions.at(edition)

    async def lanes_behind(self, edition: int) -> int:
        """Return how many lanes have yet to fold *edition*."""
        return await self._judgements.lanes_behind(edition)

    async def _foreseen(self, before: Rules, after: Rules, hear: Hear) -> Effect:
        """Judge all dossiers under both editions; memory holds one step of them."""
        effect, now, last = Effect(), self._desk.clock.now(), ""
        if before.judging == after.judging:
            return effect
        judged, of = 0, await self._judgements.dossiers()
        await hear(RulesProgress(Stage.FORESEEING, judged, of))
        while found := await self._judgements.following(last, DOSSIERS_PER_STEP_MAX):
            for number, one in enumerate(found):
                old = picture_of(one.dossier, None, before)
                effect.note(old, picture_of(one.dossier, None, after), one.said, now)
                if number % STRETCH == 0:
                    await asyncio.sleep(0)
            last = found[-1].dossier.key
            judged += len(found)
            # Others may have come since they were counted.
            await hear(RulesProgress(Stage.FORESEEING, judged, max(judged, of)))
        return effect

    async def _proposer(self, changes: Sequence[RuleChange], by: Signature) -> str:
        """
        Return who has handed in *changes* first, of this edition and word for word.

        What becomes of the rules meanwhile is another edition, and wants to be handed in anew.
        """
        said = [one.model_dump(mode="json", exclude={"approved_by"}) for one in changes]
        words = json.dumps(said, ensure_ascii=False, sort_keys=True)
        name = f"{changes[-1].edition}-{sha256(words.encode()).hexdigest()}"
        return await self._desk.store.claim(RULES_CHANGE, name, by.actor)

    async def _record(self, changes: Sequence[RuleChange], before: Rules, by: Signature) -> None:
        now = self._desk.clock.now()
        events = [
            Event.of(
                change,
                id=self._desk.ids.new(),
                source=self._desk.source,
                time=now,
                recordedtime=now,
                sequence=str(change.edition),
                actorid=by.actor,
                actorrole=by.role,
            )
            for change in changes
        ]
        try:
            await self._desk.store.append(STREAM, events, expected_version=before.edition)
        except ConcurrencyConflict:
            newest = await self._rules.look()
            raise EditionTaken(edition=newest.edition) from None
        await self._rules.look()

    async def _folded(self, edition: int, seconds_max: float, hear: Hear) -> bool:
        clock = self._desk.clock
        give_up_at = clock.monotonic() + seconds_max
        lanes = 0
        while behind := await self._judgements.lanes_behind(edition):
            lanes = max(lanes, behind)
            await hear(RulesProgress(Stage.FOLDING, lanes - behind, lanes))
            if clock.monotonic() >= give_up_at:
                return False
            await clock.sleep(LOOK_SECONDS)
        return True


def change_in(event: Event) -> RuleChange:
    """Return the change that *event* of the rules' stream publishes."""
    return cast("RuleChange", event.data)
