"""`casetrack token`: an access token of the local issuer, for trials."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from deploy.command.asking import MetricsRefuses, MetricsUnreachable
from deploy.command.changing import law_desk
from deploy.command.output import print_json, print_line
from deploy.command.stack import JsonOption
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from services.metrics.views.rules import RulesShown
from shared.policy.organisations import bureau, organisations
from shared.policy.publisher import registered
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import load_settings
from shared.web.auth import LOCAL_TRIAL_SECONDS_MAX, Role
from shared.web.issuer import Bearer, LocalIssuer, usual_lifetime

SPAN = re.compile(r"([1-9]\d{0,6})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def register(app: typer.Typer) -> None:
    app.command(help=say("token.help"))(token)


def token(
    *,
    role: Annotated[Role, typer.Option(case_sensitive=False, help=say("token.role"))],
    org: Annotated[str, typer.Option(help=say("token.org"))] = "",
    name: Annotated[str, typer.Option(help=say("token.name"))] = "",
    ttl: Annotated[str, typer.Option(help=say("token.ttl"))] = "",
    as_json: JsonOption = False,
) -> None:
    bearer = Bearer(role, org or bureau(), name)
    _refuse_unknown_organisation(bearer)
    _refuse_unknown_publisher(bearer)
    lifetime = _lifetime(ttl) if ttl else usual_lifetime(role)
    clock = SystemClock()
    places = load_settings(LocalSettings).places
    issued = LocalIssuer.open(places.keys, clock, SystemIds()).issue(bearer, lifetime)
    if not as_json:
        print_line(issued)
        return
    print_json(
        {
            "token": issued,
            "role": role.value,
            "subject": bearer.subject,
            "org": bearer.org,
            "name": bearer.label,
            "expires_at": (clock.now() + lifetime).isoformat(timespec="seconds"),
        }
    )


def _refuse_unknown_organisation(bearer: Bearer) -> None:
    known = organisations().by_code
    if bearer.org not in known:
        told = ", ".join(f"{code} {one.org_name}" for code, one in known.items())
        raise typer.BadParameter(
            say("token.org_unknown", org=bearer.org, known=told), param_hint="--org"
        )


def _refuse_unknown_publisher(bearer: Bearer) -> None:
    shipped = registered(trial=True).by_id.keys()
    if bearer.role is not Role.PUBLISHER or bearer.label in shipped:
        return
    known = {*shipped, *_registered_since()}
    if bearer.label not in known:
        raise typer.BadParameter(
            say("token.publisher_unknown", name=bearer.label, known=", ".join(sorted(known))),
            param_hint="--name",
        )


def _registered_since() -> list[str]:
    """Return whom the running bureau's register has; nobody where no bureau answers."""
    try:
        rules = law_desk("").get(RulesShown, "/v1/rules")
    except (MetricsUnreachable, MetricsRefuses):
        return []
    return [one.publisher_id for one in rules.publishers]


def _lifetime(ttl: str) -> timedelta:
    span = SPAN.fullmatch(ttl)
    lifetime = timedelta(**{UNITS[span[2]]: int(span[1])}) if span else timedelta()
    if not timedelta() < lifetime <= timedelta(seconds=LOCAL_TRIAL_SECONDS_MAX):
        raise typer.BadParameter(say("token.ttl_wrong", ttl=ttl), param_hint="--ttl")
    return lifetime
