"""The one-time link that signs a browser in to the local page."""

from deploy.command.asking import metrics_url
from deploy.command.output import out, print_line
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

WATCHER = Bearer(Role.SUPERVISOR, name="王督察")


def link_for(settings: LocalSettings, bearer: Bearer) -> str:
    """Return a link that lets one browser see the local page as *bearer*."""
    issuer = LocalIssuer.open(settings.places.keys, SystemClock(), SystemIds())
    return f"{metrics_url(settings)}/sign-in?ticket={issuer.ticket(bearer)}"


def show_link(settings: LocalSettings) -> None:
    """Print a link for whoever has just started the stack."""
    out.print()
    out.print(say("demo.sign_in"))
    print_line(f"  {link_for(settings, WATCHER)}")
    out.print()
