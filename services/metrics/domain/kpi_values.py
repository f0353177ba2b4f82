"""What a KPI comes to: its parts summed, divided, and judged by how many there were."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from services.metrics.domain.kpis import Kpi

SAMPLE_MIN = 20
"""A rate of fewer than this is shown and not judged (domain conventions)."""

CATALOGUED = re.compile(r"[A-Z]\d+(?:\.\d+)?")

Parts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Value:
    """A KPI's value with what it is made of; None where there is nothing to divide by."""

    number: float | None
    numerator: int
    denominator: int | None
    sample_ok: bool


def catalogued(kpi: Kpi) -> str:
    """Return the catalogue's id, under which the parts of *kpi* are stored."""
    found = CATALOGUED.match(kpi.kpi_id)
    return found[0] if found else kpi.kpi_id


def counts(names: tuple[str, ...], part: str) -> bool:
    """Say whether *part* is one of *names*; a name that ends in an asterisk names many."""
    return any(part.startswith(name[:-1]) if name.endswith("*") else part == name for name in names)


def valued(kpi: Kpi, parts: Parts) -> Value:
    """Return what *parts* make of *kpi*."""
    numerator = _summed(kpi.numerator, parts)
    if not kpi.denominator:
        return Value(numerator, numerator, None, sample_ok=True)
    denominator = _summed(kpi.denominator, parts)
    number = round(numerator / denominator, 4) if denominator else None
    return Value(number, numerator, denominator, sample_ok=denominator >= SAMPLE_MIN)


def _summed(names: tuple[str, ...], parts: Parts) -> int:
    return sum(number for part, number in parts.items() if counts(names, part))


def quantiles(parts: Parts) -> dict[str, int] | None:
    """Return the median and the ninetieth percentile of a histogram of days, if there is one."""
    classes = sorted(
        (int(part.removeprefix("days:")), number)
        for part, number in parts.items()
        if part.startswith("days:") and number > 0
    )
    total = sum(number for _, number in classes)
    if not total:
        return None
    return {"p50": _nearest_rank(classes, total, 50), "p90": _nearest_rank(classes, total, 90)}


def _nearest_rank(classes: list[tuple[int, int]], total: int, percent: int) -> int:
    rank = -(-total * percent // 100)
    reached = accumulate(number for _, number in classes)
    return next(days for (days, _), seen in zip(classes, reached, strict=True) if seen >= rank)
