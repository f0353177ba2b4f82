"""A page of plain words, for a browser that came for the dashboard and cannot have it now."""

from html import escape
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse

from shared.runtime.catalogue import Catalogue
from shared.web.problems import language_of

# No style of its own: the services allow none that is written into a page.
NOTICE = Template("""<!doctype html>
<html lang="$language">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · casetrack</title>
<main>
<h1>$title</h1>
<p>$detail</p>
</main>
</html>
""")


def notice(request: Request, catalogue: Catalogue, code: str, status: int) -> HTMLResponse:
    """Return the words of *code* in the reader's language."""
    language = language_of(request)
    text = catalogue.text(language, code, {})
    request.state.code = code
    words = {"language": language, "title": escape(text.title), "detail": escape(text.detail)}
    return HTMLResponse(
        NOTICE.substitute(words), status, {"content-language": language, "vary": "accept-language"}
    )
