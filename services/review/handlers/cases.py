"""Whose a case is, as intake has told: review has cases by their numbers alone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from shared.commands.counter import Fields
from shared.commands.deciding import Answer, Desk, Occasion
from shared.commands.subject import Decided, SubjectCommands
from shared.contracts.intake.facts import ApplicationReceived
from shared.contracts.registry import decode
from shared.eventstore.port import EventStore

CASE_HANDLED = "case-handled"
"""Claims on a case, held by the organisation that handles it."""


@dataclass(frozen=True, slots=True)
class CaseRegister:
    """An entry is a claim, as in the register of ratings: the first word stands, as at intake."""

    store: EventStore

    async def hear(self, bodies: Iterable[bytes]) -> Collection[bytes]:
        """Return those of *bodies* that begin a case, once it is known who handles each of them."""
        begun, holders = set(), dict[str, str]()
        for body in bodies:
            if isinstance(fact := decode(body).data, ApplicationReceived):
                holders.setdefault(fact.case.case_no, fact.handling_org.org_code)
                begun.add(body)
        if holders:
            await self.store.claim_each(CASE_HANDLED, holders)
        return begun

    async def owners(self, case_no: str) -> tuple[str, ...]:
        """Return the organisation that handles the case; nobody while intake has told of none."""
        handling = await self.store.holder(CASE_HANDLED, case_no)
        return () if handling is None else (handling,)


@dataclass(frozen=True, slots=True)
class InvitationCommands:
    """Review's side of asking for an opinion: who handles the case asks, as far as we know."""

    desk: Desk
    of: Decided

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        handling = await CaseRegister(self.desk.store).owners(words["case_no"])
        decider = replace(self.of.decider, owners=lambda *_: handling)
        of = replace(self.of, decider=decider)
        return await SubjectCommands(self.desk, of).take(command, words, occasion)
