"""A rebuild as tests ask for it."""

from services.metrics.adapters.rebuilding import open_beside
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.rebuild import ALONE, Crew, Rebuilding, RebuildOutcome
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock


async def rebuilt(
    dsn: str, *, switch: bool = True, fingerprint: str = "", crew: Crew = ALONE
) -> RebuildOutcome:
    """Return what a rebuild finds; its code has *fingerprint*, else that of ours."""
    made_by = Fingerprint(fingerprint) if fingerprint else our_fingerprint()
    async with open_beside(dsn, made_by) as beside:
        assert beside is not None, "somebody else rebuilds"
        rebuilding = Rebuilding(beside, shipped(), SystemClock(), crew)
        return await rebuilding.handle(lambda _count, _reached: None, switch=switch)
