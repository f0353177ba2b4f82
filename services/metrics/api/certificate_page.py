"""The certificate as one page: Chinese first and English, for paper as well as for a screen."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from services.metrics.domain.wording import LANGUAGES, amount, day, say
from services.metrics.views.certificate import (
    Certificate,
    CertifiedLimit,
    LimitState,
    SignedCertificate,
)
from services.metrics.views.view import Both
from shared.contracts.handling.course import Phase
from shared.contracts.naming import Language, called
from shared.contracts.words import ClockParty
from shared.policy.calendar import spelled

PLACE = files("services.metrics.api")
PAGE = Template((PLACE / "certificate.html").read_text("utf-8"))
STYLE = PLACE / "certificate.css"
DIGEST_SHOWN = 16

LabelledText = tuple[str, str]
"""What it is called and what it is, both ready for the page."""


def certificate_page(signed: SignedCertificate) -> str:
    """Return the page of *signed*, the same for the same statement and signature."""
    told = signed.certificate
    return PAGE.substitute(
        case_no=escape(told.case_no),
        organisation=escape(told.org_name),
        title=_both(_worded("certificate.title"), "h1"),
        answer=_both(told.answer, "p", "answer"),
        caution=_both(told.caution, "p", "caution") if told.caution else "",
        facts=_rows(_facts(told)),
        limits="\n".join(_limit(one) for one in told.limits),
        origin=_rows(_origin(told)),
        proof="".join(_proof(signed)),
        jws=escape(signed.jws or ""),
    )


def _facts(told: Certificate) -> Iterator[LabelledText]:
    yield _named("case_no"), escape(told.case_no)
    if told.item_name or told.item_code:
        yield _named("item"), escape(f"{told.item_name} {told.item_code}".strip())
    yield _named("phase"), _said(Both(*(called(Phase, told.phase, one) for one in Language)))
    for name in ("received_on", "accepted_on", "ended_on"):
        on: date | None = getattr(told, name)
        if on is not None:
            yield _named(name), _day(on)
    if told.waits_for is not None:
        party = told.waits_for
        yield (
            _named("waits_for"),
            _said(Both(*(called(ClockParty, party, one) for one in Language))),
        )


def _origin(told: Certificate) -> Iterator[LabelledText]:
    yield _named("issued_at"), escape(_instant(told.issued_at))
    yield _named("policy"), escape(" · ".join(told.policies) or "–")
    yield _named("calendar"), escape(f"{told.calendar} · {told.edition}")
    latest = _instant(told.last_fact_at) if told.last_fact_at else "–"
    yield _named("facts"), escape(f"{told.facts} · {latest}")


def _limit(one: CertifiedLimit) -> str:
    rows = [
        (_named("limit"), _said(_amount(one.limit, one.unit))),
        (_named("starts_on"), _day(one.starts_on)),
        (_named("state"), _said(_worded(f"certificate.state.{one.state}"))),
    ]
    if one.due is not None:
        mark = _said(_worded("certificate.provisional")) if one.provisional else ""
        rows.append((_named("due"), f"{_day(one.due)} {mark}".strip()))
    if one.ended_on is not None:
        rows.append((_named("ended_on"), _day(one.ended_on)))
    elif one.remaining >= 0 or one.state is LimitState.STOPPED:
        rows.append((_named("remaining"), _said(_amount(one.remaining, one.unit))))
    if one.stopped_by is not None and one.stopped_since is not None:
        rows += [
            (_named("stopped_by"), f"{_said(one.stopped_by)} {_day(one.stopped_since)}"),
            *((_named("legal_basis"), _said(text)) for text in (one.legal_basis,) if text),
            *((_named("resumes"), _said(text)) for text in (one.resumes,) if text),
        ]
    rows.append((_named("basis"), _said(one.basis)))
    head = f"<h2>{_said(one.name)}</h2>"
    return f"<section>\n{head}\n<dl>\n{_rows(rows)}\n</dl>\n{_both(one.sentence, 'p')}\n</section>"


def _proof(signed: SignedCertificate) -> Iterator[str]:
    if signed.jws is None:
        yield _both(_worded("certificate.unsigned"), "p", "caution")
        return
    yield _both(_worded("certificate.signed"), "p")
    digest = sha256(signed.jws.encode()).hexdigest()[:DIGEST_SHOWN]
    yield f'\n<p class="key">{escape(signed.kid or "")} · {digest}</p>'


def _rows(rows: Iterable[LabelledText]) -> str:
    return "\n".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)


def _named(name: str) -> str:
    return _said(_worded(f"certificate.of.{name}"))


def _worded(code: str) -> Both:
    return Both(*(say(language, code) for language in LANGUAGES))


def _amount(n: int, unit: str) -> Both:
    return Both(*(amount(language, n, unit) for language in LANGUAGES))


def _day(on: date) -> str:
    return _said(Both(*(day(language, on, full=True) for language in LANGUAGES)))


def _instant(at: datetime) -> str:
    return spelled(at, "seconds")


def _said(text: Both) -> str:
    return f'{escape(text.zh)} <span lang="en">{escape(text.en)}</span>'


def _both(text: Both, tag: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<{tag}{mark}>{escape(text.zh)} <span lang="en">{escape(text.en)}</span></{tag}>'
