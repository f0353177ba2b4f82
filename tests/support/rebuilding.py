"""A rebuild as tests ask for it."""

from services.metrics.adapters.rebuilding import open_beside
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.rebuild import ALONE, Crew, Rebuilding, RebuildOutcome
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually


async def rebuilt(
    dsn: str, *, switch: bool = True, fingerprint: str = "", crew: Crew = ALONE
) -> RebuildOutcome:
    """Return what a rebuild finds; its code has *fingerprint*, else that of ours."""
    made_by = Fingerprint(fingerprint) if fingerprint else our_fingerprint()

    async def done() -> RebuildOutcome | None:
        async with open_beside(dsn, made_by) as beside:
            if beside is None:
                # Of who was killed just now the session ends a moment later.
                return None
            rebuilding = Rebuilding(beside, shipped(), SystemClock(), crew)
            return await rebuilding.handle(lambda _count, _reached: None, switch=switch)

    outcome: RebuildOutcome = await eventually(done)
    return outcome
