"""An XES log, case by case, without ever holding the whole file."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from lxml import etree

GZIP_MAGIC = b"\x1f\x8b"

Attributes = Mapping[str, str]


class LogUnreadable(Exception):  # noqa: N818 - named after what is wrong with the log
    """The file is no XES log, or breaks off."""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """One case as logged: its attributes, and its events in the order of the file."""

    attributes: Attributes
    events: tuple[Attributes, ...]


def opened(raw: BinaryIO) -> BinaryIO:
    """Return *raw*, unpacked where it is packed; the content tells, not the name."""
    magic = raw.read(len(GZIP_MAGIC))
    raw.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if magic == GZIP_MAGIC else raw


def bare_name(path: Path) -> str:
    """Return the file's name without its suffixes."""
    return path.name.removesuffix(".gz").removesuffix(".xes")


def read_cases(document: BinaryIO) -> Iterator[LoggedCase]:
    """
    Yield the cases of the log in *document*, one in memory at a time.

    Raises:
        LogUnreadable: no XML, damaged, or with a document type, which no XES log has.
    """
    try:
        for trace in _traces(document):
            yield LoggedCase(_attributes(trace), tuple(map(_attributes, _children(trace, "event"))))
            _forget(trace)
    except (etree.XMLSyntaxError, EOFError, OSError, zlib.error) as fault:
        raise LogUnreadable(str(fault)) from fault


def _traces(document: BinaryIO) -> Iterator[Any]:
    parsed = etree.iterparse(
        document,
        events=("end",),
        tag="{*}trace",
        no_network=True,
        load_dtd=False,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    for _, trace in parsed:
        # Entities of a document type are the one way in which XML can bite.
        if trace.getroottree().docinfo.doctype:
            raise LogUnreadable("<!DOCTYPE>")
        yield trace
    if parsed.root is None or etree.QName(parsed.root).localname != "log":
        raise LogUnreadable("<log> expected")


def _children(element: Any, name: str) -> Iterator[Any]:  # noqa: ANN401 - lxml publishes no types
    return (child for child in element if etree.QName(child).localname == name)


def _attributes(element: Any) -> Attributes:  # noqa: ANN401 - lxml publishes no types
    return {
        child.get("key"): child.get("value")
        for child in element
        if child.get("key") is not None and child.get("value") is not None
    }


def _forget(trace: Any) -> None:  # noqa: ANN401 - lxml publishes no types
    trace.clear()
    # What stands before it in the tree would otherwise stay until the end.
    while trace.getprevious() is not None:
        del trace.getparent()[0]
