"""
One event as the official SDKs of CloudEvents put it on the wire.

Each function writes what the source of its SDK writes: the order of members, the case of
headers, the charset, what is escaped and how an instant is spelt. Python's are asked themselves.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from cloudevents.core.bindings import http, kafka
from cloudevents.core.v1 import event as core
from cloudevents.v1 import conversion
from cloudevents.v1 import kafka as older_kafka
from cloudevents.v1.http import CloudEvent as OlderCloudEvent

from tests.support.foreign_facts import foreign

EXAMPLE = foreign()
DATA: dict[str, Any] = {**EXAMPLE["data"], "item_name": "食品经营许可 <新办> & 'A+'"}
CASE = str(EXAMPLE["subject"])
CORE = {name: str(EXAMPLE[name]) for name in ("source", "type", "subject")} | {"id": "wire-1"}
EXTENSIONS: dict[str, Any] = {"partitionkey": CASE, "sequence": 7, "activity": "counter 3"}

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"

# Twenty to ten and a half second, as each of them spells it.
JAVA_TIME = "2024-09-02T09:40:12.5+08:00"
GO_TIME = "2024-09-02T01:40:12.5Z"
DOTNET_TIME = "2024-09-02T09:40:12.500+08:00"
NODE_TIME = "2024-09-02T01:40:12.500Z"
RUST_TIMES = ("2024-09-02T01:40:12.500Z", "2024-09-02T01:40:12.500+00:00")
PYTHON_TIME = "2024-09-02T09:40:12.500000+08:00"

Headers = tuple[tuple[str, Any], ...]
"""On Kafka a header may have no value."""


@dataclass(frozen=True, slots=True)
class Form:
    """A message, whichever way it goes; HTTP has no key."""

    headers: Headers
    body: bytes
    key: str | None = None


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items()}


def _headers(prefix: str, attributes: Mapping[str, Any]) -> Headers:
    return tuple((f"{prefix}{name}", value) for name, value in _texts(attributes).items())


def java(content_type: str | None = JSON, *, packed: bool = False) -> Iterator[tuple[str, Form]]:
    """
    Sdk-java 4.1: CloudEventSerializer, HttpMessageWriter, BaseKafkaMessageWriterImpl.

    Attributes come in the order of CloudEventV1.readContext, then extensions, then data; an
    Integer is a number. Header values go out as they are, a missing content type as no header.
    The interceptor makes the partition key the record's, and leaves it in its place.
    """
    named = {"datacontenttype": content_type} if content_type else {}
    core = {"id": CORE["id"], "source": CORE["source"], "type": CORE["type"], **named}
    attributes = {**core, "subject": CORE["subject"], "time": JAVA_TIME, **EXTENSIONS}
    data = {"data_base64": b64encode(_json(DATA)).decode()} if packed else {"data": DATA}
    body = _json({"specversion": "1.0", **attributes, **data})
    spoken = {"specversion": "1.0", **attributes}
    spoken.pop("datacontenttype", None)
    yield "http structured", Form((("Content-Type", STRUCTURED),), body)
    kind = (("Content-Type", content_type),) if content_type else ()
    yield "http binary", Form((*kind, *_headers("ce-", spoken)), _json(DATA))
    yield "kafka structured", Form((("content-type", STRUCTURED),), body, CASE)
    kind = (("content-type", content_type),) if content_type else ()
    yield "kafka binary", Form((*kind, *_headers("ce_", spoken)), _json(DATA), CASE)


def go(*, packed: bool = False) -> Iterator[tuple[str, Form]]:
    """
    Sdk-go v2: event_marshal, http/write_request, kafka_sarama/write_producer_message.

    Instants are UTC in RFC3339Nano without trailing zeros. Extensions stand behind the data, by
    name. Data given as bytes become data_base64, whatever the content type; encoding/json
    escapes <, > and &. Header names are canonical (Ce-Id), values go out as they are.
    """
    data = _json(DATA).replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
    core = {"specversion": "1.0", **{name: CORE[name] for name in ("id", "source", "type")}}
    core |= {"subject": CORE["subject"], "datacontenttype": JSON, "time": GO_TIME}
    head = _json(core)[:-1]
    tail = _json(dict(sorted(EXTENSIONS.items())))[1:]
    value = b'"' + b64encode(data) + b'"' if packed else data
    member = b"data_base64" if packed else b"data"
    body = head + b',"' + member + b'":' + value + b"," + tail
    spoken = {name: value for name, value in core.items() if name != "datacontenttype"} | EXTENSIONS
    canonical = tuple((name.title(), value) for name, value in _headers("ce-", spoken))
    yield "http structured", Form((("Content-Type", STRUCTURED),), body)
    yield "http binary", Form((("Content-Type", JSON), *canonical), data)
    yield "kafka structured", Form((("content-type", STRUCTURED),), body, CASE)
    kafka = (*_headers("ce_", spoken), ("content-type", JSON))
    yield "kafka binary", Form(kafka, data, CASE)


def dotnet(*, packed: bool = False) -> Iterator[tuple[str, Form]]:
    """
    Sdk-csharp: JsonEventFormatter, HttpClientExtensions, HttpUtilities, KafkaExtensions.

    Utf8JsonWriter escapes all that is not ASCII, and + < > & and ' too. Header values are
    percent-encoded over HTTP. In structured mode the headers are there as well, over HTTP with
    ce-datacontenttype. On Kafka the partition key is the record's key and in no header. Data
    given as bytes become data_base64.
    """
    attributes = {"id": CORE["id"], "source": CORE["source"], "type": CORE["type"]}
    attributes |= {"time": DOTNET_TIME, "subject": CORE["subject"], "datacontenttype": JSON}
    attributes |= _texts(EXTENSIONS)
    data = {"data_base64": b64encode(_json(DATA)).decode()} if packed else {"data": DATA}
    body = _escaped({"specversion": "1.0", **attributes, **data})
    spoken = {"specversion": "1.0", **attributes}
    binary = {name: value for name, value in spoken.items() if name != "datacontenttype"}
    kafka = {name: value for name, value in binary.items() if name != "partitionkey"}
    told = _json(DATA) if packed else _escaped(DATA)
    http_kind = ("Content-Type", f"{STRUCTURED}; charset=utf-8")
    yield "http structured", Form((http_kind, *_percent_encoded(spoken)), body)
    yield "http binary", Form((("Content-Type", JSON), *_percent_encoded(binary)), told)
    headers = _headers("ce_", kafka)
    yield "kafka structured", Form((*headers, ("content-type", STRUCTURED)), body, CASE)
    yield "kafka binary", Form((*headers, ("content-type", JSON)), told, CASE)


def _escaped(document: object) -> bytes:
    text = json.dumps(document, separators=(",", ":"))
    text = re.sub(r"\\u[0-9a-f]{4}", lambda mark: "\\u" + mark[0][2:].upper(), text)
    return re.sub(r"[+<>&']", lambda mark: f"\\u{ord(mark[0]):04X}", text).encode()


def _percent_encoded(attributes: Mapping[str, Any]) -> Headers:
    safe = "".join(chr(sign) for sign in range(0x21, 0x7F) if chr(sign) not in '"%')
    return tuple((name, quote(value, safe=safe)) for name, value in _headers("ce-", attributes))


def node(content_type: str | None = JSON) -> Iterator[tuple[str, Form]]:
    """
    Sdk-javascript: event/cloudevent, message/http, message/kafka.

    Members come as the constructor sets them; JSON.stringify leaves out what is undefined, and
    toISOString writes milliseconds and Z. On Kafka every property is a header, the undefined
    ones too, which kafkajs sends without a value; ce_datacontenttype stands beside
    content-type, and the time is the text that was given.
    """
    named = {"datacontenttype": content_type} if content_type else {}
    attributes = {"id": CORE["id"], "time": NODE_TIME, "type": CORE["type"]}
    attributes |= {"source": CORE["source"], "specversion": "1.0", **named}
    attributes |= {"subject": CORE["subject"]}
    body = _json({**attributes, "data": DATA, **EXTENSIONS})
    spoken = {name: value for name, value in attributes.items() if name != "datacontenttype"}
    spoken |= EXTENSIONS
    http_kind = ("content-type", content_type or f"{JSON}; charset=utf-8")
    structured = ("content-type", f"{STRUCTURED}; charset=utf-8")
    yield "http structured", Form((structured,), body)
    yield "http binary", Form((http_kind, *_headers("ce-", spoken)), _json(DATA))
    yield "kafka structured", Form((structured,), body, CASE)
    unset = ("datacontentencoding", "dataschema", "schemaurl")
    headers = (
        ("content-type", content_type),
        *_headers("ce_", {**spoken, "time": JAVA_TIME}),
        ("ce_datacontenttype", content_type),
        *((f"ce_{name}", None) for name in unset),
    )
    yield "kafka binary", Form(headers, _json(DATA), CASE)


def rust(content_type: str | None = JSON) -> Iterator[tuple[str, Form]]:
    """
    Sdk-rust: event/v10/format, message/types, binding/http/serializer, binding/rdkafka.

    In JSON chrono writes Z, in headers +00:00. Extensions come in no order, integers are
    numbers, and header values go out as they are.
    """
    named = {"datacontenttype": content_type} if content_type else {}
    core = {"specversion": "1.0", "id": CORE["id"], "type": CORE["type"], "source": CORE["source"]}
    attributes = {**core, **named, "subject": CORE["subject"], "time": RUST_TIMES[0]}
    mixed = dict(reversed(EXTENSIONS.items()))
    body = _json({**attributes, "data": DATA, **mixed})
    spoken = {name: value for name, value in attributes.items() if name != "datacontenttype"}
    spoken |= {"time": RUST_TIMES[1], **mixed}
    kind = (("content-type", content_type),) if content_type else ()
    yield "http structured", Form((("content-type", STRUCTURED),), body)
    yield "http binary", Form((*kind, *_headers("ce-", spoken)), _json(DATA))
    yield "kafka structured", Form((("content-type", STRUCTURED),), body, CASE)
    yield "kafka binary", Form((*kind, *_headers("ce_", spoken)), _json(DATA), CASE)


def python() -> Iterator[tuple[str, Form]]:
    """Sdk-python 2.2, cloudevents.core."""
    at = datetime.fromisoformat(PYTHON_TIME)
    event = core.CloudEvent({**CORE, "time": at, "datacontenttype": JSON, **EXTENSIONS}, DATA)
    yield "http structured", _over_http(http.to_structured_event(event))
    yield "http binary", _over_http(http.to_binary_event(event))
    yield "kafka structured", _over_kafka(kafka.to_structured_event(event))
    yield "kafka binary", _over_kafka(kafka.to_binary_event(event))


def older_python() -> Iterator[tuple[str, Form]]:
    """
    Sdk-python 1, which still comes with 2.2 as cloudevents.v1.

    On Kafka a structured event says of itself what its data are, and in binary mode the
    partition key is the record's key and in no header.
    """
    attributes = {**CORE, "time": PYTHON_TIME, "datacontenttype": JSON}
    event = OlderCloudEvent({**attributes, **_texts(EXTENSIONS)}, DATA)
    for way, (headers, body) in (
        ("http structured", conversion.to_structured(event)),
        ("http binary", conversion.to_binary(event)),
    ):
        yield way, Form(tuple(headers.items()), body)
    yield "kafka structured", _over_kafka(older_kafka.to_structured(event))
    yield "kafka binary", _over_kafka(older_kafka.to_binary(event))


def _over_http(message: http.HTTPMessage) -> Form:
    return Form(tuple(message.headers.items()), message.body)


def _over_kafka(message: Any) -> Form:  # noqa: ANN401 - of either release
    return Form(tuple(message.headers.items()), message.value, message.key)


Sdk = Callable[[], Iterator[tuple[str, Form]]]

SDKS: Mapping[str, Sdk] = {
    "Java": java,
    "Java, no content type": lambda: java(None),
    "Java, data forced into Base64": lambda: java(packed=True),
    "Go": go,
    "Go, data as bytes": lambda: go(packed=True),
    ".NET": dotnet,
    ".NET, data as bytes": lambda: dotnet(packed=True),
    "Node": node,
    "Node, no content type": lambda: node(None),
    "Python": python,
    "Python, first release": older_python,
    "Rust": rust,
    "Rust, no content type": lambda: rust(None),
}
