"""Whose a case is, as intake has told: review has cases by their numbers alone."""

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
RECEIVED = f'"{ApplicationReceived.TYPE}"'.encode()
"""A quick look: few of intake's facts begin a case."""


@dataclass(frozen=True, slots=True)
class CaseRegister:
    """An entry is a claim, as in the register of ratings: the first word stands, as at intake."""

    store: EventStore

    async def hear(self, body: bytes) -> None:
        """Return when it is known who handles the case that the fact in *body* begins, if any."""
        if RECEIVED not in body:
            return
        fact = decode(body).data
        if isinstance(fact, ApplicationReceived):
            await self.store.claim(CASE_HANDLED, fact.case.case_no, fact.handling_org.org_code)

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
