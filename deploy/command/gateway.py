"""The way to the gateway: the local one unless another is named, with the local issuer's tokens."""

from deploy.command.output import err
from deploy.delivery import Delivery, client_of
from deploy.stack.parts import address_of
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer


def delivery_as(
    publisher: str,
    settings: LocalSettings,
    *,
    address: str = "",
    connections: int,
    patience_seconds: float,
) -> Delivery:
    """Return the way to the gateway at *address*, else to the local one, as *publisher*."""
    clock, ids, keys = SystemClock(), SystemIds(), settings.places.keys
    bearer = Bearer(Role.PUBLISHER, name=publisher)
    return Delivery(
        client=client_of(connections),
        url=address.rstrip("/") or address_of("intake", settings.port),
        bearer=lambda: LocalIssuer.open(keys, clock, ids).issue(bearer),
        clock=clock,
        ids=ids,
        patience_seconds=patience_seconds,
        troubled=_tell_trouble,
        language=LANGUAGE.value,
    )


def _tell_trouble(reason: str, seconds: float) -> None:
    err.print(say("import.trouble", reason=reason, seconds=f"{seconds:.0f}"))
