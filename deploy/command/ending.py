"""How a command ends that does not end well: with one line and a way out, or with one document."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

from deploy.command import interruption, logbook
from deploy.command.output import DIFFERS, UNREACHABLE, WRONG_USAGE, Styled, err, print_json
from deploy.faults import Fault, RegistryUnreachable, ServerUnreachable, first_of
from deploy.texts import text, told

REASON_CHARACTERS_MAX = 200
ErrorDocument = dict[str, Any]


class Interrupted(Fault):
    """Ctrl-C, a termination or a closed terminal has ended the command."""

    code = "interrupted"


class Unforeseen(Fault):
    """A fault of ours."""

    code = "unforeseen"


@contextmanager
def ended(*, as_json: bool = False) -> Iterator[None]:
    """Turn whatever ends the block early into words, or a document, and an exit status."""
    try:
        yield
    except (SystemExit, typer.Exit, BrokenPipeError) as known:
        # Of `load_settings`, whose module is too large to be imported for a word of help.
        lines = getattr(known, "lines", ())
        if not (as_json and lines):
            raise
        print_json({"error": {"code": "wrong_settings", "title": "\n".join(lines), "detail": ""}})
        sys.exit(WRONG_USAGE)
    except BaseException as failure:  # noqa: BLE001 - the process's last line
        cause = _named(first_of(failure))
        # Where the terminal is gone nobody is left to be told.
        with suppress(OSError):
            _tell(cause, as_json=as_json)
        sys.exit(_status(cause))


def _named(failure: BaseException) -> Fault | typer.TyperException:
    match failure:
        case Fault() | typer.TyperException():
            return failure
        case KeyboardInterrupt():
            return Interrupted()
        case _:
            logbook.log.error("command_failed", exc_info=failure)
            reason = f"{type(failure).__name__}: {failure}"
            return Unforeseen(reason=reason[:REASON_CHARACTERS_MAX], log=logbook.path() or "–")


def _tell(cause: Fault | typer.TyperException, *, as_json: bool) -> None:
    document = _document(cause)
    if as_json:
        print_json({"error": document})
    if document["title"]:
        err.print(Styled.assemble(("✗ ", "red"), document["title"]))
        if document["detail"]:
            err.print(Styled(f"  → {document['detail']}"))


def _document(cause: Fault | typer.TyperException) -> ErrorDocument:
    if isinstance(cause, Fault):
        said = text(cause.code, **cause.values)
        values = {name: told(value) for name, value in cause.values.items()}
        return {"code": cause.code, "title": said.title, "detail": said.detail, "values": values}
    context = getattr(cause, "ctx", None)
    way_out = f"{context.command_path} --help" if context else ""
    return {"code": "wrong_usage", "title": cause.format_message(), "detail": way_out}


def _status(cause: Fault | typer.TyperException) -> int:
    match cause:
        case typer.TyperException():
            return cause.exit_code
        case Interrupted():
            return interruption.status()
        case RegistryUnreachable() | ServerUnreachable():
            return UNREACHABLE
        case _:
            return DIFFERS
