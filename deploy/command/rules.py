"""`casetrack rules`, `casetrack publishers`: editions shown, foreseen and published."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

import typer

from deploy.command.changing import RuleFileArgument, UrlOption, document_in, hand_in, law_desk
from deploy.command.doubting import PublisherIdArgument, doubt
from deploy.command.output import out, print_json
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.texts import say
from services.metrics.views.rules import EditionShown, RulesShown

EditionOption = Annotated[
    int | None, typer.Option("--edition", min=0, help=say("rules.edition_help"))
]


def register(app: typer.Typer) -> None:
    rules = typer.Typer(help=say("rules.help"), no_args_is_help=True)
    rules.command("list", help=say("rules.list_help"))(list_editions)
    rules.command("show", help=say("rules.show_help"))(show_rules)
    rules.command("preview", help=say("rules.preview_help"))(preview_policy)
    rules.command("publish", help=say("rules.publish_help"))(publish_policy)
    publishers = typer.Typer(help=say("publishers.help"), no_args_is_help=True)
    publishers.command("list", help=say("publishers.list_help"))(list_publishers)
    publishers.command("preview", help=say("publishers.preview_help"))(preview_publisher)
    publishers.command("add", help=say("publishers.add_help"))(add_publisher)
    publishers.command("remove", help=say("publishers.remove_help"))(remove_publisher)
    publishers.command("doubt", help=say("doubt.help"))(doubt)
    app.add_typer(rules, name="rules")
    app.add_typer(publishers, name="publishers")


def list_editions(*, url: UrlOption = "", as_json: JsonOption = False) -> None:
    editions = law_desk(url).get(RulesShown, "/v1/rules").editions
    if as_json:
        print_json({"editions": editions})
        return
    if not editions:
        out.print(say("rules.none"))
        return
    headers = [say(f"rules.{name}") for name in ("edition", "what", "published_at", "by")]
    show_table(headers, map(_line, editions))


def show_rules(
    *, edition: EditionOption = None, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    query = {} if edition is None else {"edition": str(edition)}
    shown = law_desk(url).get(RulesShown, "/v1/rules", **query)
    if as_json:
        print_json(shown)
        return
    years = shown.calendar.years
    out.print(say("rules.shown", edition=shown.edition, first=years[0], last=years[-1]))
    headers = [say(f"rules.{name}") for name in ("effective_from", "version")]
    shipped = say("rules.shipped")
    rows = [[str(one.effective_from or shipped), one.version] for one in shown.policies]
    show_table(headers, rows)


def preview_policy(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/policy", document_in(file), url, preview=True, as_json=as_json)


def publish_policy(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/policy", document_in(file), url, preview=False, as_json=as_json)


def list_publishers(*, url: UrlOption = "", as_json: JsonOption = False) -> None:
    publishers = law_desk(url).get(RulesShown, "/v1/rules").publishers
    if as_json:
        print_json({"publishers": publishers})
        return
    headers = [
        say(f"publishers.{name}")
        for name in ("id", "name", "sources", "types", "others", "backdates", "key")
    ]
    rows = [
        [
            one.publisher_id,
            one.name,
            " ".join(one.sources),
            " ".join(one.types),
            " ".join(one.others),
            say("publishers.unlimited") if one.backdates is None else str(one.backdates),
            _key_line(one.key),
        ]
        for one in publishers
    ]
    show_table(headers, rows)


def preview_publisher(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/publishers", document_in(file), url, preview=True, as_json=as_json)


def add_publisher(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/publishers", document_in(file), url, preview=False, as_json=as_json)


def remove_publisher(
    publisher_id: PublisherIdArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    path = f"/v1/rules/publishers/{quote(publisher_id, safe='')}/remove"
    hand_in(path, None, url, preview=False, as_json=as_json)


def _key_line(key: Mapping[str, str] | None) -> str:
    """Return of which kind a key is, and its name."""
    if key is None:
        return "–"
    return " ".join((key.get("crv", key["kty"]), key.get("kid", ""))).strip()


def _line(edition: EditionShown) -> list[str]:
    kind = ".".join(edition.type.split(".")[2:4])
    at = edition.published_at.strftime("%Y-%m-%d %H:%M")
    return [str(edition.edition), say(f"rules.what.{kind}"), at, edition.published_by or "–"]
