"""``python -m deploy.reference``: writes the tables of the docs that the code knows."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from deploy.access import access_tables, readings_table
from deploy.capacity import capacity_tables
from deploy.courses import courses_tables
from deploy.descriptions import problems_table
from deploy.prepare import PrepareSettings
from deploy.principals import access_table
from deploy.signing import SigningSettings
from deploy.stack.places import CHECKOUT
from deploy.stack.settings import LocalSettings
from services.assist.settings import AssistSettings
from services.intake.settings import IntakeSettings
from services.metrics.domain.figures.reported import COUNTED, indicator_of
from services.metrics.settings import MetricsSettings
from services.review.settings import ReviewSettings
from shared.contracts.naming import Called, Language, words
from shared.kafka.access import KafkaSettings
from shared.relay.settings import RelaySettings
from shared.runtime.measures import CATALOGUE, EVERYONE, LABELS, OF_THE_LIBRARY, Declared
from shared.runtime.settings import settings_table
from shared.web.gate import AuthSettings
from shared.web.shares import QuotaSettings

DRILL = CHECKOUT / "docs" / "howto" / "capacity.json"
"""The recorded drill that the page on capacity reckons with."""
PAGES = tuple(
    CHECKOUT / "docs" / page
    for page in (
        "operations.md",
        "reference/problems.md",
        "reference/courses.md",
        "reference/names.md",
        "reference/measures.md",
        "reference/kafka-access.md",
        "howto/capacity.md",
        "howto/report-the-plan.md",
    )
)
SETTINGS = (
    LocalSettings,
    IntakeSettings,
    AssistSettings,
    ReviewSettings,
    MetricsSettings,
    RelaySettings,
    SigningSettings,
    AuthSettings,
    QuotaSettings,
    PrepareSettings,
)


def _settings_table() -> str:
    return settings_table(SETTINGS, [KafkaSettings]).replace(f"{CHECKOUT}/", "")


def _capacity_tables() -> str:
    return capacity_tables(json.loads(DRILL.read_text(encoding="utf-8")))


def _names_tables() -> str:
    return "\n".join(line for group, names in words().items() for line in _group(group, names))


def _group(group: str, names: Mapping[str, Called]) -> Iterator[str]:
    yield f"## {group}\n\n| code | 中文 | English |\n|---|---|---|"
    yield from (
        f"| `{code}` | {' | '.join(name[one] for one in Language)} |"
        for code, name in names.items()
    )
    yield ""


def _measures_table() -> str:
    head = ["| measure | kind | unit | labels | told by | meaning |", "|---|---|---|---|---|---|"]
    rows = map(_measure_row, [*CATALOGUE.values(), *OF_THE_LIBRARY])
    return "\n".join([*head, *rows, ""])


def _measure_row(one: Declared) -> str:
    labels = ", ".join(f"`{label}`" for label in one.labels) or "–"
    told_by = "all" if one.told_by == EVERYONE else ", ".join(sorted(one.told_by))
    cells = (f"`{one.name}`", one.kind, one.unit, labels, told_by, one.meaning)
    return f"| {' | '.join(cells)} |"


def _reported_table() -> str:
    head = ["| indicator | part | 中文 | English | a year |", "|---|---|---|---|---|"]
    rows = [
        f"| `{indicator_of(part)}` | `{one.word}` | {one.zh} | {one.en} | {one.yearly or '–'} |"
        for part, counted in COUNTED.items()
        for one in counted
    ]
    return "\n".join([*head, *rows, ""])


def _labels_table() -> str:
    rows = [f"| `{label}` | {meaning} |" for label, meaning in LABELS.items()]
    return "\n".join(["| label | holds |", "|---|---|", *rows, ""])


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": _settings_table,
    "measures": _measures_table,
    "labels": _labels_table,
    "problems": problems_table,
    "courses": courses_tables,
    "access": access_tables,
    "readings": readings_table,
    "names": _names_tables,
    "kafka-access": access_table,
    "capacity": _capacity_tables,
    "reported": _reported_table,
}
"""By the name that its place on a page has; each is made where a page has such a place."""


def filled(page: str) -> str:
    """Return *page* with each of its tables as the code has it now."""
    for name, table in TABLES.items():
        opening, closing = f"<!-- {name}: generated -->\n", f"<!-- {name}: end -->"
        if opening not in page:
            continue
        before, _, rest = page.partition(opening)
        _, _, after = rest.partition(closing)
        page = f"{before}{opening}{table()}{closing}{after}"
    return page


def main(pages: Sequence[Path] = PAGES) -> int:
    for page in pages:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
