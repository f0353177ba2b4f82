"""The Idempotency-Key of a command: whose it is, and what it was first sent with."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from shared.contracts.identities import identity_in
from shared.web.description import REQUIRED
from shared.web.policies import Caller
from shared.web.problems import MALFORMED, Problem, ProblemKind

KEY = re.compile(r"[\x21-\x7e]{8,255}")
"""Visible ASCII; long enough not to be somebody's counter."""

MISSING = ProblemKind(MALFORMED, "idempotency_key_missing")
MALFORMED_KEY = ProblemKind(MALFORMED, "idempotency_key_malformed")

DESCRIBED = {"pattern": f"^{KEY.pattern}$", REQUIRED: True}


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A repeated command has the same principal, key and digest; another digest is a conflict."""

    principal: str
    key: str
    digest: bytes


async def idempotency(
    request: Request,
    caller: Caller,
    idempotency_key: Annotated[str, Header(max_length=1024, json_schema_extra=DESCRIBED)] = "",
) -> Idempotency:
    """Return what makes this command the same as an earlier one."""
    if not idempotency_key:
        raise Problem(*MISSING, field="Idempotency-Key")
    if not KEY.fullmatch(idempotency_key) or identity_in(idempotency_key):
        raise Problem(*MALFORMED_KEY, field="Idempotency-Key")
    line = f"{request.method}\n{request.url.path}\n".encode()
    digest = sha256(line + await request.body()).digest()
    return Idempotency(caller.subject, idempotency_key, digest)


Once = Annotated[Idempotency, Depends(idempotency)]
"""A parameter of a command's handler: the command is applied once."""
