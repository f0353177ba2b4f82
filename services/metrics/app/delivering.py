"""The courier, put together over PostgreSQL, and the profile and secrets that it reads."""

import asyncio
import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import ValidationError

from services.metrics.adapters.deliveries import PostgresDeliveries
from services.metrics.adapters.mailing import PinnedMail
from services.metrics.adapters.posting import PinnedPost
from services.metrics.app.rules import SEARCH_PATH, first_rules
from services.metrics.domain.deliveries.addresses import AddressRefused, Allowed
from services.metrics.domain.deliveries.profile import (
    SECRETS,
    DeliveryProfile,
    variable_of_channel,
)
from services.metrics.domain.deliveries.vendors import key_of_webhook
from services.metrics.domain.wording import say
from services.metrics.handlers.courier import Courier
from services.metrics.handlers.telling import Teller
from services.metrics.settings import MetricsSettings
from shared.commands.rules_in_force import RulesInForce
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.runtime.clock import SystemClock
from shared.runtime.language import terminal_language
from shared.runtime.lifecycle import announce_ready
from shared.runtime.settings import IN_FILE, WrongSettings

PROFILE = "METRICS_DELIVERIES"
HOSTS = "METRICS_DELIVERY_HOSTS"
NETWORKS = "METRICS_DELIVERY_NETWORKS"
CONNECTIONS_MAX = 4

log = structlog.get_logger()


async def run_courier(settings: MetricsSettings, stopping: asyncio.Event) -> None:
    """Tell channels of cards until *stopping*; without a profile there is nobody to tell."""
    if settings.deliveries is None:
        log.info("no_deliveries")
        announce_ready()
        await stopping.wait()
        return
    teller = teller_of(settings, os.environ)
    dsn, clock = settings.postgres_dsn.get_secret_value(), SystemClock()
    async with await open_pool(dsn, SEARCH_PATH, connections_max=CONNECTIONS_MAX) as pool:
        rules = RulesInForce(PostgresEventStore(pool), first_rules())
        courier = Courier(PostgresDeliveries(pool), teller, rules.editions, clock)
        announce_ready()
        async with asyncio.TaskGroup() as tasks:
            others = [
                tasks.create_task(rules.follow(clock, stopping), name="rules"),
                tasks.create_task(courier.watchdog.watch(stopping), name="watchdog"),
            ]
            await courier.run(stopping)
            for task in others:
                task.cancel()


def teller_of(settings: MetricsSettings, environment: Mapping[str, str]) -> Teller:
    """
    Return who tells the channels of the profile that *settings* name.

    Raises:
        WrongSettings: profile, secrets or addresses are not fit, each with a line of its own.
    """
    assert settings.deliveries is not None  # noqa: S101 - a bug
    profile = _profile(settings.deliveries)
    allowed = _allowed(settings)
    secrets = {
        name: {what: _secret(environment, name, what) for what in SECRETS[channel.kind]}
        for name, channel in profile.channels.items()
    }
    _refuse(_faults(profile, allowed, secrets))
    told = {name: {what: one or "" for what, one in of.items()} for name, of in secrets.items()}
    trust = _trust(profile)
    return Teller(profile, told, PinnedPost(allowed, trust), PinnedMail(allowed, trust))


@dataclass(frozen=True, slots=True)
class WrongPlace:
    """What is wrong with a variable."""

    variable: str
    reason: str


def _profile(path: Path) -> DeliveryProfile:
    try:
        return DeliveryProfile.model_validate_json(path.read_bytes())
    except OSError:
        _refuse([WrongPlace(PROFILE, _said("unreadable"))])
        raise
    except ValidationError as fault:
        _refuse(
            WrongPlace(PROFILE, _reason(error["type"], error["loc"], error))
            for error in fault.errors(include_url=False, include_input=False)
        )
        raise


def _reason(code: str, place: Iterable[object], error: Mapping[str, object]) -> str:
    told = error.get("ctx", {})
    if error["msg"] == "profile" and isinstance(told, Mapping):
        return _said(code, **told)
    return f"{'.'.join(map(str, place))}: {error['msg']}"


def _allowed(settings: MetricsSettings) -> Allowed:
    hosts = [one.strip() for one in settings.delivery_hosts.split(",") if one.strip()]
    networks = [one.strip() for one in settings.delivery_networks.split(",") if one.strip()]
    try:
        return Allowed.of(hosts, networks)
    except AddressRefused as refusal:
        of_networks = refusal.reason == "network"
        _refuse(
            [
                WrongPlace(
                    NETWORKS if of_networks else HOSTS,
                    _said("networks_unfit" if of_networks else "hosts_unfit"),
                )
            ]
        )
        raise


def _faults(
    profile: DeliveryProfile, allowed: Allowed, secrets: Mapping[str, Mapping[str, str | None]]
) -> Iterator[WrongPlace]:
    for name, reason in profile.unreachable(allowed):
        yield WrongPlace(PROFILE, _said(f"not_allowed.{reason}", channel=name))
    for name, those in secrets.items():
        for what, secret in those.items():
            variable = f"{variable_of_channel(name)}_{what}"
            if not secret:
                yield WrongPlace(variable, _said("secret_missing", channel=name, variable=variable))
            elif profile.channels[name].kind == "webhook" and not _fit(secret):
                yield WrongPlace(variable, _said("secret_unfit", variable=variable))


def _secret(environment: Mapping[str, str], channel: str, what: str) -> str | None:
    variable = f"{variable_of_channel(channel)}_{what}"
    file = environment.get(f"{variable}{IN_FILE.upper()}")
    if file is None:
        return environment.get(variable)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _fit(secret: str) -> bool:
    try:
        return bool([key_of_webhook(one) for one in secret.split()])
    except ValueError:
        return False


def _trust(profile: DeliveryProfile) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=profile.authorities)
    except (OSError, ssl.SSLError):
        said = _said("authorities_unreadable", path=profile.authorities)
        _refuse([WrongPlace(PROFILE, said)])
        raise


def _said(code: str, **values: object) -> str:
    return say(terminal_language().value, f"profile.{code}", **values)


def _refuse(faults: Iterable[WrongPlace]) -> None:
    lines = [f"{one.variable}: {one.reason}" for one in faults]
    if lines:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        raise WrongSettings(lines)
