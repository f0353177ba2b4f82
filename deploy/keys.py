"""
``python -m deploy.keys FOLDER``: the keys of a bureau that others keep for it, made where missing.

`sessions/`, with the key of certificates, goes to the metrics API, `checkpoints.pem` to who signs
checkpoints, and `checkpoints.jwks.json` to who verifies them.
"""

import sys
from pathlib import Path

from deploy.checkpoints import Signer
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import WRONG_SETTINGS
from shared.web.issuer import LocalIssuer
from shared.web.statements import load_signer


def make_keys(folder: Path) -> None:
    """Make what *folder* lacks; a second time changes nothing."""
    LocalIssuer.open(folder / "sessions", SystemClock(), SystemIds())
    load_signer(folder / "sessions" / "certificates.pem")
    Signer.open(folder / "checkpoints.pem")


def main() -> int:
    if len(sys.argv) != 2:  # noqa: PLR2004 - the command and its folder
        sys.stderr.write("usage: python -m deploy.keys FOLDER\n")
        return WRONG_SETTINGS
    make_keys(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
