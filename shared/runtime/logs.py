"""Logs: one JSON object a line on stderr, nothing personal and no secret in it."""

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from typing import TextIO

import structlog
from pydantic import ValidationError
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.runtime.traces import current_span
from shared.runtime.visible import visible

TEXT_CHARACTERS_MAX = 2_000
TRACEBACK_CHARACTERS_MAX = 16_000
ITEMS_MAX = 50
NAMES_MAX = 1_000
"""Names of values are few and said again with every line."""
REDACTED = "[redacted]"

SECRET_KEYS = re.compile(
    r"authorization|cookie|passw|secret|token|private_?key|^body$|dsn", re.IGNORECASE
)

# Order matters: a token may contain digits, and an old identity number is the
# beginning of no other pattern only once the longer ones are gone.
SECRETS = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a signed token
    r"|(?<=://)[^/\s:@]*:[^/\s@]*(?=@)"  # user and password of a DSN
    r"|(?i:bearer)\s+\S+"
    r"|(?<!\d)\d{17}[\dXx](?!\d)"  # identity number
    r"|(?<!\d)\d{16,19}(?!\d)"  # bank account
    r"|(?<!\d)\d{15}(?!\d)"  # identity number of the old form
    r"|(?<!\d)1[3-9]\d{9}(?!\d)"  # mobile
)

SAID_ALREADY = "Exception in ASGI application\n"
"""What uvicorn says of a failed request, of which the edge has told more."""

LONGEST_PLAIN_NUMBER = 10**10


def configure_logs(service: str, stream: TextIO = sys.stderr) -> None:
    """Send our logs and those of libraries to *stream*; a terminal in development gets colours."""
    pretty = os.environ.get("CASETRACK_DEVELOPMENT") == "1" and stream.isatty()
    structlog.configure(
        processors=[*_chain(service), _renderer(pretty=pretty)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=partial(_Lines, stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def _chain(service: str) -> list[Processor]:
    def name_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    return [
        structlog.contextvars.merge_contextvars,
        name_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_service,
        describe_exception,
        redact,
    ]


def _renderer(*, pretty: bool) -> Processor:
    if pretty:
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def name_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say of which trace *event* is a part, where somebody traces and it does not say so itself."""
    if "trace_id" not in event and (span := current_span()):
        event["trace_id"] = span.trace_id
    return event


def describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the failure in *event*, without the input that a validation error would quote."""
    given = event.pop("exc_info", None)
    failure = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if isinstance(given, tuple):
        failure = given[1]
    if failure is not None:
        event["error"] = type(failure).__name__
        event["traceback"] = "\n".join(_told(failure))[-TRACEBACK_CHARACTERS_MAX:]
    return event


def _told(failure: BaseException, said: frozenset[int] = frozenset()) -> Iterator[str]:
    # A group may be the context of its own part: what is being told is not told again.
    if id(failure) in said:
        return
    said |= {id(failure)}
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if cause is not None:
        yield from _told(cause, said)
    yield from (line.rstrip() for line in traceback.format_tb(failure.__traceback__))
    yield f"{type(failure).__name__}: {_message(failure)}"
    if isinstance(failure, BaseExceptionGroup):
        for part in failure.exceptions:
            yield from _told(part, said)


def _message(failure: BaseException) -> str:
    if isinstance(failure, ValidationError):
        errors = failure.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, e['loc']))} {e['type']}" for e in errors)
    return str(failure)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Return *event* fit to be kept: runs last, whatever came before."""
    return {_name(str(key)): _fit(str(key), value) for key, value in event.items()}


@lru_cache(NAMES_MAX)
def _name(key: str) -> str:
    return scrub(key)


@lru_cache(NAMES_MAX)
def _is_secret(key: str) -> bool:
    return SECRET_KEYS.search(key) is not None


def scrub(text: str, characters_max: int = TEXT_CHARACTERS_MAX) -> str:
    """Return *text* without identity numbers, mobiles, accounts, tokens and control characters."""
    # Cut first, but not through a number: what the cut halves is no longer recognised.
    cut = (
        text
        if len(text) <= characters_max
        else re.sub(r"[\w.-]+\Z", "", text[:characters_max]) + "…"
    )
    return visible(SECRETS.sub(REDACTED, cut))


def _fit(key: str, value: object) -> object:
    if _is_secret(key) or isinstance(value, bytes):
        return REDACTED
    match value:
        case None | bool() | float():
            return value
        case int() if abs(value) < LONGEST_PLAIN_NUMBER:
            return value
        case Mapping():
            pairs = list(value.items())[:ITEMS_MAX]
            return {_name(str(name)): _fit(str(name), part) for name, part in pairs}
        case list() | tuple() | set() | frozenset():
            return [_fit("", part) for part in list(value)[:ITEMS_MAX]]
        case _:
            longest = TRACEBACK_CHARACTERS_MAX if key == "traceback" else TEXT_CHARACTERS_MAX
            return scrub(str(value), longest)


class _Lines(structlog.PrintLogger):
    """One line for each event, or none: a full disk must not fail what the line is about."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = exception = log = msg


class _Forward(logging.Handler):
    """What libraries say through the standard library, as one event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "uvicorn.error" and record.msg == SAID_ALREADY:
            return
        structlog.get_logger().log(
            record.levelno,
            "library_said",
            library=record.name,
            message=record.getMessage(),
            exc_info=record.exc_info,
        )
