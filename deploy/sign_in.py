"""
``python -m deploy.sign_in ROLE [ADDRESS]``: a link that signs one browser in, once, for a day.

For whoever may run a command beside the key that signs sessions: in the
container of the metrics API.
"""

import sys

from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import WRONG_SETTINGS, load_settings
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.issuer import Bearer, LocalIssuer

ADDRESS = "http://127.0.0.1:8700"


def link(settings: AuthSettings, role: Role, address: str) -> str | None:
    """Return the link, or None where no session key lies here."""
    if settings.session_jwks is None or not settings.session_jwks.is_file():
        return None
    issuer = LocalIssuer.open(settings.session_jwks.parent, SystemClock(), SystemIds())
    return f"{address}/sign-in?ticket={issuer.ticket(Bearer(role))}"


def main() -> int:
    named, *rest = sys.argv[1:] or [""]
    if named not in Role.__members__:
        sys.stderr.write(f"usage: python -m deploy.sign_in {'|'.join(Role)} [ADDRESS]\n")
        return WRONG_SETTINGS
    found = link(load_settings(AuthSettings), Role[named], rest[0] if rest else ADDRESS)
    if found is None:
        sys.stderr.write("no session key here: run this in the container of the metrics API\n")
        return 1
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
