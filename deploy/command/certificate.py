"""`casetrack certificate`: until when a case is to be done, on paper, and whether that is so."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import jwt
import msgspec
import typer

from deploy.command.asking import Asking
from deploy.command.output import DIFFERS, Styled, out, print_json
from deploy.command.stack import JsonOption
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.api.certificate_page import certificate_page
from services.metrics.handlers.certifying import TYPE
from services.metrics.views.certificate import FORM, Certificate, SignedCertificate
from shared.policy.calendar import spelled
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings
from shared.web.keys import KeysUnavailable, file_keys
from shared.web.statements import NotBelieved, believed, public_half

BYTES_MAX = 1024 * 1024
"""A certificate has some thousands."""
EMBEDDED = re.compile(r'<data id="jws" value="([A-Za-z0-9_.=-]*)"></data>')

CaseNoArgument = Annotated[str, typer.Argument(metavar="NO", help=say("case.no_help"))]
SaveOption = Annotated[
    Path | None, typer.Option("--save", dir_okay=False, help=say("certificate.save_help"))
]
UrlOption = Annotated[str, typer.Option("--url", help=say("reading.url_help"))]
FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=say("certificate.file_help")),
]
KeysOption = Annotated[
    Path | None,
    typer.Option("--keys", exists=True, dir_okay=False, help=say("certificate.keys_help")),
]


class CertificateFinding(StrEnum):
    """What becomes of a certificate that is checked."""

    FINE = "fine"
    OTHER_FORM = "other_form"
    """Its words cannot be laid beside ours: another release has made the page."""
    ALTERED = "altered"
    """It shows something else than was signed."""
    FORGED = "forged"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    NO_KEYS = "no_keys"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and what was signed where something was."""

    verdict: CertificateFinding
    certificate: Certificate | None = None
    kid: str | None = None

    @property
    def holds(self) -> bool:
        return self.verdict in (CertificateFinding.FINE, CertificateFinding.OTHER_FORM)


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=say("certificate.help"), no_args_is_help=True)
    group.command("show", help=say("certificate.show_help"))(show)
    group.command("verify", help=say("certificate.verify_help"))(verify)
    app.add_typer(group, name="certificate")


def show(
    no: CaseNoArgument, *, save: SaveOption = None, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    asking = Asking.begin(load_settings(LocalSettings), url)
    path = f"/v1/cases/{quote(no, safe='')}/certificate"
    if save is not None:
        save.write_bytes(asking.page(path))
    signed = asking.get(SignedCertificate, path)
    if as_json:
        print_json(signed)
        return
    _show(signed.certificate)
    out.print(
        say("certificate.is_signed" if signed.jws else "certificate.is_unsigned"), style="dim"
    )


def verify(file: FileArgument, *, keys: KeysOption = None, as_json: JsonOption = False) -> None:
    known = keys or public_half(load_settings(LocalSettings).places.certificate_key)
    with file.open("rb") as opened:
        found = asyncio.run(checked(opened.read(BYTES_MAX), known))
    if as_json:
        said = {"verdict": found.verdict, "kid": found.kid, "certificate": found.certificate}
        print_json(said)
    else:
        mark = ("✓ ", "in_time") if found.holds else ("✗ ", "late")
        text = say(f"certificate.{found.verdict}", file=file, keys=known, kid=found.kid or "–")
        out.print(Styled.assemble(mark, text))
        if found.certificate is not None:
            _show(found.certificate)
    if not found.holds:
        raise typer.Exit(DIFFERS)


async def checked(raw: bytes, keys: Path) -> Checked:
    """Return whether *raw*, a page or a document, is what was signed with one of *keys*."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Checked(CertificateFinding.UNREADABLE)
    document = _document(text)
    jws = _jws(text, document)
    if not jws:
        return Checked(
            CertificateFinding.UNREADABLE if jws is None else CertificateFinding.UNSIGNED
        )
    try:
        payload = await believed(jws, file_keys(keys, SystemClock()), TYPE)
        stated = msgspec.json.decode(payload, type=Certificate)
    except KeysUnavailable:
        return Checked(CertificateFinding.NO_KEYS)
    except (NotBelieved, msgspec.MsgspecError):
        return Checked(CertificateFinding.FORGED)
    signed = SignedCertificate(stated, jws, _kid(jws))
    return Checked(_verdict(text, document, signed, payload), stated, signed.kid)


def _verdict(
    text: str, document: dict[str, Any] | None, signed: SignedCertificate, payload: bytes
) -> CertificateFinding:
    if document is not None:
        same = document.get("certificate") == json.loads(payload)
        return CertificateFinding.FINE if same else CertificateFinding.ALTERED
    if signed.certificate.form != FORM:
        return CertificateFinding.OTHER_FORM
    same = text.split() == certificate_page(signed).split()
    return CertificateFinding.FINE if same else CertificateFinding.ALTERED


def _document(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _jws(text: str, document: dict[str, Any] | None) -> str | None:
    """Return the signed words, '' where the place for them is empty, None where it is not there."""
    if document is not None:
        return str(document["jws"] or "") if "jws" in document else None
    found = EMBEDDED.search(text)
    return found and found[1]


def _kid(jws: str) -> str:
    return str(jwt.get_unverified_header(jws)["kid"])


def _show(told: Certificate) -> None:
    out.print(Styled.assemble((told.case_no, "bold"), f"  {told.item_name}"))
    out.print(Styled(told.answer.said(LANGUAGE), style="bold"))
    for line in _lines(told):
        out.print(line)
    rows = (told.org_name, spelled(told.issued_at, "seconds"), *told.policies, told.calendar)
    out.print(Styled(" · ".join(rows), style="muted"))


def _lines(told: Certificate) -> Iterator[Styled]:
    if told.caution is not None:
        yield Styled(told.caution.said(LANGUAGE), style="near")
    for one in told.limits:
        yield Styled(f"{one.name.said(LANGUAGE)}  {one.sentence.said(LANGUAGE)}")
        if one.resumes is not None:
            yield Styled(f"  {one.resumes.said(LANGUAGE)}", style="muted")
