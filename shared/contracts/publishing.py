"""The published language for others: a frozen JSON Schema a type, and one AsyncAPI document."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.contracts.envelope import Contract, Event, event_model
from shared.contracts.promises import faults
from shared.contracts.registry import FACTS, INBOX, Owner, inbox_of, kinds_of

FOLDER = Path(__file__).parent
SCHEMAS = FOLDER / "schemas"
EXAMPLES = FOLDER / "examples"

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPONENTS = "#/components/schemas/{model}"
JsonObject = Mapping[str, Any]


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a whole event of the type *kind*."""
    schema = event_model(FACTS[kind]).model_json_schema()
    return {"$schema": DIALECT, "$id": f"urn:casetrack:schema:{kind}", **schema}


def example_of(kind: str) -> dict[str, Any]:
    """Return the golden example of the type *kind*."""
    example: dict[str, Any] = json.loads((EXAMPLES / f"{kind}.json").read_text("utf-8"))
    return example


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document: what may be sent to us and what may be listened to."""
    channels = {f"{owner}": _channel(owner.topic, sorted(kinds_of(owner))) for owner in Owner}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "casetrack",
            "version": "1",
            "description": "Facts about permit cases, as CloudEvents 1.0 in structured JSON.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "inbox": _channel(INBOX, sorted(FACTS)),
            "ownInbox": {
                **_channel(inbox_of("{publisher}"), sorted(FACTS)),
                "parameters": {"publisher": {"description": "Its id in casetrack's register."}},
            },
            **channels,
        },
        "operations": {
            "publishToInbox": _operation("receive", "inbox", "Tell casetrack what happened."),
            "publishToOwnInbox": _operation(
                "receive", "ownInbox", "The same, where the broker knows who speaks."
            ),
            **{
                f"follow{owner.title()}": _operation("send", owner, f"What {owner} says.")
                for owner in Owner
            },
        },
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _message_name(kind: str) -> str:
    return FACTS[kind].__name__


def _channel(topic: str, kinds: list[str]) -> JsonObject:
    messages = {
        _message_name(kind): {"$ref": f"#/components/messages/{_message_name(kind)}"}
        for kind in kinds
    }
    return {"address": topic, "messages": messages}


def _operation(action: str, channel: str, summary: str) -> JsonObject:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _messages() -> JsonObject:
    return {
        _message_name(kind): {
            "name": kind,
            "summary": FACTS[kind].__doc__,
            "payload": _payload(kind),
            "examples": [{"name": "golden", "payload": example_of(kind)}],
            "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        }
        for kind in sorted(FACTS)
    }


def _payload(kind: str) -> JsonObject:
    data = {"$ref": COMPONENTS.format(model=_message_name(kind))}
    return {
        "allOf": [
            {"$ref": COMPONENTS.format(model=Event.__name__)},
            {"type": "object", "properties": {"type": {"const": kind}, "data": data}},
        ]
    }


def _schemas() -> JsonObject:
    models: list[type[Contract]] = [Event, *(FACTS[kind] for kind in sorted(FACTS))]
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template=COMPONENTS
    )
    schemas: JsonObject = definitions["$defs"]
    return schemas


def _write(path: Path, document: JsonObject) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")


def broken_promises(schemas: Path = SCHEMAS) -> list[str]:
    """Return what the frozen *schemas* promise and the models no longer keep."""
    broken: list[str] = []
    for path in sorted(schemas.glob("*.json")):
        if path.stem not in FACTS:
            broken.append(f"{path.stem}: the type is gone")
        else:
            frozen = json.loads(path.read_text("utf-8"))
            broken += [f"{path.stem} {fault}" for fault in faults(frozen, schema_of(path.stem))]
    return broken


def freeze(schemas: Path = SCHEMAS) -> list[str]:
    """Write the language down as it is now, or return the promises that this would break."""
    if broken := broken_promises(schemas):
        return broken
    for kind in FACTS:
        _write(schemas / f"{kind}.json", schema_of(kind))
    return []


if __name__ == "__main__":
    if reproaches := freeze():
        sys.exit("\n".join(["make a new version (.vN) and an upcaster instead:", *reproaches]))
