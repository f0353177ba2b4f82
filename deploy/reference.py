"""``python -m deploy.reference``: writes the tables of the docs that the code knows."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from deploy.access import access_tables, readings_table
from deploy.courses import courses_tables
from deploy.descriptions import problems_table
from deploy.prepare import PrepareSettings
from deploy.principals import access_table
from deploy.signing import SigningSettings
from deploy.stack.places import CHECKOUT
from deploy.stack.settings import LocalSettings
from services.assist.settings import AssistSettings
from services.intake.settings import IntakeSettings
from services.metrics.settings import MetricsSettings
from services.review.settings import ReviewSettings
from shared.contracts.naming import Called, Language, words
from shared.kafka.access import KafkaSettings
from shared.relay.settings import RelaySettings
from shared.runtime import measures
from shared.runtime.settings import settings_table
from shared.web.gate import AuthSettings
from shared.web.shares import QuotaSettings

PAGES = tuple(
    CHECKOUT / "docs" / page
    for page in (
        "operations.md",
        "reference/problems.md",
        "reference/courses.md",
        "reference/names.md",
        "reference/kafka-access.md",
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


def tables() -> dict[str, str]:
    """Return each table by the name that its place on a page has."""
    settings = settings_table(SETTINGS, [KafkaSettings]).replace(f"{CHECKOUT}/", "")
    return {
        "settings": settings,
        "measures": _measures_table(),
        "problems": problems_table(),
        "courses": courses_tables(),
        "access": access_tables(),
        "readings": readings_table(),
        "names": _names_tables(),
        "kafka-access": access_table(),
    }


def filled(page: str) -> str:
    """Return *page* with each of its tables as the code has it now."""
    for name, table in tables().items():
        opening, closing = f"<!-- {name}: generated -->\n", f"<!-- {name}: end -->"
        if opening not in page:
            continue
        before, _, rest = page.partition(opening)
        _, _, after = rest.partition(closing)
        page = f"{before}{opening}{table}{closing}{after}"
    return page


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
    kinds = (Counter, Gauge, Histogram)
    found = [one for one in vars(measures).values() if isinstance(one, kinds)]
    rows = [_measure_row(one) for one in found]
    return "\n".join(["| measure | meaning | labels |", "|---|---|---|", *rows, ""])


def _measure_row(measure: Counter | Gauge | Histogram) -> str:
    family = next(iter(measure.describe()))
    name = f"{family.name}_total" if isinstance(measure, Counter) else family.name
    labels = ", ".join(f"`{label}`" for label in measure._labelnames)  # noqa: SLF001 - it has no other door
    return f"| `{name}` | {family.documentation} | {labels or '–'} |"


def main(pages: Sequence[Path] = PAGES) -> int:
    for page in pages:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
