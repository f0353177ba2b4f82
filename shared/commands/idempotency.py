"""The Idempotency-Key of a command: whose it is, and what it was first sent with."""

import re
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from shared.commands.deciding import Repetition
from shared.contracts.identities import identity_in
from shared.web.description import REQUIRED
from shared.web.policies import Caller
from shared.web.problems import MALFORMED, Problem, ProblemKind

KEY = re.compile(r"[\x21-\x7e]{8,255}")
"""Visible ASCII; long enough not to be somebody's counter."""

MISSING = ProblemKind(MALFORMED, "idempotency_key_missing")
MALFORMED_KEY = ProblemKind(MALFORMED, "idempotency_key_malformed")

DESCRIBED = {"pattern": f"^{KEY.pattern}$", REQUIRED: True}


async def repetition(
    request: Request,
    caller: Caller,
    idempotency_key: Annotated[str, Header(max_length=1024, json_schema_extra=DESCRIBED)] = "",
) -> Repetition:
    """Return what makes this command the same as an earlier one."""
    if not idempotency_key:
        raise Problem(*MISSING, field="Idempotency-Key")
    if not KEY.fullmatch(idempotency_key) or identity_in(idempotency_key):
        raise Problem(*MALFORMED_KEY, field="Idempotency-Key")
    line = f"{request.method}\n{request.url.path}\n".encode()
    digest = sha256(line + await request.body()).digest()
    return Repetition(caller.subject, idempotency_key, digest)


Once = Annotated[Repetition, Depends(repetition)]
"""A parameter of a command's handler: the command is applied once."""
