"""`casetrack contracts`: the published language, and the judgement of a publisher's sample."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.command.lines import NumberedLines
from deploy.command.output import DIFFERS, Styled, out, print_json
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.texts import LANGUAGE, say
from services.intake.domain.gateway import Inadmissible, admit
from shared.contracts.foreign import read_foreign
from shared.contracts.publishing import asyncapi, example_of, schema_of
from shared.contracts.registry import FACTS, owner_of
from shared.contracts.unreadable import Unreadable
from shared.eventstore.port import Unstorable
from shared.eventstore.rows import row_of
from shared.policy.publisher import Publisher, registered
from shared.policy.rules import shipped
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import SystemClock

VALUES_SHOWN_MAX = 3

REASONS = Catalogue.read(OWN, files("services.intake.api") / "messages")
"""What the gateway says of each code."""

PatternArgument = Annotated[str, typer.Argument(metavar="[WORD]", help=say("contracts.word_help"))]
KindArgument = Annotated[str, typer.Argument(metavar="TYPE", help=say("contracts.type_help"))]
SampleArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", exists=True, dir_okay=False, readable=True, help=say("contracts.file_help")
    ),
]
NameOption = Annotated[str, typer.Option("--name", help=say("contracts.name_help"))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=say("contracts.help"), no_args_is_help=True)
    group.command("list", help=say("contracts.list_help"))(list_types)
    group.command("show", help=say("contracts.show_help"))(show_type)
    group.command("asyncapi", help=say("contracts.asyncapi_help"))(show_asyncapi)
    group.command("check", help=say("contracts.check_help"))(check_file)
    app.add_typer(group, name="contracts")


def list_types(word: PatternArgument = "", *, as_json: JsonOption = False) -> None:
    told = [_described(kind) for kind in sorted(FACTS) if word in kind]
    if as_json:
        print_json({"types": told})
        return
    columns = ("type", "owner", "about", "meaning")
    headers = [say(f"contracts.{column}") for column in columns]
    show_table(headers, [[one[column] for column in columns] for one in told])


def show_type(kind: KindArgument, *, as_json: JsonOption = False) -> None:
    if kind not in FACTS:
        near = get_close_matches(kind, FACTS, n=3, cutoff=0.3)
        said = say("contracts.unknown", type=kind, known=", ".join(near) or "–")
        raise typer.BadParameter(said, param_hint="TYPE")
    schema, example = schema_of(kind), example_of(kind)
    if as_json:
        print_json({**_described(kind), "schema": schema, "example": example})
        return
    told = _described(kind)
    out.print(Styled.assemble((kind, "bold"), f"  {told['meaning']}"))
    out.print(say("contracts.lies_on", topic=told["topic"], about=told["about"]), style="dim")
    headers = [say(f"contracts.{name}") for name in ("attribute", "needed", "kind", "meaning")]
    show_table(headers, _fields(schema))
    out.print(f"\n{say('contracts.example')}", style="dim")
    out.print(json.dumps(example, ensure_ascii=False, indent=2))


def show_asyncapi() -> None:
    print_json(asyncapi())


def check_file(file: SampleArgument, *, name: NameOption = "", as_json: JsonOption = False) -> None:
    publisher = _publisher(name)
    verdicts = list(judged(file, publisher))
    counts = Counter(verdict["status"] for verdict in verdicts)
    document = {"accepted": counts["accepted"], "rejected": counts["rejected"], "lines": verdicts}
    if as_json:
        print_json(document)
    else:
        _show(document)
    if counts["rejected"] or not verdicts:
        raise typer.Exit(DIFFERS)


def judged(file: Path, publisher: Publisher | None) -> Iterator[dict[str, Any]]:
    """Yield the gateway's verdict on each line of *file*; without a store none is a repetition."""
    now = SystemClock().now()
    with NumberedLines.of(file) as lines:
        for number, line in lines:
            told: dict[str, Any] = {"line": number, "status": "accepted"}
            try:
                event = read_foreign(line)
                told |= {"id": event.id, "type": event.type}
                row_of(admit(event, publisher, shipped(trial=True), now), was_read=True)
            except (Unreadable, Inadmissible, Unstorable) as fault:
                told |= _rejected(str(fault.code), fault.field, fault.detail)
            yield told


def _rejected(code: str, field: str, detail: str) -> dict[str, str]:
    text = REASONS.text(LANGUAGE, code, {"place": field or "-", "reason": detail})
    return {"status": "rejected", "code": code, "field": field, "detail": text.detail}


def _publisher(name: str) -> Publisher | None:
    known = registered(trial=True).by_id
    if name and name not in known:
        said = say("token.publisher_unknown", name=name, known=", ".join(sorted(known)))
        raise typer.BadParameter(said, param_hint="--name")
    return known.get(name)


def _described(kind: str) -> dict[str, str]:
    fact, owner = FACTS[kind], owner_of(kind)
    meaning = (getdoc(fact) or "").partition("\n")[0]
    return {
        "type": kind,
        "owner": owner.value,
        "topic": owner.topic,
        "about": fact.ABOUT,
        "meaning": meaning,
    }


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the envelope's attributes, then the fields of the data."""
    data = _resolved(schema, schema["properties"]["data"])
    for prefix, part in (("", schema), ("data.", data)):
        needed = part.get("required", ())
        for name, field in part.get("properties", {}).items():
            mark = "●" if name in needed else ""
            meaning = _resolved(schema, field).get("description", "")
            yield prefix + name, mark, _kind(schema, field), meaning.partition("\n")[0]


def _kind(schema: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """Return in a few words what may stand in *field*."""
    if "anyOf" in field:
        kinds = [_kind(schema, part) for part in field["anyOf"] if part.get("type") != "null"]
        return " | ".join(kinds)
    if "$ref" in field:
        target = _resolved(schema, field)
        return _kind(schema, target) if "enum" in target else field["$ref"].rpartition("/")[2]
    if "const" in field:
        return str(field["const"])
    if "enum" in field:
        values = list(map(str, field["enum"]))
        more = f" … ({len(values)})" if len(values) > VALUES_SHOWN_MAX else ""
        return " | ".join(values[:VALUES_SHOWN_MAX]) + more
    if field.get("type") == "array":
        return f"[{_kind(schema, field.get('items', {}))}]"
    return str(field.get("format") or field.get("type", ""))


def _resolved(schema: Mapping[str, Any], field: Mapping[str, Any]) -> Mapping[str, Any]:
    name = field.get("$ref", "").rpartition("/")[2]
    target: Mapping[str, Any] = schema.get("$defs", {}).get(name, field)
    return target


def _show(document: Mapping[str, Any]) -> None:
    for verdict in document["lines"]:
        if verdict["status"] == "rejected":
            place = say("publish.line", number=verdict["line"])
            told = " · ".join(
                text for text in (verdict["code"], verdict["field"], verdict["detail"]) if text
            )
            out.print(f"  ✗ {place} {told}")
    out.print(say("contracts.checked", **document))
