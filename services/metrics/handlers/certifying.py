"""Certificates: the limits of a case as they stand, signed where a key is set up."""

from collections.abc import Collection

from msgspec import json

from services.metrics.domain.reasons.certificate import certify
from services.metrics.handlers.narrowing import narrowed
from services.metrics.ports.readings import Readings
from services.metrics.views.certificate import SignedCertificate
from shared.policy.parties import bureau_parties
from shared.policy.rules import Editions
from shared.runtime.clock import Clock
from shared.web.keys import SigningKey
from shared.web.statements import signed

TYPE = "casetrack-certificate+jws"
"""No signature that was given for anything else passes for one of these."""


class Certifying:
    """States until when, under the newest rules; without a key what it says is unsigned."""

    def __init__(
        self, readings: Readings, rules: Editions, clock: Clock, key: SigningKey | None
    ) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock
        self._key = key

    def within(self, organisations: Collection[str] | None) -> "Certifying":
        """Return the same for who sees *organisations* alone, None for every one."""
        readings = narrowed(self._readings, organisations)
        return Certifying(readings, self._rules, self._clock, self._key)

    async def one(self, case_no: str) -> SignedCertificate | None:
        """Return the certificate of a case as it stands now; None where no such case is known."""
        dossier = await self._readings.dossier(case_no)
        if dossier is None:
            return None
        stated = certify(dossier, self._rules.newest, bureau_parties(), self._clock.now())
        if stated is None or self._key is None:
            return None if stated is None else SignedCertificate(stated, None, None)
        return SignedCertificate(
            stated, signed(json.encode(stated), self._key, TYPE), self._key.kid
        )
